/**
 * Scans the files of a data set once: decodes every picture, stores the result, and notes what cannot be read. Small sets
 * stay in memory; larger ones are then read from the cache, or without one from the files.
 */
import { absolutePath, hasFiles, joinPath, pause } from "#platform";
import { DataError, FormatError, FoveaError, type NdArray, type Shape } from "../../array/index.ts";
import { isRecord } from "../../formats/index.ts";
import { decodersHere } from "../../image/index.ts";
import type { PictureRows } from "../dataset.ts";
import { CachedPictures, type PictureCacheOptions } from "./picture-cache.ts";
import type { FileSource, FoundFile } from "./picture-files.ts";
import { DEFAULT_MEMORY, PictureKeeper } from "./picture-keeper.ts";
import { checkSize, decodePlanes } from "./picture-planes.ts";
import { openRows } from "./picture-rows.ts";

/** Options of reading a folder of pictures. */
export interface ScanOptions extends PictureCacheOptions {
  /** [height, width] that pictures are scaled to. Default: their own, which must be the same for all. */
  readonly size?: readonly [number, number] | undefined;
  /** The channels. Default `rgb`. */
  readonly colors?: "rgb" | "gray" | undefined;
  /** Whether an unreadable file is an error. Default: it is skipped. */
  readonly strict?: boolean | undefined;
  /** Decoded pictures up to this size, in bytes, are held in memory; others are read when needed. Default 64 MiB. */
  readonly memory?: number | undefined;
  /** Whether decoded pictures are cached on disk. Default: yes. */
  readonly cache?: boolean | undefined;
  /** Called with the number of decoded pictures. */
  readonly onProgress?: ((decoded: number) => void) | undefined;
  /** Stops the scan; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A skipped file, and why. */
export interface SkippedFile {
  /** The path of the file. */
  readonly path: string;
  /** Why it was skipped, in words. */
  readonly reason: string;
}

/** The result of a scan, in the order of the files. */
export interface ScanNote {
  /** Of each picture. */
  readonly paths: readonly string[];
  readonly skipped: readonly SkippedFile[];
  /** The number of files without a picture's extension. */
  readonly others: readonly string[];
  /** The outermost folders without a picture. */
  readonly empty: readonly string[];
}

/** The note of a scan in the cache. */
interface KeptNote extends ScanNote {
  /** The decoders that skipped files: others may read them. Empty if something else may have changed since. */
  readonly decoders?: string;
}

export interface Scan extends ScanNote {
  /** All pictures; undefined if there are none. */
  readonly images: NdArray | PictureRows | undefined;
}

const PROGRESS_INTERVAL = 256;

/** @throws DataError for pictures of several sizes without `size`, and with `strict` for a file that cannot be read */
export async function scanPictures(source: FileSource, options: ScanOptions): Promise<Scan> {
  const shape: Shape = [options.colors === "gray" ? 1 : 3, ...(options.size ?? [0, 0])];
  const place =
    hasFiles && options.cache !== false
      ? await CachedPictures.at(source.name, [source.identity, shape], options)
      : undefined;
  const known = await place?.open(options.memory ?? DEFAULT_MEMORY, shape, (note, count) =>
    readScanNote(note, count, source),
  );
  if (known !== undefined) {
    const { note, images } = known;
    if (options.strict && note.skipped.length > 0) throw unreadable(source, note.skipped[0]);
    return { ...note, images };
  }
  const scanner = new Scanner(source, shape, place, options);
  try {
    return await scanner.run();
  } finally {
    await scanner.discard();
  }
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);
const isSkipped = (value: unknown): value is SkippedFile =>
  isRecord(value) && isText(value.path) && isText(value.reason);

/** The note of a scan; undefined if a skipped file may be readable now. @throws FormatError for any other note */
async function readScanNote(note: unknown, count: number, { has }: FileSource): Promise<ScanNote | undefined> {
  const { paths, skipped, others, empty, decoders } = isRecord(note) ? note : {};
  const isSound = isTexts(paths) && paths.length === count && isTexts(others) && isTexts(empty);
  const isOfSource = has === undefined || (isTexts(paths) && new Set(paths).size === count && paths.every(has));
  if (!isSound || !isOfSource || !Array.isArray(skipped) || !skipped.every(isSkipped))
    throw new FormatError(`the note on ${count} pictures in the cache is not one`);
  if (decoders !== undefined && decoders !== (await decodersHere())) return undefined;
  return { paths, skipped, others, empty };
}

const unreadable = ({ path: root }: FileSource, { path, reason }: SkippedFile): DataError =>
  new DataError(`${root}: ${path} cannot be read: ${reason}; without strict it is skipped`);

/** `a` and `a/b` for `a/b/c.png`. */
const foldersAround = (path: string): string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, depth, names) => names.slice(0, depth + 1).join("/"));

function withoutPictures(folders: ReadonlySet<string>, paths: readonly string[]): string[] {
  const filled = new Set(paths.flatMap(foldersAround));
  const isEmpty = (folder: string): boolean => !filled.has(folder);
  return [...folders].filter((folder) => isEmpty(folder) && !foldersAround(folder).some(isEmpty)).sort();
}

class Scanner {
  readonly #source: FileSource;
  readonly #keeper: PictureKeeper;
  readonly #options: ScanOptions;
  readonly #paths: string[] = [];
  readonly #skipped: SkippedFile[] = [];
  readonly #others: string[] = [];
  readonly #folders = new Set<string>();
  #isPassing = false;
  readonly #spans: { offset: number; length: number }[] = [];
  /** The size that pictures are scaled to; 0 stands for their own. */
  readonly #wanted: Shape;
  #shape: Shape;

  constructor(source: FileSource, shape: Shape, place: CachedPictures | undefined, options: ScanOptions) {
    this.#source = source;
    this.#wanted = shape;
    this.#shape = shape;
    this.#keeper = new PictureKeeper(place, options.memory);
    this.#options = options;
  }

  async run(): Promise<Scan> {
    const { signal, onProgress } = this.#options;
    for await (const file of this.#source.files()) {
      signal?.throwIfAborted();
      for (const folder of file.kind === "folder" ? [file.path] : foldersAround(file.path)) this.#folders.add(folder);
      if (file.kind === "folder") continue;
      if (file.kind === "other") this.#others.push(file.path);
      else if (file.kind === "refused") this.#skip(file);
      else await this.#decode(file);
      if (this.#paths.length % PROGRESS_INTERVAL !== 0 || file.kind !== "picture") continue;
      onProgress?.(this.#paths.length);
      await pause();
    }
    const empty = withoutPictures(this.#folders, this.#paths);
    const note: ScanNote = { paths: this.#paths, skipped: this.#skipped, others: this.#others, empty };
    if (this.#paths.length === 0) return { ...note, images: undefined };
    const decoders = this.#skipped.length > 0 ? await decodersHere() : undefined;
    const kept: KeptNote = { ...note, decoders: this.#isPassing ? "" : decoders };
    return { ...note, images: (await this.#keeper.finish(kept)) ?? openRows(this.#encoded()) };
  }

  async discard(): Promise<void> {
    await this.#keeper.discard();
  }

  #skip(file: SkippedFile & { readonly passing?: boolean }): void {
    this.#isPassing ||= file.passing ?? false;
    const skipped = { path: file.path, reason: file.reason };
    if (this.#options.strict) throw unreadable(this.#source, skipped);
    this.#skipped.push(skipped);
  }

  async #decode({ path, bytes, offset }: Extract<FoundFile, { kind: "picture" }>): Promise<void> {
    const planes = await decodePlanes(bytes, path, this.#wanted).catch((error) => {
      if (error instanceof FoveaError) return error;
      throw error;
    });
    if (planes instanceof FoveaError) {
      // The file's name is removed: lists of reasons add it.
      return this.#skip({ path, reason: planes.message.replace(`${path}: `, "").replace(`${path} `, "it ") });
    }
    const isSizeGiven = this.#options.size !== undefined;
    if (this.#paths.length === 0) {
      // Without a requested size, the first picture determines it.
      if (!isSizeGiven) this.#shape = [this.#shape[0], planes.height, planes.width];
      await this.#keeper.begin(this.#shape);
    } else if (!isSizeGiven) checkSize(planes, path, { path: this.#paths[0], shape: this.#shape });
    this.#paths.push(path);
    this.#spans.push({ offset, length: bytes.length });
    await this.#keeper.add(planes.data);
  }

  /** The files themselves, decoded whenever a picture is needed. */
  #encoded() {
    const { kind, path: root } = this.#source;
    if (kind === "compressed") {
      throw new DataError(
        `${root}: its decoded pictures are too many for memory and are not in the cache, and nothing can be read from the ` +
          "middle of a compressed archive: unpack it, or give the cache more room (FOVEA_CACHE_LIMIT)",
      );
    }
    const path = absolutePath(root);
    const rows = Int32Array.from(this.#paths, (_, i) => i);
    const common = { kind: "encoded", picture: this.#shape, rows } as const;
    if (kind === "folder") return { ...common, paths: this.#paths.map((file) => joinPath(path, file)) };
    const offsets = Float64Array.from(this.#spans, ({ offset }) => offset);
    const lengths = Float64Array.from(this.#spans, ({ length }) => length);
    return { ...common, paths: this.#paths, archive: { path, offsets, lengths } };
  }
}
