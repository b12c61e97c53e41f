/**
 * CIFAR's binary form: records of one byte for the class and the picture's planes, one after the other, in a few files.
 * Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
 */
import { gunzipChunks, hasFiles, pause } from "#platform";
import { DataError, FormatError, NdArray, type Shape, sizeOf } from "../../array/index.ts";
import { isRecord, readTar } from "../../formats/index.ts";
import { subset } from "../batches.ts";
import type { Normalization, PictureRows, Samples } from "../dataset.ts";
import { CachedPictures, type PictureCacheOptions } from "../pictures/picture-cache.ts";
import { DEFAULT_MEMORY, PictureKeeper } from "../pictures/picture-keeper.ts";

export interface BinarySource {
  readonly name: string;
  readonly parts: Readonly<Record<"train" | "test", readonly string[]>>;
  /** [channels, height, width]. */
  readonly picture: Shape;
  readonly classes: readonly string[];
  readonly normalization: Normalization;
}

/** One of the files: its published name, and its name in messages. */
export interface BinaryFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The files found: the labels of each, in order. */
type Note = readonly { readonly name: string; readonly labels: readonly number[] }[];

const UNPACKED_CIFAR_LIMIT = 1_000_000_000;

/** The files in the published archive, in any folder. */
export async function* unpackBinary(
  source: BinarySource,
  path: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<BinaryFile> {
  const names = Object.values(source.parts).flat();
  const nameOf = (file: string): string => file.split("/").at(-1)!;
  const wants = (file: string): boolean => names.includes(nameOf(file));
  for await (const entry of readTar(gunzipChunks(chunks, UNPACKED_CIFAR_LIMIT, path), { name: path, wants })) {
    if (entry.kind !== "file" || entry.bytes === undefined) continue;
    yield { name: nameOf(entry.path), path: `${path}/${entry.path}`, bytes: entry.bytes };
  }
}

/**
 * The data set of such files, from the cache if available.
 * @param identity plain data that changes when the files do
 * @throws FormatError for invalid files, DataError for missing files
 */
export async function loadBinary(
  source: BinarySource,
  identity: unknown,
  files: () => AsyncIterable<BinaryFile>,
  options: PictureCacheOptions & { readonly memory?: number },
): Promise<{ train: Samples; test: Samples }> {
  const place = hasFiles ? await CachedPictures.at(source.name, ["binary", identity], options) : undefined;
  const known = await place?.open(options.memory ?? DEFAULT_MEMORY, source.picture, async (note, count) =>
    readCifarNote(source, note, count),
  );
  if (known !== undefined) return trainAndTest(source, known.note, known.images);
  const keeper = new PictureKeeper(place, options.memory);
  try {
    await keeper.begin(source.picture);
    const note: { name: string; labels: number[] }[] = [];
    for await (const file of files()) note.push({ name: file.name, labels: await keepRecords(source, file, keeper) });
    checkFiles(source, note);
    const images = await keeper.finish(note);
    if (images !== undefined) return trainAndTest(source, note, images);
  } finally {
    await keeper.discard();
  }
  throw new DataError(
    `${source.name}: the pictures can be kept neither in memory nor in the cache; give one of them more room ` +
      "(the option memory, or FOVEA_CACHE_LIMIT)",
  );
}

/** @throws FormatError unless the note has a valid class for each picture */
function readCifarNote({ parts, classes }: BinarySource, note: unknown, count: number): Note {
  const names = Object.values(parts).flat();
  const isLabel = (label: unknown): boolean =>
    Number.isInteger(label) && (label as number) >= 0 && (label as number) < classes.length;
  const files = Array.isArray(note) ? (note as Note) : [];
  const isSound = files.every(
    (file) => isRecord(file) && names.includes(file.name) && Array.isArray(file.labels) && file.labels.every(isLabel),
  );
  const isWhole =
    isSound &&
    files
      .map(({ name }) => name)
      .sort()
      .join() === names.sort().join();
  if (isWhole && files.reduce((sum, { labels }) => sum + labels.length, 0) === count) return files;
  throw new FormatError(`the note on ${count} pictures in the cache is not one`);
}

/** Stores a file's pictures and returns their labels. */
async function keepRecords(
  source: BinarySource,
  { path, bytes }: BinaryFile,
  keeper: PictureKeeper,
): Promise<number[]> {
  const step = 1 + sizeOf(source.picture);
  if (bytes.length === 0 || bytes.length % step !== 0)
    throw new FormatError(`${path}: ${bytes.length} bytes are no whole number of records of ${step} bytes`);
  const labels: number[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    const label = bytes[at];
    if (label >= source.classes.length)
      throw new FormatError(`${path}: class ${label} at byte ${at}, expected 0 to ${source.classes.length - 1}`);
    labels.push(label);
    await keeper.add(bytes.slice(at + 1, at + step));
  }
  await pause();
  return labels;
}

function checkFiles({ name, parts }: BinarySource, note: Note): void {
  const names = Object.values(parts).flat();
  const missing = names.filter((file) => note.filter((found) => found.name === file).length !== 1);
  if (missing.length > 0) throw new DataError(`${name}: ${missing.join(", ")} must be there once`);
}

function trainAndTest(
  source: BinarySource,
  note: Note,
  images: NdArray | PictureRows,
): { train: Samples; test: Samples } {
  const labels = Int32Array.from(note.flatMap(({ labels }) => labels));
  const starts = new Map<string, number>();
  let start = 0;
  for (const { name, labels } of note) {
    starts.set(name, start);
    start += labels.length;
  }
  const { name, classes, normalization } = source;
  const all = { name, images, labels: new NdArray(labels, [labels.length], "i32"), classes, normalization } as Samples;
  const part = (which: "train" | "test"): Samples => {
    const rows = source.parts[which].flatMap((file) => {
      const { labels } = note.find((found) => found.name === file)!;
      return labels.map((_, i) => starts.get(file)! + i);
    });
    return subset(all, rows, `${name}/${which}`);
  };
  return { train: part("train"), test: part("test") };
}
