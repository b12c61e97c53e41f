/**
 * Data sets published as four IDX files, pictures and labels for training and testing, from a folder, the cache or a mirror.
 */
import { environment, fileExists, folderExists, joinPath } from "#platform";
import { checkOptions, DataError } from "../../array/index.ts";
import { fetchFile, urlsIn } from "../../fetch/index.ts";
import type { Dataset, Normalization } from "../dataset.ts";
import { checkPair, type IdxFile, labelsBelow, readIdxFile, unpackIdx } from "./idx-files.ts";

/** Options of `mnist`, `fashionMnist` and `kmnist`. */
export interface IdxOptions {
  /**
   * A folder with the four files, or with a folder of the data set's name that has them; gzipped or not. No other source is
   * then tried.
   */
  readonly folder?: string | undefined;
  /** Mirrors of the files: URLs of folders, tried in turn. */
  readonly mirrors?: readonly string[] | undefined;
  /** Whether to work offline. */
  readonly offline?: boolean | undefined;
  /** Called with the number of bytes received, and the total if known. */
  readonly onProgress?: (progress: { file: string; received: number; total: number | undefined }) => void;
  /** Called with notices. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Stops a download; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One of the four files: `train-images` with 3 axes is published as `train-images-idx3-ubyte.gz`. */
export interface SourceFile {
  readonly stem: string;
  readonly axes: number;
  /** SHA-256 of the gzipped file on the mirrors. */
  readonly bytes: number;
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

/**
 * The data set from, in this order: `folder`; the folder of its name in the one that FOVEA_DATA names; the cache; the
 * mirrors.
 * @throws DataError when the files are missing and cannot be fetched, FormatError when they are damaged
 */
export async function loadIdxSource(
  source: IdxSource,
  options: IdxOptions,
): Promise<{ train: Dataset; test: Dataset }> {
  checkOptions(source.name, options);
  const read = await readerFor(source, options);
  const load = async (part: "train" | "test") => {
    const { images, labels } = source.parts[part];
    return datasetOf(source, part, await read(images), await read(labels));
  };
  return { train: await load("train"), test: await load("test") };
}

type IdxReader = (file: SourceFile) => Promise<IdxFile>;

async function readerFor(source: IdxSource, options: IdxOptions): Promise<IdxReader> {
  if (options.folder !== undefined) {
    if (!(await folderExists(options.folder))) {
      throw new DataError(`${source.name}: the folder ${options.folder} does not exist`);
    }
    const found = await searchIdx(options.folder, [source.name, "."], source);
    if (found.missing !== undefined) throw new DataError(`${source.name}: ${found.missing}`);
    return found.read;
  }
  const named = environment("FOVEA_DATA");
  if (named !== undefined) {
    // Without a folder of its name, such files may be of any data set.
    const found = await searchIdx(named, [source.name], source);
    if (found.missing === undefined) return found.read;
    options.onNotice?.(`${source.name}: FOVEA_DATA is set, but ${found.missing}; looking in the cache`);
  }
  return (file) => fetchIdx(file, source, options);
}

const fileNamesOf = ({ stem, axes }: SourceFile): string[] =>
  ["-", "."].flatMap((sign) => [`${stem}${sign}idx${axes}-ubyte.gz`, `${stem}${sign}idx${axes}-ubyte`]);

type FoundSource = { readonly missing?: undefined; readonly read: IdxReader } | { readonly missing: string };

/** The four files, in one of the folders in `folder`; or a sentence about what is missing. */
async function searchIdx(folder: string, inside: readonly string[], source: IdxSource): Promise<FoundSource> {
  const places = inside.map((name) => joinPath(folder, name));
  const files = Object.values(source.parts).flatMap(({ images, labels }) => [images, labels]);
  let missing = files;
  for (const place of places) {
    const paths = new Map<SourceFile, string>();
    for (const file of files) {
      const path = await findFile(place, file);
      if (path !== undefined) paths.set(file, path);
    }
    if (paths.size === files.length) return { read: (file) => readIdxFile(paths.get(file) as string) };
    const lacking = files.filter((file) => !paths.has(file));
    if (lacking.length < missing.length) missing = lacking;
  }
  const names = missing.map(({ stem, axes }) => `${stem}-idx${axes}-ubyte`).join(", ");
  const spellings = "with or without .gz, - or . before idx";
  return { missing: `${folder} lacks ${names} (looked for ${spellings}, in ${places.join(" and ")})` };
}

async function findFile(place: string, file: SourceFile): Promise<string | undefined> {
  for (const name of fileNamesOf(file)) {
    if (await fileExists(joinPath(place, name))) return joinPath(place, name);
  }
  return undefined;
}

async function fetchIdx(file: SourceFile, source: IdxSource, options: IdxOptions): Promise<IdxFile> {
  const [name] = fileNamesOf(file);
  const { sha256, bytes: limit } = file;
  const urls = urlsIn(options.mirrors ?? source.mirrors, name);
  return unpackIdx(
    await fetchFile({ name, set: source.name, sha256, limit, urls, what: "the four files" }, options),
    name,
  );
}

function datasetOf(source: IdxSource, part: string, images: IdxFile, labels: IdxFile): Dataset {
  const { name, size, classes, normalization } = source;
  checkPair(images, labels, size);
  return {
    name: `${name}/${part}`,
    images: images.array.reshape([images.array.shape[0], 1, ...size]),
    labels: labelsBelow(classes.length, labels),
    classes,
    normalization,
  };
}
