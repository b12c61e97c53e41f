/** Texts with a class each: lines of `label text`, records with named fields, and files in folders of classes. */
import { fileInfo, folderExists, joinPath, listFolder } from "#platform";
import { DataError } from "../../array/index.ts";
import { linesOf } from "../../formats/index.ts";
import type { Part } from "../part-names.ts";
import { layOut } from "../pictures/folder-layout.ts";
import { formatOf, type RecordsOptions, readRecords } from "./records.ts";
import { readText } from "./text-file.ts";

/** A text with its class. */
export interface LabeledText {
  readonly label: string;
  readonly text: string;
  /** Where it stands, for messages: `line 17`, or the path of a file. */
  readonly place: string;
}

/** What a file or folder has. */
export interface LabeledTexts {
  /** The texts of each part; those of a file, or of a folder without parts, are all in `train`. */
  readonly parts: Readonly<Partial<Record<Part, readonly LabeledText[]>>>;
  /** The folders of parts. */
  readonly folders: ReadonlyMap<Part, string>;
  readonly notices: readonly string[];
}

/** Options of what is read. */
export interface LabeledOptions extends RecordsOptions {
  /** The column of the texts in CSV, TSV and JSON Lines. Default `text`. */
  readonly text?: string | undefined;
  /** The column of the classes in CSV, TSV and JSON Lines. Default `label`. */
  readonly label?: string | undefined;
}

const EXPECTED = "expected a file of lines `label text`, .csv, .tsv or .jsonl, or a folder CLASS/*.txt";

/** @throws DataError when there is nothing at the path, or no text in it */
export async function readLabeled(path: string, options: LabeledOptions): Promise<LabeledTexts> {
  if (await folderExists(path)) return folderTexts(path, options);
  if ((await fileInfo(path)) === undefined)
    throw new DataError(`${path}: there is no such file or folder; ${EXPECTED}`);
  const isTable = (options.format ?? formatOf(path)) !== undefined;
  const train = isTable ? await recordTexts(path, options) : await lineTexts(path, options);
  if (train.length === 0) throw new DataError(`${path}: has no texts; ${EXPECTED}`);
  return { parts: { train }, folders: new Map(), notices: [] };
}

/** Lines whose first word, up to white space, is the class. Empty lines are left out. */
async function lineTexts(path: string, { encoding }: LabeledOptions): Promise<LabeledText[]> {
  const lines = linesOf(await readText(path, { encoding }));
  return lines.flatMap((line, i) => {
    const [, label, text] = /^\s*(\S+)\s*(.*)$/s.exec(line) ?? [];
    return label === undefined ? [] : [{ label, text, place: `line ${i + 1}` }];
  });
}

async function recordTexts(path: string, options: LabeledOptions): Promise<LabeledText[]> {
  const { text = "text", label = "label", ...rest } = options;
  const records = await readRecords(path, rest);
  const [texts, labels] = [records.column(text), records.column(label)];
  const empty = labels.indexOf("");
  if (empty >= 0) throw new DataError(`${path}: line ${records.lines[empty]} has no class: column ${label} is empty`);
  return texts.map((text, i) => ({ text, label: labels[i], place: `line ${records.lines[i]}` }));
}

const TEXT_NAME = /\.txt(\.gz)?$/i;
const isHidden = (name: string): boolean => name.startsWith(".") || name === "__MACOSX";

async function folderTexts(path: string, { encoding }: LabeledOptions): Promise<LabeledTexts> {
  const all: string[] = [];
  for await (const file of walk(path, "")) all.push(file);
  const files = all.filter((file) => TEXT_NAME.test(file));
  const { classes, members, folders, outside, problem, remarks } = layOut(files, [], "texts");
  if (problem !== undefined) throw new DataError(`${path}: ${problem}; ${EXPECTED}`);
  if (classes.length === 0)
    throw new DataError(`${path}: has no texts in folders of classes, and ${all.length} files in all; ${EXPECTED}`);
  const read = async (file: string, label: string): Promise<LabeledText> => ({
    ...{ label, place: file },
    text: await readText(joinPath(path, file), { encoding }),
  });
  const found: Partial<Record<Part, LabeledText[]>> = {};
  for (const [part, rowsOfClasses] of members) {
    const texts: LabeledText[] = [];
    for (const [label, rows] of rowsOfClasses.entries())
      for (const row of rows) texts.push(await read(files[row], classes[label]));
    found[part] = texts;
  }
  const skipped = outside.map((i) => files[i]);
  const lost =
    skipped.length === 0 ? [] : [`${skipped.length} files skipped, which are in no class, such as ${skipped[0]}`];
  return { parts: found, folders, notices: [...remarks, ...lost] };
}

async function* walk(root: string, folder: string): AsyncGenerator<string> {
  for (const { name, kind } of await listFolder(joinPath(root, folder))) {
    if (isHidden(name)) continue;
    const path = folder === "" ? name : `${folder}/${name}`;
    if (kind === "folder") yield* walk(root, path);
    else if (kind === "file") yield path;
  }
}
