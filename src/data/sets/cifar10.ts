/**
 * CIFAR-10: 50 000 + 10 000 colored pictures of 32×32 pixels in ten classes. They come in the published binary form,
 * from a folder, the cache or a mirror, or as an archive of JPEGs in a folder.
 * Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009); the binary form is described at
 * https://www.cs.toronto.edu/~kriz/cifar.html.
 */
import { environment, fileInfo, folderExists, joinPath, readChunks, readFile } from "#platform";
import { checkOptions, DataError, sameShape } from "../../array/index.ts";
import { fetchFile, urlsIn } from "../../fetch/index.ts";
import { inputShape } from "../batches.ts";
import type { Samples } from "../dataset.ts";
import { imageFolder } from "../pictures/image-folder.ts";
import type { PictureCacheOptions } from "../pictures/picture-cache.ts";
import { type BinaryFile, type BinarySource, loadBinary, unpackBinary } from "./cifar-binary.ts";

/** Options of `cifar10`. */
export interface Cifar10Options extends PictureCacheOptions {
  /** A folder with the data set, or with a folder `cifar10` that has it. No other source is then tried. */
  readonly folder?: string | undefined;
  /** Mirrors of the archive: URLs of folders, tried in turn. */
  readonly mirrors?: readonly string[] | undefined;
  /** Whether to work offline. */
  readonly offline?: boolean | undefined;
  /** Decoded pictures up to this size, in bytes, are held in memory. Default 64 MiB, so these are read from the cache. */
  readonly memory?: number | undefined;
  /** Called with the number of bytes received, and the total if known. */
  readonly onProgress?: (progress: { file: string; received: number; total: number | undefined }) => void;
  /** Stops a download; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The published files and their names. */
export interface CifarSource extends BinarySource {
  readonly mirrors: readonly string[];
  readonly archive: { readonly name: string; readonly sha256: string };
  /** Folders of the unpacked archive, and archives of JPEGs, as they are found in folders. */
  readonly folders: readonly string[];
  readonly pictures: readonly string[];
}

export const cifar10Source: CifarSource = {
  name: "cifar10",
  mirrors: ["https://www.cs.toronto.edu/~kriz/"],
  archive: {
    name: "cifar-10-binary.tar.gz",
    sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  },
  folders: ["cifar-10-batches-bin", "."],
  pictures: ["cifar10-jpeg.tar.gz", "cifar10-jpeg.tar", "cifar10.tar.gz", "cifar10.tar"],
  parts: {
    train: ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
    test: ["test_batch.bin"],
  },
  picture: [3, 32, 32],
  classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
  normalization: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
};

/** The archive has 170 MB. */
const PACKED_LIMIT = 256_000_000;

/**
 * CIFAR-10 from, in this order: `folder`; the folder that FOVEA_DATA names; the cache; the mirrors. Decoded pictures are
 * cached and read from there while training.
 * @throws DataError when it is missing and cannot be fetched, FormatError when it is damaged
 */
export function cifar10(options: Cifar10Options = {}): Promise<{ train: Samples; test: Samples }> {
  return loadCifar(cifar10Source, options);
}

/** As `cifar10`, for any data set in its form. */
export async function loadCifar(
  source: CifarSource,
  options: Cifar10Options,
): Promise<{ train: Samples; test: Samples }> {
  checkOptions(source.name, options);
  const { folder, onNotice } = options;
  if (folder !== undefined) {
    if (!(await folderExists(folder))) throw new DataError(`${source.name}: the folder ${folder} does not exist`);
    const found = await searchCifar(folder, source, options);
    if (found === undefined) throw new DataError(`${source.name}: ${lacking(folder, source)}`);
    return found;
  }
  const named = environment("FOVEA_DATA");
  if (named !== undefined) {
    const found = await searchCifar(named, source, options);
    if (found !== undefined) return found;
    onNotice?.(`${source.name}: FOVEA_DATA is set, but ${lacking(named, source)}; looking in the cache`);
  }
  const identity = [source.archive.sha256];
  return loadBinary(
    source,
    identity,
    async function* () {
      const bytes = await fetchArchive(source, options);
      yield* unpackBinary(source, source.archive.name, oneChunk(bytes));
    },
    options,
  );
}

const lacking = (folder: string, { archive, pictures }: CifarSource): string =>
  `${folder} has neither ${archive.name} (packed or unpacked) nor ${pictures[0]}, and nor has a folder cifar10 in it`;

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function searchCifar(folder: string, source: CifarSource, options: Cifar10Options) {
  for (const place of [joinPath(folder, source.name), folder]) {
    const found =
      (await searchUnpacked(place, source, options)) ??
      (await searchPacked(place, source, options)) ??
      (await searchPictures(place, source, options));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function searchUnpacked(place: string, source: CifarSource, options: Cifar10Options) {
  for (const folder of source.folders) {
    const paths = Object.values(source.parts)
      .flat()
      .map((name) => [name, joinPath(place, folder, name)] as const);
    const infos = await Promise.all(paths.map(([, path]) => fileInfo(path)));
    if (infos.includes(undefined)) continue;
    return loadBinary(source, [place, folder, infos], () => readBinary(paths), options);
  }
  return undefined;
}

async function* readBinary(paths: readonly (readonly [name: string, path: string])[]): AsyncGenerator<BinaryFile> {
  for (const [name, path] of paths) yield { name, path, bytes: await readFile(path) };
}

async function searchPacked(place: string, source: CifarSource, options: Cifar10Options) {
  const path = joinPath(place, source.archive.name);
  const info = await fileInfo(path);
  return info && loadBinary(source, [path, info], () => unpackBinary(source, path, readChunks(path)), options);
}

async function searchPictures(place: string, source: CifarSource, options: Cifar10Options) {
  for (const name of source.pictures) {
    const path = joinPath(place, name);
    if ((await fileInfo(path)) !== undefined) return loadPictures(path, source, options);
  }
  return undefined;
}

async function loadPictures(path: string, source: CifarSource, options: Cifar10Options) {
  const { memory, cacheLimit, onNotice, signal } = options;
  const { train, test, classes } = await imageFolder(path, { memory, cacheLimit, onNotice, signal });
  const expected = `pictures [${source.picture}] of ${source.classes.join(", ")} to train on and to test with`;
  if (test === undefined || !sameShape(inputShape(train), source.picture) || classes.join() !== source.classes.join())
    throw new DataError(`${path}: expected ${expected}, found [${inputShape(train)}] of ${classes.join(", ")}`);
  const { name, normalization } = source;
  return {
    train: { ...train, name: `${name}/train`, normalization },
    test: { ...test, name: `${name}/test`, normalization },
  };
}

function fetchArchive({ name: set, archive, mirrors: known }: CifarSource, options: Cifar10Options) {
  const { name, sha256 } = archive;
  const urls = urlsIn(options.mirrors ?? known, name);
  return fetchFile({ name, set, sha256, limit: PACKED_LIMIT, urls }, options);
}
