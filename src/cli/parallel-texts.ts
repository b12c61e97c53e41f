/** Parallel texts of the command line: two files, or a folder with files of the parts, `train.de`, `train.en.gz`, `val.de`, …. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { DataError, OptionError } from "../array/index.ts";
import { type Part, partWithin, readParallel, type SentencePair } from "../data/index.ts";
import { quoted } from "../formats/index.ts";

/** Sentences and their translations, line by line. */
export type Lines = SentencePair<readonly string[]>;

/** What `--data` says, and which language is translated into which. */
export interface ParallelData {
  readonly data: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The parts that there are; of two files all lines are of the part `train`. */
export type ParallelParts = Partial<Record<Part, Lines>>;

/** The paths of two files, separated by a comma; `undefined` for a folder. */
const twoFiles = (data: string): readonly string[] | undefined => {
  const paths = data.split(",").filter((path) => path !== "");
  return paths.length === 2 ? paths : undefined;
};

/** Whether `--data` names two files rather than a folder. */
export const isFilePair = (data: string): boolean => twoFiles(data) !== undefined;

/**
 * Reads parallel texts.
 * @throws OptionError where the languages are not known, DataError for files that are missing or do not fit
 */
export async function readParallelTexts({ data, from, to }: ParallelData): Promise<ParallelParts> {
  const files = twoFiles(data);
  if (files !== undefined) return { train: await readParallel({ source: files[0], target: files[1] }) };
  const isFolder = (await stat(data).catch(() => undefined))?.isDirectory() ?? false;
  if (!isFolder)
    throw new DataError(`${data}: expected two files, train.de,train.en, or a folder with the files of each part`);
  if (from === null || to === null)
    throw new OptionError(`--data ${data}: say which languages: --from de --to en, the endings of its files`);
  return readFolder(data, from, to);
}

async function readFolder(folder: string, source: string, target: string): Promise<ParallelParts> {
  const names = (await readdir(folder)).sort();
  const sides = { source: filesOf(names, source), target: filesOf(names, target) };
  const parts = [...sides.source.keys()].filter((part) => sides.target.has(part));
  if (parts.length === 0)
    throw new DataError(
      `${folder}: has no files such as train.${source} and train.${target}; its files are ` +
        `${
          names
            .slice(0, 10)
            .map((name) => quoted(name))
            .join(", ") || "none"
        }`,
    );
  const read = await Promise.all(
    parts.map(async (part) => {
      const paths = { source: join(folder, sides.source.get(part)!), target: join(folder, sides.target.get(part)!) };
      return [part, await readParallel(paths)] as const;
    }),
  );
  return Object.fromEntries(read);
}

/** The first file of each part in a language: the name of a part before the ending, `test_2016.de.gz`. */
function filesOf(names: readonly string[], language: string): Map<Part, string> {
  const found = new Map<Part, string>();
  for (const name of names) {
    const plain = name.replace(/\.gz$/, "");
    if (!plain.endsWith(`.${language}`)) continue;
    const part = partWithin(plain.slice(0, -language.length - 1));
    if (part !== undefined && !found.has(part)) found.set(part, name);
  }
  return found;
}

/** A name for what two files or a folder hold. */
export const nameOfTexts = (data: string): string =>
  (twoFiles(data) ?? [data]).map((path) => basename(path).replace(/\.gz$/, "")).join("-");

/** Some of the lines. */
export const linesBetween = ({ source, target }: Lines, from: number, to: number): Lines => ({
  source: source.slice(from, to),
  target: target.slice(from, to),
});
