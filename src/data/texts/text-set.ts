/** Texts with classes as data sets of two columns, `text` and `label`. */
import { checkPath, DataError, NdArray, OptionError } from "../../array/index.ts";
import { checkNames, integer, namesOf, optional, readOptions } from "../../options/index.ts";
import { type LearnTokenizerOptions, learnTokenizer, type Tokenizer, UNKNOWN } from "../../text/index.ts";
import { classes as classColumn, namesKind } from "../columns/classes.ts";
import { ragged } from "../columns/ragged.ts";
import { dataset } from "../columns/table.ts";
import { tokens } from "../columns/tokens.ts";
import type { DataTable } from "../dataset.ts";
import { type Part, parts } from "../part-names.ts";
import { describeSplit } from "../pictures/folder-report.ts";
import { countAside, sizesOf, splitByClass } from "../split.ts";
import { type LabeledOptions, type LabeledText, readLabeled } from "./labeled.ts";
import { lengthsOf, noticesOf, type TextReport } from "./text-report.ts";

/** Options of `textSet`. */
export interface TextSetOptions extends LabeledOptions {
  /** How texts are cut and numbered: a tokenizer, or options to learn one from the texts to train on. Default: words. */
  readonly tokenizer?: Tokenizer | LearnTokenizerOptions | undefined;
  /** The classes, where they are known: those of a model, in its order. Default: those that occur. */
  readonly classes?: readonly string[] | undefined;
  /** The maximum number of tokens in a text; longer ones are cut. Default: no maximum. */
  readonly longest?: number | undefined;
  /**
   * The texts to hold out for tests if a folder has no such part: a share below 1, or a number, of all, stratified by class.
   * Every class keeps at least one text to train on. Default 0.
   */
  readonly test?: number | undefined;
  /** The same of the rest, for validation. Default 0. */
  readonly validation?: number | undefined;
  /** Seed of the choice of held-out texts. Default 0. */
  readonly seed?: number | undefined;
  /** Called with each notice of the report. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** A data set of texts: `text`, numbers of tokens, and `label`, a class. */
export type TextTable = DataTable<{
  readonly text: ReturnType<typeof tokens>;
  readonly label: ReturnType<typeof classColumn>;
}>;

/** The data sets of texts with classes. */
export interface TextSet {
  /** All texts but those of the other parts. */
  readonly train: TextTable;
  /** The folder's own part, or that held out by the option `validation`. */
  readonly validation?: TextTable | undefined;
  /** The folder's own part, or that held out by the option `test`. */
  readonly test?: TextTable | undefined;
  /** The names of the classes: by number if all are whole numbers, else in the order of their characters. */
  readonly classes: readonly string[];
  /** How the texts were cut and numbered. */
  readonly tokenizer: Tokenizer;
  /** The report on what was read. */
  readonly report: TextReport;
}

const optionNames = namesOf<TextSetOptions>({
  ...({
    encoding: true,
    format: true,
    columns: true,
    text: true,
    label: true,
    tokenizer: true,
    classes: true,
  } as const),
  ...({ longest: true, test: true, validation: true, seed: true, onNotice: true } as const),
});

const plainOptions = { longest: optional(integer(1)), classes: optional(namesKind) };

/**
 * Texts with classes: a file of lines `label text`, whose first word is the class; CSV, TSV or JSON Lines, by the end of the
 * name, with columns `text` and `label`; or a folder of folders `CLASS/*.txt`, inside of `train`, `validation` and `test` or not.
 * All of them may be packed with gzip.
 * @example
 * const { train, validation, tokenizer } = await textSet("questions.txt", { validation: 0.1 });
 * const { train: test } = await textSet("others.txt", { tokenizer, classes });
 * @throws DataError when there are no texts, one class only and no `classes`, or no token that is known; FormatError for what is
 *   not text, with line and byte; OptionError for invalid options, and for holding out a part that exists
 */
export async function textSet(path: string, options: TextSetOptions = {}): Promise<TextSet> {
  checkPath("textSet", path);
  checkNames("textSet", optionNames, options);
  const { tokenizer: given, test, validation, seed, onNotice, ...rest } = options;
  const { longest, classes: expected, ...reading } = rest;
  readOptions("textSet", plainOptions, { longest, classes: expected });
  const found = await readLabeled(path, reading);
  const names = classesIn(path, Object.values(found.parts).flat(), expected);
  const split = holdOutParts(path, found.parts, names, { test, validation, seed });
  const tokenizer = isTokenizer(given) ? given : learnTokenizer(textsOf(split.train!), given);
  const encoded = encodeParts(path, split, tokenizer, longest);
  const tables = parts.flatMap((part) => {
    const texts = split[part];
    return texts === undefined
      ? []
      : [[part, tableOf(path, part, texts, encoded.rows[part]!, tokenizer, names)] as const];
  });
  const counts = countsByPart(split, names);
  const lengths = Object.fromEntries(Object.entries(encoded.rows).map(([part, rows]) => [part, lengthsOf(rows)]));
  const findings = { classes: names, counts, lengths, longest, shared: sharedTexts(split), ...encoded };
  const notices = [...found.notices, ...noticesOf(findings)];
  for (const notice of notices) onNotice?.(`${path}: ${notice}`);
  const report: TextReport = {
    split: describeSplit(counts, found.folders, { test, validation }, "texts"),
    ...{ counts, lengths, notices },
  };
  return { ...(Object.fromEntries(tables) as Pick<TextSet, Part>), classes: names, tokenizer, report };
}

type Split = Readonly<Partial<Record<Part, readonly LabeledText[]>>>;

const isTokenizer = (given: TextSetOptions["tokenizer"]): given is Tokenizer =>
  given !== undefined && "encode" in given && typeof given.encode === "function";

const textsOf = (texts: readonly LabeledText[]): string[] => texts.map(({ text }) => text);

/** @throws DataError for one class, or for a class that is none of those expected */
function classesIn(
  path: string,
  texts: readonly LabeledText[],
  expected: readonly string[] | undefined,
): readonly string[] {
  if (expected !== undefined) {
    const isKnown = new Set(expected);
    const stranger = texts.find(({ label }) => !isKnown.has(label));
    if (stranger === undefined) return expected;
    throw new DataError(
      `${path}: ${stranger.place} has the class ${JSON.stringify(stranger.label)}; expected one of ${expected.join(", ")}`,
    );
  }
  const names = [...new Set(texts.map(({ label }) => label))];
  if (names.length === 1)
    throw new DataError(
      `${path}: all ${texts.length} texts are of one class, ${JSON.stringify(names[0])}, and there is nothing to tell it from`,
    );
  const areNumbers = names.every((name) => /^-?\d{1,15}$/.test(name));
  return names.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}

const labelsOf = (texts: readonly LabeledText[], classes: readonly string[]): Int32Array => {
  const numbers = new Map(classes.map((name, i) => [name, i]));
  return Int32Array.from(texts, ({ label }) => numbers.get(label)!);
};

function holdOutParts(
  path: string,
  found: Split,
  classes: readonly string[],
  options: Pick<TextSetOptions, "test" | "validation" | "seed">,
): Split {
  let split = found;
  for (const part of ["test", "validation"] as const) {
    const amount = options[part] ?? 0;
    if (amount === 0) continue;
    if (split[part] !== undefined)
      throw new OptionError(
        `textSet: ${path} has a part ${part}; leave out the option ${part}, which would set one aside`,
      );
    const train = split.train!;
    const labeled = { labels: labelsOf(train, classes), classes: classes.length };
    const { kept, aside } = splitByClass(labeled, countAside(labeled, amount, part), options.seed ?? 0);
    split = { ...split, train: Array.from(kept, (i) => train[i]), [part]: Array.from(aside, (i) => train[i]) };
  }
  return split;
}

/** The numbers of all texts; and where those stand of which there is something to tell. */
function encodeParts(path: string, split: Split, tokenizer: Tokenizer, longest: number | undefined) {
  const rows: Partial<Record<Part, Int32Array[]>> = {};
  const [empty, cut]: string[][] = [[], []];
  let isKnown = false;
  for (const part of parts) {
    if (split[part] === undefined) continue;
    rows[part] = split[part].map(({ text, place }) => {
      const numbers = tokenizer.encode(text);
      if (numbers.length === 0) empty.push(place);
      if (longest !== undefined && numbers.length > longest) cut.push(place);
      isKnown ||= numbers.some((number) => number !== UNKNOWN);
      return numbers.length === 0 ? Int32Array.of(UNKNOWN) : numbers.subarray(0, longest);
    });
  }
  if (!isKnown)
    throw new DataError(
      `${path}: the texts have no token that the vocabulary knows; it has ${tokenizer.size}; give a lower atLeast, or another tokenizer`,
    );
  return { rows, empty, cut };
}

function tableOf(
  path: string,
  part: Part,
  texts: readonly LabeledText[],
  rows: readonly Int32Array[],
  tokenizer: Tokenizer,
  classes: readonly string[],
): TextTable {
  const labels = new NdArray(labelsOf(texts, classes), [texts.length], "i32");
  return dataset(`${nameOf(path)}/${part}`, {
    text: tokens(ragged(rows, "i32"), tokenizer.vocabulary),
    label: classColumn(labels, classes),
  });
}

/** The last part of a path. */
const nameOf = (path: string): string =>
  path
    .replace(/[/\\]+$/, "")
    .split(/[/\\]/)
    .at(-1) || "texts";

const countsByPart = (split: Split, classes: readonly string[]): TextReport["counts"] =>
  Object.fromEntries(
    Object.entries(split).map(([part, texts]) => [
      part,
      sizesOf({ labels: labelsOf(texts, classes), classes: classes.length }),
    ]),
  );

/** Texts to validate or test with that are also there to train on. */
function sharedTexts({ train = [], validation = [], test = [] }: Split): string[] {
  const known = new Set(textsOf(train));
  return [...validation, ...test].filter(({ text }) => known.has(text)).map(({ place }) => place);
}
