/** From annotations of any format to data sets: pictures are loaded, annotations checked, and a table made of each part. */
import { DataError, describeGiven, FoveaError, NdArray, OptionError } from "../../array/index.ts";
import {
  checkNames,
  flag,
  integer,
  namesOf,
  optional,
  readOptions,
  real,
  withDefault,
  word,
} from "../../options/index.ts";
import { type LearnTokenizerOptions, learnTokenizer, type Tokenizer } from "../../text/index.ts";
import { namesKind } from "../columns/classes.ts";
import { picture } from "../columns/picture.ts";
import { dataset } from "../columns/table.ts";
import type { Columns, DataTable, PictureRows } from "../dataset.ts";
import { type Part, parts } from "../part-names.ts";
import { channelStatistics } from "../pictures/channel-statistics.ts";
import { listItems } from "../pictures/folder-report.ts";
import { selectPictures } from "../pictures/picture-rows.ts";
import type { SkippedFile } from "../pictures/picture-scan.ts";
import { takeRows } from "../rows.ts";
import { absentClasses } from "../split.ts";
import { marksOf, SENTENCE_MARKS } from "../texts/sentence-pairs.ts";
import type { Annotations, FoundPicture } from "./annotations.ts";
import type { FileTree } from "./file-tree.ts";
import type { AnnotationReport, Findings } from "./findings.ts";
import { type LoadedPicture, loadPictures, type PictureReading } from "./frames.ts";
import {
  type AnnotatedColumns,
  type AnyTarget,
  anyTarget,
  type SentenceRow,
  type TargetContext,
  type TargetName,
} from "./targets.ts";

/** Options of all readers of annotated pictures. */
export interface AnnotatedOptions extends PictureReading {
  /** The classes, where they are known: those of a model, in its order. Default: those of the annotations. */
  readonly classes?: readonly string[] | undefined;
  /** The maximum number of words in a sentence; longer ones are cut. Default 50. */
  readonly longest?: number | undefined;
  /** How sentences are cut and numbered; needs the tokens `<bos>` and `<eos>`. Default: words, those of the training part. */
  readonly tokenizer?: Tokenizer | LearnTokenizerOptions | undefined;
  /** Called with each notice of the report. */
  readonly onNotice?: ((notice: string) => void) | undefined;
}

/** The data sets of annotated pictures, one for each part. */
export interface AnnotatedSet<C extends Columns> {
  /** All pictures but those of the other parts. */
  readonly train: DataTable<C>;
  /** The data's own part of that name. */
  readonly validation?: DataTable<C> | undefined;
  /** The data's own part of that name. */
  readonly test?: DataTable<C> | undefined;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The names of the points of an object, in order. */
  readonly joints: readonly string[];
  /** How sentences were cut and numbered, if they were taken. */
  readonly tokenizer?: Tokenizer | undefined;
  /** The report on what was read. */
  readonly report: AnnotationReport;
}

/** @throws OptionError for what a reader cannot take */
export function checkTake(where: string, take: unknown, ...names: TargetName[]): void {
  readOptions(where, { take: word(...names) }, { take });
}

/** The names of `AnnotatedOptions`. */
export const annotatedNames = namesOf<AnnotatedOptions>({
  ...({ size: true, colors: true, memory: true, strict: true, onProgress: true, signal: true } as const),
  ...({ classes: true, longest: true, tokenizer: true, onNotice: true } as const),
});

const plainOptions = {
  colors: optional(word("rgb", "gray")),
  memory: optional(real(0)),
  strict: withDefault(flag(), false),
  classes: optional(namesKind),
  longest: withDefault(integer(1), 50),
};

/** @throws OptionError for invalid options, and for names other than these and `own` */
export function checkAnnotated(where: string, options: AnnotatedOptions, own: readonly string[] = []): void {
  checkNames(where, [...annotatedNames, ...own], options);
  readPlain(where, options);
  const { size } = options;
  const isSize = Array.isArray(size) && size.length === 2 && size.every((side) => Number.isInteger(side) && side > 0);
  if (size !== undefined && !isSize)
    throw new OptionError(`${where}: size must be [height, width] in pixels, got ${describeGiven(size)}`);
}

const readPlain = (where: string, { colors, memory, strict, classes, longest }: AnnotatedOptions) =>
  readOptions(where, plainOptions, { colors, memory, strict, classes, longest });

/**
 * Data sets with what is taken from annotations.
 * @throws DataError if there is no picture to train on, and as `loadPictures` does
 */
export async function annotatedSet<T extends TargetName>(
  tree: FileTree,
  annotations: Annotations,
  take: T,
  options: AnnotatedOptions,
  findings: Findings,
): Promise<AnnotatedSet<AnnotatedColumns<T>>> {
  const { strict, longest } = readPlain(tree.name, options);
  const target: AnyTarget = anyTarget(take);
  const { joints } = annotations;
  const context: TargetContext = { classes: target.classes(annotations), joints, findings, longest, strict };
  const there = presentPictures(tree, annotations.pictures, findings, strict);
  const { images, loaded, skipped } = await loadPictures(tree, there, options);
  const { rows, refused } = await takeRowsOf(loaded, target, context);
  const left = [...skipped, ...refused];
  if (rows.train.length === 0)
    throw new DataError(`${tree.name}: there is no picture to train on${firstReason([...left], findings)}`);
  const tokenizer = take === "sentences" ? tokenizerFor(rows.train, options.tokenizer) : undefined;
  const normalization = await channelStatistics(images, indicesOf(rows.train));
  const filled = parts.filter((part) => rows[part].length > 0);
  const tables = filled.map((part) => {
    const image = picture(takePictures(images, indicesOf(rows[part])), { normalization });
    const columns = target.columns(rows[part].map(({ row }) => row), context, tokenizer); // biome-ignore format: one step
    return [part, dataset(`${tree.name}/${part}`, { image, ...columns })] as const;
  });
  const report = reportOn(filled, rows, target, context, left);
  for (const notice of report.notices) options.onNotice?.(`${tree.name}: ${notice}`);
  const sets = Object.fromEntries(tables) as unknown as Pick<AnnotatedSet<AnnotatedColumns<T>>, Part>;
  return { ...sets, classes: context.classes, joints, ...(tokenizer && { tokenizer }), report };
}

/** A row of a data set: of which picture it is, and what is taken of it. */
interface TakenRow {
  readonly picture: number;
  readonly row: unknown;
}
type RowsOfParts = Readonly<Record<Part, TakenRow[]>>;

const indicesOf = (rows: readonly TakenRow[]): Int32Array => Int32Array.from(rows, ({ picture }) => picture);

/** What is taken of each picture; pictures whose targets cannot be read are left out, or errors with `strict`. */
async function takeRowsOf(loaded: readonly LoadedPicture[], target: AnyTarget, context: TargetContext) {
  const rows: RowsOfParts = { train: [], validation: [], test: [] };
  const refused: SkippedFile[] = [];
  for (const [picture, one] of loaded.entries()) {
    try {
      for (const row of await target.rows(one, context)) rows[one.picture.part].push({ picture, row });
    } catch (error) {
      if (!(error instanceof FoveaError) || context.strict) throw error;
      refused.push({ path: one.picture.path ?? one.picture.name, reason: error.message });
    }
  }
  return { rows, refused };
}

/** Pictures by their numbers, of which one may occur several times; then they are not copied. */
function takePictures(images: NdArray | PictureRows, rows: Int32Array): NdArray | PictureRows {
  if (!(images instanceof NdArray)) return selectPictures(images, rows);
  if (new Set(rows).size === rows.length) return takeRows(images, rows);
  return {
    shape: [rows.length, ...images.shape.slice(1)],
    dtype: "u8",
    take: async (chosen) => takeRows(images, chosen.map((row) => rows[row])), // biome-ignore format: one step
  };
}

/** @throws DataError for a tokenizer without the marks of sentences */
function tokenizerFor(rows: readonly TakenRow[], given: AnnotatedOptions["tokenizer"]): Tokenizer {
  const isTokenizer = given !== undefined && "encode" in given;
  const sentences = rows.map(({ row }) => (row as SentenceRow).sentence);
  const tokenizer = isTokenizer ? given : learnTokenizer(sentences, { special: SENTENCE_MARKS, ...given });
  marksOf(tokenizer);
  return tokenizer;
}

const firstReason = ([first]: readonly SkippedFile[], findings: Findings): string =>
  first === undefined ? findings.notices().map((notice) => `; ${notice}`).join("") : `; ${first.path}: ${first.reason}`; // biome-ignore format: two cases

function reportOn(
  filled: readonly Part[],
  rows: RowsOfParts,
  target: AnyTarget,
  { classes, findings }: TargetContext,
  skipped: readonly SkippedFile[],
): AnnotationReport {
  const counts = filled.map((part): readonly [Part, number[]] => {
    const sums = classes.map(() => 0);
    for (const { row } of rows[part]) for (const label of target.labels(row)) sums[label]++;
    return [part, sums];
  });
  return {
    pictures: Object.fromEntries(filled.map((part) => [part, new Set(indicesOf(rows[part])).size])),
    counts: target.hasLabels ? Object.fromEntries(counts) : {},
    skipped,
    notices: [
      ...listItems(skipped, "left out, because", ({ path, reason }) => `${path}: ${reason}`, "picture"),
      ...findings.notices(),
      ...(target.hasLabels ? counts.flatMap(([part, sums]) => absentClasses(part, classes, sums, "objects")) : []),
    ],
  };
}

/** Pictures that are there; others are reported. @throws DataError for one that is missing, with `strict` */
function presentPictures(
  { name }: FileTree,
  pictures: readonly FoundPicture[],
  findings: Findings,
  strict: boolean,
): FoundPicture[] {
  const missing = pictures.filter(({ path }) => path === undefined);
  if (missing.length > 0 && strict)
    throw new DataError(`${name}: picture ${missing[0].name} is not there; without strict it is left out`);
  for (const picture of missing) findings.add("missingPicture", picture.name);
  if (missing.length > 0 && missing.length === pictures.length)
    throw new DataError(
      `${name}: none of its ${missing.length} annotated pictures is there, such as ${missing[0].name}`,
    );
  return pictures.filter(({ path }) => path !== undefined);
}
