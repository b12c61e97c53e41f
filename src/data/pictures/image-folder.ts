/**
 * Pictures in folders as a data set: a folder for each class, inside of `train`, `validation` and `test` or not, on the disk
 * or in a tar archive, which is read as a stream and never unpacked.
 */
import { checkPath, DataError, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { MAX_PIXELS } from "../../image/index.ts";
import { checkNames, flag, namesOf, optional, readOptions, real, word } from "../../options/index.ts";
import { takeRows } from "../batches.ts";
import type { PictureRows, Samples } from "../dataset.ts";
import type { Part } from "../part-names.ts";
import { countAside, rowsInTurns, splitByClass } from "../split.ts";
import { channelStatistics } from "./channel-statistics.ts";
import { type FolderLayout, layOut } from "./folder-layout.ts";
import { describeSplit, type FolderReport, noticesOf } from "./folder-report.ts";
import { openFileSource } from "./picture-files.ts";
import { selectPictures } from "./picture-rows.ts";
import { type Scan, type ScanOptions, scanPictures } from "./picture-scan.ts";

/** Options of `imageFolder`. */
export interface ImageFolderOptions extends ScanOptions {
  /**
   * The test pictures to hold out if the folder has no such part: a share below 1, or a number, of all, stratified by class.
   * Every class keeps at least one training picture. Default 0.
   */
  readonly test?: number | undefined;
  /** The same of the rest, for validation. Default 0. */
  readonly validation?: number | undefined;
  /** Seed of the choice of held-out pictures. Default 0. */
  readonly seed?: number | undefined;
}

/** The data sets of a folder of pictures, one for each part. */
export interface ImageFolder {
  /** All pictures but those of the other parts. */
  readonly train: Samples;
  /** The folder's own part, or that held out by the option `validation`. */
  readonly validation?: Samples | undefined;
  /** The folder's own part, or that held out by the option `test`. */
  readonly test?: Samples | undefined;
  /** Names of the classes' folders, sorted. */
  readonly classes: readonly string[];
  /** The report on files read and skipped. */
  readonly report: FolderReport;
}

const optionNames = namesOf<ImageFolderOptions>({
  ...({ size: true, colors: true, strict: true, memory: true, cache: true, cacheLimit: true } as const),
  ...({ test: true, validation: true, seed: true, onNotice: true, onProgress: true, signal: true } as const),
});

const plainOptions = {
  colors: optional(word("rgb", "gray")),
  strict: optional(flag()),
  memory: optional(real(0)),
  cache: optional(flag()),
};

/**
 * The pictures of a folder, or of an archive `.tar`, `.tar.gz` or `.tgz`. Each class is a folder, `cat/…` and `dog/…`,
 * possibly inside folders of parts, `train/cat/…` and `test/cat/…`; these may be called `train` or `training`, `val`,
 * `valid`, `validation` or `dev`, and `test`, `testing` or `eval`, in any case, also as in `Train_set`; names such as
 * `images_train` and `val2017` are parts if they contain folders of the same classes. Without such folders all pictures are
 * in `train`, unless the options `validation` and `test` hold some out; `report.split` says how. Classes take turns, so the
 * first few samples are of all classes. Decoded pictures are cached, and read from the cache if too large for memory.
 * @throws DataError when there are no pictures, one class only, or several sizes and no `size`, and for ambiguous folders;
 *   FormatError for a damaged archive; OptionError for an invalid size, and for holding out a part that exists
 */
export async function imageFolder(path: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  checkPath("imageFolder", path);
  checkNames("imageFolder", optionNames, options);
  const { colors, strict, memory, cache } = options;
  readOptions("imageFolder", plainOptions, { colors, strict, memory, cache });
  checkPictureSize(options.size);
  const source = await openFileSource(path);
  const scan = await scanPictures(source, options);
  const { paths, repeated } = lastOfEach(scan.paths);
  const layout = layOut(paths, scan.empty);
  const images = checkPictures(path, scan, layout);
  const labels = labelsOfLayout(layout, paths.length);
  const rows = rowsOfParts(path, layout, labels, options);
  const normalization = await channelStatistics(images, rows.train);
  const { classes } = layout;
  const sets = Object.entries(rows).map(([part, numbers]): [string, Samples] => [
    part,
    toSamples(images, numbers, {
      name: `${source.name}/${part}`,
      labels: takeRows(labels, numbers),
      classes,
      normalization,
    }),
  ]);
  const counts = Object.fromEntries(
    Object.entries(rows).map(([part, numbers]) => [part, countsByClass(labels, numbers, classes.length)]),
  );
  const notices = noticesOf({
    classes,
    counts,
    skipped: scan.skipped,
    outside: layout.outside.map((i) => scan.paths[i]),
    repeated,
    layout,
  });
  for (const notice of notices) options.onNotice?.(`${source.name}: ${notice}`);
  const split = describeSplit(counts, layout.folders, { validation: options.validation, test: options.test });
  const report: FolderReport = { split, counts, skipped: scan.skipped, others: scan.others, notices };
  return { ...(Object.fromEntries(sets) as Pick<ImageFolder, Part>), classes, report };
}

function checkPictureSize(size: ImageFolderOptions["size"]): void {
  if (
    size === undefined ||
    (Array.isArray(size) && size.length === 2 && size.every((side) => Number.isInteger(side) && side > 0))
  ) {
    const [height, width] = size ?? [0, 0];
    if (height * width <= MAX_PIXELS) return;
    throw new OptionError(`imageFolder: size is ${height}×${width} pixels, expected at most ${MAX_PIXELS}`);
  }
  throw new OptionError(`imageFolder: size must be [height, width] in pixels, got ${describeGiven(size)}`);
}

/** If an archive has a path more than once, the last one counts, as when unpacking. */
function lastOfEach(paths: readonly string[]) {
  const last = new Map(paths.map((path, i) => [path, i]));
  const repeated = paths.filter((path, i) => last.get(path) !== i);
  return { paths: paths.map((path, i) => (last.get(path) === i ? path : undefined)), repeated };
}

/** @throws DataError unless there are at least two classes, each with training pictures */
function checkPictures(
  path: string,
  { images, skipped, others, paths }: Scan,
  layout: FolderLayout,
): NdArray | PictureRows {
  const expected = "expected folders CLASS/*.jpg, or train|val|test/CLASS/*.jpg";
  if (images === undefined) {
    const [first] = skipped;
    const why = first && `; ${skipped.length} cannot be read, such as ${first.path}: ${first.reason}`;
    throw new DataError(
      `${path}: there are no pictures in it${why ?? `, and ${others.length} ${others.length === 1 ? "file" : "files"} of another kind`}; ${expected}`,
    );
  }
  const { classes, members, problem, vacant } = layout;
  if (problem !== undefined) throw new DataError(`${path}: ${problem}; ${expected}`);
  if (classes.length === 0)
    throw new DataError(`${path}: its ${paths.length} pictures are in no folders of classes; ${expected}`);
  if (classes.length === 1)
    throw new DataError(
      `${path}: there are pictures of one class only, ${classes[0]}, and nothing to tell it from` +
        `${vacant.length > 0 ? `; ${vacant.join(", ")} without pictures that can be read` : ""}; ${expected}`,
    );
  const untrained = classes.filter((_, label) => members.get("train")![label].length === 0);
  if (untrained.length > 0)
    throw new DataError(`${path}: ${untrained.join(", ")} has pictures to test with, but none to train on`);
  return images;
}

/** The class of each picture, `i32`; −1 for none. */
function labelsOfLayout({ members }: FolderLayout, count: number): NdArray {
  const labels = new Int32Array(count).fill(-1);
  for (const classes of members.values())
    classes.forEach((rows, label) => {
      for (const row of rows) labels[row] = label;
    });
  return new NdArray(labels, [count], "i32");
}

type PartRows = Readonly<Partial<Record<Part, Int32Array>>> & { readonly train: Int32Array };

/** The pictures of each part; test and validation are held out of the training part if options say so. */
function rowsOfParts(path: string, layout: FolderLayout, labels: NdArray, options: ImageFolderOptions): PartRows {
  let rows = Object.fromEntries([...layout.members].map(([part, classes]) => [part, rowsInTurns(classes)])) as PartRows;
  for (const part of ["test", "validation"] as const) {
    const amount = options[part] ?? 0;
    if (amount === 0) continue;
    if (rows[part] !== undefined)
      throw new OptionError(
        `imageFolder: ${path} has a part ${part}; leave out the option ${part}, which would set one aside`,
      );
    const ofTrain = takeRows(labels, rows.train).data;
    const labeled = { labels: ofTrain, classes: layout.classes.length };
    const { kept, aside } = splitByClass(labeled, countAside(labeled, amount, part), options.seed ?? 0);
    const numbers = (chosen: Int32Array): Int32Array => {
      const members: number[][] = layout.classes.map(() => []);
      for (const i of chosen) members[ofTrain[i]].push(rows.train[i]);
      return rowsInTurns(members);
    };
    rows = { ...rows, train: numbers(kept), [part]: numbers(aside) };
  }
  return rows;
}

const toSamples = (images: NdArray | PictureRows, rows: Int32Array, rest: Omit<Samples, "images">): Samples =>
  images instanceof NdArray
    ? { ...rest, images: takeRows(images, rows) }
    : { ...rest, images: selectPictures(images, rows) };

function countsByClass(labels: NdArray, rows: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const row of rows) counts[labels.data[row]]++;
  return counts;
}
