/**
 * MNIST: 60 000 + 10 000 handwritten digits of 28×28 grey pixels. The four files come from a folder, from the cache, or
 * from a mirror; data sets that were made to replace MNIST file by file can be read from a folder too.
 * Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits" (1998).
 */
import { cacheFolder, environment, fileExists, folderExists, gunzip, hasFiles, joinPath, readFile } from "#platform";
import { DataError, FormatError, formatShape, type NdArray } from "../array/index.ts";
import { readIdx } from "../formats/idx.ts";
import { cached } from "./cache.ts";
import type { Dataset, Normalization } from "./dataset.ts";
import { download } from "./download.ts";

export interface MnistOptions {
  /** A folder with the four files, or with a folder `mnist` that has them; gzipped or not. Nothing else is then tried. */
  readonly folder?: string;
  /** Where the files are fetched from: addresses of folders, tried in turn. */
  readonly mirrors?: readonly string[];
  /** Never fetches. */
  readonly offline?: boolean;
  /** Told how many bytes of a file have come, and of how many, where that is known. */
  readonly onProgress?: (progress: { file: string; received: number; total: number | undefined }) => void;
  /** Told, in one sentence each, of what is unexpected but no error. */
  readonly onNotice?: (text: string) => void;
  /** Stops a download; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** One of the four files: `train-images` with 3 axes is published as `train-images-idx3-ubyte.gz`. */
interface SourceFile {
  readonly stem: string;
  readonly axes: number;
  /** Of the gzipped file that the mirrors serve. */
  readonly sha256: string;
}

/** A data set in four IDX files. */
export interface IdxSource {
  readonly name: string;
  readonly mirrors: readonly string[];
  readonly parts: Readonly<Record<"train" | "test", { readonly images: SourceFile; readonly labels: SourceFile }>>;
  /** Height and width of the pictures. */
  readonly size: readonly [number, number];
  readonly classes: readonly string[];
  readonly normalization: Normalization;
}

const file = (stem: string, axes: number, sha256: string): SourceFile => ({ stem, axes, sha256 });

export const mnistSource: IdxSource = {
  name: "mnist",
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  parts: {
    train: {
      images: file("train-images", 3, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      labels: file("train-labels", 1, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
    },
    test: {
      images: file("t10k-images", 3, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      labels: file("t10k-labels", 1, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    },
  },
  size: [28, 28],
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  normalization: { mean: [0.1307], std: [0.3081] },
};

/** The longest of the files takes 10 MB packed and 47 MB unpacked. */
const PACKED_LIMIT = 16_000_000;
const UNPACKED_LIMIT = 256_000_000;

/**
 * MNIST from, in this order: `folder`; the folder that FOVEA_DATA names; the cache; the mirrors.
 * @throws DataError when the files are not there and cannot be fetched, FormatError when they are broken
 */
export function mnist(options: MnistOptions = {}): Promise<{ train: Dataset; test: Dataset }> {
  return loadIdxSource(mnistSource, options);
}

/** What `mnist` does, for any data set that comes as MNIST does. */
export async function loadIdxSource(
  source: IdxSource,
  options: MnistOptions,
): Promise<{ train: Dataset; test: Dataset }> {
  const read = await readerFor(source, options);
  const load = async (part: "train" | "test") => {
    const { images, labels } = source.parts[part];
    return datasetOf(source, part, await read(images), await read(labels));
  };
  return { train: await load("train"), test: await load("test") };
}

/** A file's contents, and what to call it in messages. */
interface Contents {
  readonly array: NdArray;
  readonly name: string;
}
type Reader = (file: SourceFile) => Promise<Contents>;

async function readerFor(source: IdxSource, options: MnistOptions): Promise<Reader> {
  if (options.folder !== undefined) {
    if (!(await folderExists(options.folder))) {
      throw new DataError(`${source.name}: the folder ${options.folder} does not exist`);
    }
    const found = await search(options.folder, source);
    if (found.missing !== undefined) throw new DataError(`${source.name}: ${found.missing}`);
    return found.read;
  }
  const named = environment("FOVEA_DATA");
  if (named !== undefined) {
    const found = await search(named, source);
    if (found.missing === undefined) return found.read;
    options.onNotice?.(`${source.name}: FOVEA_DATA is set, but ${found.missing}; looking in the cache`);
  }
  return (file) => fetchFile(file, source, options);
}

const namesOf = ({ stem, axes }: SourceFile): string[] =>
  ["-", "."].flatMap((sign) => [`${stem}${sign}idx${axes}-ubyte.gz`, `${stem}${sign}idx${axes}-ubyte`]);

type Found = { readonly missing?: undefined; readonly read: Reader } | { readonly missing: string };

/** The four files in `folder/mnist` or in `folder`, all in the same place; or a sentence about what is missing. */
async function search(folder: string, source: IdxSource): Promise<Found> {
  const files = Object.values(source.parts).flatMap(({ images, labels }) => [images, labels]);
  const places = [joinPath(folder, source.name), folder];
  let missing = files;
  for (const place of places) {
    const paths = new Map<SourceFile, string>();
    for (const file of files) {
      const path = await find(place, file);
      if (path !== undefined) paths.set(file, path);
    }
    if (paths.size === files.length) return { read: (file) => readUnpacked(paths.get(file) as string) };
    const lacking = files.filter((file) => !paths.has(file));
    if (lacking.length < missing.length) missing = lacking;
  }
  const names = missing.map(({ stem, axes }) => `${stem}-idx${axes}-ubyte`).join(", ");
  const spellings = "with or without .gz, - or . before idx";
  return { missing: `${folder} lacks ${names} (looked for ${spellings}, in ${places.join(" and ")})` };
}

async function find(place: string, file: SourceFile): Promise<string | undefined> {
  for (const name of namesOf(file)) {
    if (await fileExists(joinPath(place, name))) return joinPath(place, name);
  }
  return undefined;
}

async function readUnpacked(path: string): Promise<Contents> {
  return unpack(await readFile(path), path);
}

async function unpack(bytes: Uint8Array, name: string): Promise<Contents> {
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return { array: readIdx(packed ? await gunzip(bytes, UNPACKED_LIMIT, name) : bytes, name), name };
}

async function fetchFile(file: SourceFile, source: IdxSource, options: MnistOptions): Promise<Contents> {
  const [name] = namesOf(file);
  const { sha256 } = file;
  const { onNotice, onProgress, signal, mirrors = source.mirrors } = options;
  const fetch = async () => {
    if (options.offline) throw notFetched(name, source);
    const urls = mirrors.map((mirror) => `${mirror.replace(/\/*$/, "/")}${name}`);
    const progress =
      onProgress && ((received: number, total: number | undefined) => onProgress({ file: name, received, total }));
    return download(urls, { name, sha256, limit: PACKED_LIMIT, onProgress: progress, signal });
  };
  const folder = hasFiles ? joinPath(cacheFolder(), source.name) : undefined;
  return unpack(folder === undefined ? await fetch() : await cached(name, { folder, sha256, fetch, onNotice }), name);
}

function notFetched(name: string, source: IdxSource): DataError {
  const where = hasFiles ? `is not in the cache (${joinPath(cacheFolder(), source.name)})` : "would have to be fetched";
  return new DataError(
    `${source.name}: ${name} ${where}, and offline was asked for: allow the download once, or put the four files into ` +
      "a folder and name that (--data FOLDER, or FOVEA_DATA=FOLDER)",
  );
}

function datasetOf(source: IdxSource, part: string, images: Contents, labels: Contents): Dataset {
  const [height, width] = source.size;
  const [count] = images.array.shape;
  expectShape(images, [count, height, width], "pictures");
  expectShape(labels, [labels.array.shape[0]], "labels");
  if (count !== labels.array.size) {
    throw new FormatError(
      `${images.name} has ${count} pictures, ${labels.name} has ${labels.array.size} labels; they must match`,
    );
  }
  const wrong = labels.array.data.findIndex((label: number) => label >= source.classes.length);
  if (wrong >= 0) {
    const range = `0 to ${source.classes.length - 1}`;
    throw new FormatError(`${labels.name}: label ${labels.array.data[wrong]} at position ${wrong}, expected ${range}`);
  }
  return {
    name: `${source.name}/${part}`,
    images: images.array.reshape([count, 1, height, width]),
    labels: labels.array.cast("i32"),
    classes: source.classes,
    normalization: source.normalization,
  };
}

function expectShape({ array, name }: Contents, shape: readonly number[], what: string): void {
  const [count, ...rest] = shape;
  const expected = `u8 [n${rest.map((size) => `,${size}`).join("")}]`;
  const found = `${array.dtype} ${formatShape(array.shape)}`;
  const fits = array.dtype === "u8" && formatShape(array.shape) === formatShape(shape);
  if (!fits) throw new FormatError(`${name}: ${what} are ${found}, expected ${expected}`);
  if (count === 0)
    throw new FormatError(`${name}: there are no ${what}: ${found}, expected ${expected} with n from 1 on`);
}
