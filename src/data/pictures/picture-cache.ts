/**
 * The cache of decoded pictures: the folder `pictures`, by a key that identifies their source. Its total size is limited:
 * the least recently used are removed first. Damaged files are made again.
 */
import {
  cacheFolder,
  environment,
  fileExists,
  joinPath,
  listFolder,
  removeFile,
  sha256,
  sweepTemporaries,
  touchFile,
} from "#platform";
import { FormatError, type NdArray, OptionError, type Shape, sizeOf } from "../../array/index.ts";
import { rowRange } from "../batches.ts";
import type { PictureRows } from "../dataset.ts";
import { openRows, type StoredPictures } from "./picture-rows.ts";
import { openStore, type PictureStore, StoreWriter } from "./picture-store.ts";

/** Options of the cache of decoded pictures. */
export interface PictureCacheOptions {
  /**
   * The size limit of the cache of decoded pictures, in bytes. Default: FOVEA_CACHE_LIMIT, such as `500M` or `2G`, else 4
   * GiB.
   */
  readonly cacheLimit?: number | undefined;
  /** Called with notices. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

const ENDING = ".pictures";
export const picturesFolder = (): string => joinPath(cacheFolder(), "pictures");

/** A data set's name, made safe for file names. */
const stemOf = (name: string): string => name.replace(/[^\w.-]+/g, "-").slice(0, 60);

/** Whether a file of decoded pictures belongs to the data set of this name. */
export const isOfDataSet = (file: string, name: string): boolean =>
  file.replace(/^\./, "").replace(/-[0-9a-f]{24}\.pictures.*$/, "") === stemOf(name);

/** A file of decoded pictures, finished or being written. */
export const isPicturesFile = (name: string): boolean =>
  name.endsWith(ENDING) || /^\..*\.pictures\..*\.tmp$/.test(name);
const DEFAULT_LIMIT = 4 * 2 ** 30;
const unitFactors: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** @throws OptionError for an invalid number of bytes */
export function cacheLimitOf(given: number | undefined): number {
  if (given !== undefined) {
    if (given >= 0) return given;
    throw new OptionError(`cacheLimit must be a number of bytes, got ${given}`);
  }
  const text = environment("FOVEA_CACHE_LIMIT");
  if (text === undefined) return DEFAULT_LIMIT;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMGT]?)i?B?$/i.exec(text.trim()) ?? [];
  if (digits === undefined)
    throw new OptionError(`FOVEA_CACHE_LIMIT must be a number of bytes, such as 500M or 2G, got ${text}`);
  return Number(digits) * unitFactors[unit.toUpperCase()];
}

/** One entry of the cache. */
export class CachedPictures {
  readonly #folder = picturesFolder();
  readonly #fileName: string;
  readonly #limit: number;
  readonly #notice: (text: string) => void;

  private constructor(fileName: string, options: PictureCacheOptions) {
    this.#fileName = fileName;
    this.#limit = cacheLimitOf(options.cacheLimit);
    this.#notice = options.onNotice ?? (() => {});
  }

  /** @param key plain data with everything that the pictures depend on */
  static async at(name: string, key: unknown, options: PictureCacheOptions): Promise<CachedPictures> {
    const sum = await sha256(new TextEncoder().encode(JSON.stringify(key)));
    return new CachedPictures(`${stemOf(name)}-${sum.slice(0, 24)}${ENDING}`, options);
  }

  get path(): string {
    return joinPath(this.#folder, this.#fileName);
  }

  /**
   * The entry's pictures, in memory if they take at most `memory` bytes. Undefined if there is no entry, if `read` finds its
   * note out of date, or if the file is damaged or another, which is then removed.
   * @param picture [channels, height, width] expected; 0 stands for any size
   * @param read parses the note; throws FormatError for an invalid one
   */
  async open<N>(
    memory: number,
    picture: Shape,
    read: (note: unknown, count: number) => Promise<N | undefined>,
  ): Promise<{ readonly note: N; readonly images: NdArray | PictureRows } | undefined> {
    if (!(await fileExists(this.path))) return undefined;
    try {
      const { note: kept, pictures } = await openStore(this.path);
      checkContents(this.path, pictures, picture);
      const note = await read(kept, pictures.rows.length);
      if (note === undefined) return undefined;
      // A read-only cache keeps its files.
      await touchFile(this.path).catch(() => {});
      const rows = openRows(pictures);
      const isSmall = sizeOf(rows.shape) <= memory;
      return { note, images: isSmall ? await rows.take(rowRange(0, rows.shape[0])) : rows };
    } catch (error) {
      this.#notice(`${(error as Error).message}; the pictures are decoded again`);
      await removeFile(this.path).catch(() => {});
      return undefined;
    }
  }

  /** Begins to write the entry; undefined, with a notice, if the cache cannot be written. */
  async fill(picture: Shape): Promise<CacheFilling | undefined> {
    if (this.#limit === 0) return undefined;
    try {
      const writer = await StoreWriter.create(this.path, picture);
      return new CacheFilling(writer, this.#limit, this.#notice, () => this.#makeRoom());
    } catch (error) {
      this.#notice(`${(error as Error).message}; the pictures are decoded anew each time`);
      return undefined;
    }
  }

  /** Removes the least recently used files until the rest and the file being written are within the limit. */
  async #makeRoom(): Promise<void> {
    await sweepTemporaries(this.#folder);
    const found = (await listFolder(this.#folder)).filter(({ name }) => isPicturesFile(name));
    const others = found
      .filter(({ name }) => name !== this.#fileName && !name.startsWith("."))
      .sort((a, b) => a.modified - b.modified);
    let total = found.reduce((sum, { size }) => sum + size, 0);
    for (const { name, size } of others) {
      if (total <= this.#limit) return;
      await removeFile(joinPath(this.#folder, name));
      total -= size;
    }
  }
}

/** @throws FormatError unless there are pictures, all of the expected size */
function checkContents(path: string, { picture, rows }: StoredPictures, expected: Shape): void {
  const fits = expected.every((length, axis) => (length === 0 ? picture[axis] > 0 : picture[axis] === length));
  if (fits && rows.length > 0) return;
  throw new FormatError(
    `${path} is damaged: it has ${rows.length} pictures [${picture}], expected [${expected.map((n) => n || "n")}]`,
  );
}

/** An entry being written. Failures are notices, not errors. */
export class CacheFilling {
  #writer: StoreWriter | undefined;
  readonly #limit: number;
  readonly #notice: (text: string) => void;
  readonly #makeRoom: () => Promise<void>;

  constructor(writer: StoreWriter, limit: number, notice: (text: string) => void, makeRoom: () => Promise<void>) {
    this.#writer = writer;
    this.#limit = limit;
    this.#notice = notice;
    this.#makeRoom = makeRoom;
  }

  async add(planes: Uint8Array): Promise<void> {
    await this.#attempt(async (writer) => {
      await writer.add(planes);
      if (writer.bytes <= this.#limit) return;
      throw new Error(
        `the decoded pictures take more than the cache's limit of ${this.#limit} bytes (FOVEA_CACHE_LIMIT)`,
      );
    });
  }

  /** The store; undefined if writing failed. */
  async finish(note: unknown): Promise<PictureStore | undefined> {
    return this.#attempt(async (writer) => {
      const store = await writer.finish(note);
      this.#writer = undefined;
      await this.#makeRoom().catch((error: Error) => this.#notice(error.message));
      return store;
    });
  }

  async discard(): Promise<void> {
    await this.#writer?.discard();
    this.#writer = undefined;
  }

  async #attempt<T>(action: (writer: StoreWriter) => Promise<T>): Promise<T | undefined> {
    if (this.#writer === undefined) return undefined;
    try {
      return await action(this.#writer);
    } catch (error) {
      this.#notice(`${(error as Error).message}; the pictures are decoded anew each time`);
      await this.discard();
      return undefined;
    }
  }
}
