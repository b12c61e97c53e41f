/**
 * Folders of IDX files as data sets: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, and the same of other parts,
 * gzipped or not.
 */
import { absolutePath, fileExists, folderExists, joinPath, listFolder, readFile } from "#platform";
import { DataError, NdArray } from "../../array/index.ts";
import { rowRange } from "../batches.ts";
import type { Dataset } from "../dataset.ts";
import { type Part, partOf, parts } from "../part-names.ts";
import { channelStatistics } from "../pictures/channel-statistics.ts";
import { checkPair, type IdxFile, labelsBelow, readIdxFile } from "./idx-files.ts";

/** The data sets of a folder of IDX files, one for each part. */
export interface IdxFolder {
  /** The training part. */
  readonly train: Dataset;
  /** The validation part, if the folder has one. */
  readonly validation?: Dataset | undefined;
  /** The test part, if the folder has one. */
  readonly test?: Dataset | undefined;
  /** The names of the classes, which all parts share. */
  readonly classes: readonly string[];
}

/** `PART-images-idx3-ubyte`, with dots in place of dashes, and any prefix. */
const FILE_NAME = /^(?:(.+)[-_.])?(images|labels)[-_.]idx([13])-ubyte(\.gz)?$/i;

/** Files with class names, one a line. */
const NAME_FILES = ["classes.txt", "class_names.txt", "names.txt", "labels.txt", "label_names.txt"];

/** Whether a file of this name is one of an IDX data set. */
export const isIdxFile = (name: string): boolean => FILE_NAME.test(name);

/**
 * The data set in a folder of IDX files, named after the folder. Its parts follow from the files' names: `train-…`, `t10k-…`
 * or `test-…`, `val-…`. Classes are the labels of the training part, in order, unless a file `classes.txt` or `names.txt`
 * names class 0, 1, …, one a line. Mean and standard deviation are those of the training pictures.
 * @throws DataError when files are missing or duplicated; FormatError for files that are damaged or do not match
 */
export async function idxFolder(path: string): Promise<IdxFolder> {
  if (!(await folderExists(path))) throw new DataError(`${path}: there is no such folder`);
  const found = await pairsIn(path);
  const name = absolutePath(path)
    .split(/[/\\]/)
    .filter((part) => part !== "")
    .at(-1);
  const train = await readPair(found.get("train")!);
  const size = train.images.array.shape.slice(1);
  checkPair(train.images, train.labels, size);
  const classes = await readClasses(path, train.labels);
  const toDataset = (part: Part, { images, labels }: FilePair) => ({
    name: `${name ?? "idx"}/${part}`,
    images: images.array.reshape([images.array.shape[0], 1, ...size]),
    labels: classes.indices(labels),
    classes: classes.names,
  });
  const first = toDataset("train", train);
  const normalization = await channelStatistics(first.images, rowRange(0, first.labels.size));
  const sets: [Part, Dataset][] = [["train", { ...first, normalization }]];
  for (const part of parts.slice(1)) {
    const paths = found.get(part);
    if (paths === undefined) continue;
    const pair = await readPair(paths);
    checkPair(pair.images, pair.labels, size);
    sets.push([part, { ...toDataset(part, pair), normalization }]);
  }
  return { ...(Object.fromEntries(sets) as Record<Part, Dataset>), classes: classes.names };
}

interface FilePair<T = IdxFile> {
  readonly images: T;
  readonly labels: T;
}

const readPair = async ({ images, labels }: FilePair<string>): Promise<FilePair> => ({
  images: await readIdxFile(images),
  labels: await readIdxFile(labels),
});

/** The paths of each part's files. */
async function pairsIn(path: string): Promise<Map<Part, FilePair<string>>> {
  const stems = new Map<Part, string>();
  const files = new Map<Part, { images?: string; labels?: string }>();
  for (const { name, kind } of await listFolder(path)) {
    const [, stem = "", what] = FILE_NAME.exec(name) ?? [];
    if (what === undefined || kind !== "file") continue;
    const part = partOfStem(stem);
    if (part === undefined)
      throw new DataError(`${path}: ${name} is of no part that is known; expected train-…, val-…, test-… or t10k-…`);
    const known = stems.get(part) ?? stem;
    if (known !== stem)
      throw new DataError(
        `${path}: there are two data sets to ${part}, ${known} and ${stem}; put each into a folder of its own`,
      );
    stems.set(part, stem);
    files.set(part, { [what.toLowerCase()]: joinPath(path, name), ...files.get(part) });
  }
  const pairs = [...files].map(([part, { images, labels }]) => {
    const missing = images === undefined ? "images-idx3-ubyte" : "labels-idx1-ubyte";
    if (images === undefined || labels === undefined)
      throw new DataError(`${path}: ${stems.get(part) || part}-${missing} is missing, with or without .gz`);
    return [part, { images, labels }] as const;
  });
  if (!files.has("train"))
    throw new DataError(`${path}: there is nothing to train on; expected train-images-idx3-ubyte, with or without .gz`);
  return new Map(pairs);
}

/** The part is the last word: `emnist-letters-train`. Files without one are the training part. */
function partOfStem(stem: string): Part | undefined {
  const word = stem.split(/[-_.]/).at(-1)!.toLowerCase();
  return word === "" ? "train" : word === "t10k" ? "test" : partOf(word);
}

interface Classes {
  readonly names: readonly string[];
  /** Of labels, `i32`. */
  readonly indices: (labels: IdxFile) => NdArray;
}

async function readClasses(path: string, labels: IdxFile): Promise<Classes> {
  const exist = await Promise.all(NAME_FILES.map((name) => fileExists(joinPath(path, name))));
  const found = NAME_FILES.filter((_, i) => exist[i]);
  if (found.length > 1) throw new DataError(`${path}: ${found.join(" and ")} both name classes; keep one of them`);
  if (found.length === 0) return classesFrom(labels);
  const file = joinPath(path, found[0]);
  const names = new TextDecoder()
    .decode(await readFile(file))
    .trim()
    .split(/\s*\n\s*/);
  const twice = names.find((name, i) => name === "" || names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new DataError(
      `${file}: ${twice === "" ? "there are no names" : `${twice} is there twice`}; expected a name a line`,
    );
  return { names, indices: (file) => labelsBelow(names.length, file) };
}

/** The labels that occur, in order. */
function classesFrom({ array, name }: IdxFile): Classes {
  const values = [...new Set<number>(array.data)].sort((a, b) => a - b);
  const indices = new Map(values.map((value, index) => [value, index]));
  const indexOf = (file: IdxFile, label: number, at: number): number => {
    const index = indices.get(label);
    if (index !== undefined) return index;
    throw new DataError(
      `${file.name}: label ${label} at position ${at} is not in ${name}, so there is nothing to learn it from`,
    );
  };
  return {
    names: values.map(String),
    indices: (file) => {
      const { data, shape } = file.array;
      return new NdArray(
        Int32Array.from(data, (label: number, at) => indexOf(file, label, at)),
        shape,
        "i32",
      );
    },
  };
}
