/**
 * Tar archives, read as a stream: ustar, with pax records and GNU long names. Nothing is written to disk, links are not
 * followed, and entries that could lead out of the archive are reported and skipped. Sources: as in `tar-header.ts`.
 */
import { concatenate, FormatError } from "../array/index.ts";
import {
  BLOCK,
  isZero,
  readLongName,
  readRecords,
  readTarHeader,
  type TarHeader,
  type TarRecords,
} from "./tar-header.ts";

/** An entry of an archive. */
export type TarEntry =
  | {
      readonly kind: "file";
      /** Names separated by `/`, none of them `.` or `..`. */
      readonly path: string;
      readonly size: number;
      /** The offset of the contents in the archive, in bytes. */
      readonly offset: number;
      /** The contents; undefined if not wanted. */
      readonly bytes: Uint8Array | undefined;
    }
  | { readonly kind: "folder"; readonly path: string }
  /** An entry that is not read: a link, a device, a path out of the archive, a file that is too long. */
  | { readonly kind: "refused"; readonly path: string; readonly reason: string };

/** Options of `readTar`. */
export interface TarOptions {
  /** The archive's name in messages. */
  readonly name?: string | undefined;
  /** Whether to read a file's contents. Default: all. */
  readonly wants?: ((path: string, size: number) => boolean) | undefined;
  /** Larger wanted files are refused. Default 64 MiB. */
  readonly fileLimit?: number | undefined;
}

/** Limits of records: longer names exist in no file system, but attributes may be longer. */
const RECORDS_LIMIT = 1 << 20;
/** The maximum number of extended headers of an entry, and of continuation blocks of a header. */
const MOST_HEADERS = 64;

const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "1": "it is a link, and links are not followed",
    "2": "it is a link, and links are not followed",
    "3": "it is a device",
    "4": "it is a device",
    "6": "it is a pipe",
    D: "it is a list of the files in a folder",
    M: "it is the rest of a file from another archive",
    S: "it is a sparse file, of which not all bytes are stored",
    V: "it is the archive's label",
  }),
);

/**
 * The entries of an archive, in order.
 * @throws FormatError if it is not an archive, damaged or truncated
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>, options: TarOptions = {}): AsyncGenerator<TarEntry> {
  const input = new ByteReader(chunks, options.name ?? "the archive");
  try {
    yield* entriesOf(input, options);
  } finally {
    await input.close();
  }
}

async function* entriesOf(input: ByteReader, options: TarOptions): AsyncGenerator<TarEntry> {
  const { name = "the archive", wants = () => true, fileLimit = 1 << 26 } = options;
  let everywhere: TarRecords = {};
  let next: TarRecords = {};
  for (let headers = 0; ; headers++) {
    const where = `${name}: at byte ${input.position}`;
    if (headers > MOST_HEADERS)
      throw new FormatError(`${where}: more than ${MOST_HEADERS} headers of one entry; it is damaged or hostile`);
    const block = await input.read(BLOCK);
    if (isZero(block)) return await input.drain();
    const header = readTarHeader(block, where);
    if (isExtension(header)) {
      const records = await readExtension(input, header, where);
      if (header.type === "g") everywhere = { ...everywhere, ...records };
      else next = { ...next, ...records };
      continue;
    }
    if (header.isContinued) await skipContinuation(input, where);
    const records = { ...everywhere, ...next };
    const entry = extended(header, records, where);
    [next, headers] = [{}, -1];
    yield await takeEntry(input, entry, records.isSparse ? sparse(entry) : sortEntry(entry, wants, fileLimit));
  }
}

const sparse = ({ path }: TarHeader): Kept => ({ kind: "refused", path, reason: reasons.get("S")! });

/** The rest of the list of a sparse file's parts: blocks with a flag for another one. */
async function skipContinuation(input: ByteReader, where: string): Promise<void> {
  for (let count = 0; count < MOST_HEADERS; count++) if ((await input.read(BLOCK))[504] === 0) return;
  throw new FormatError(`${where}: the header of a sparse file goes on for more than ${MOST_HEADERS} blocks`);
}

async function takeEntry(input: ByteReader, { path, size }: TarHeader, kept: Kept): Promise<TarEntry> {
  const padded = Math.ceil(size / BLOCK) * BLOCK;
  const offset = input.position;
  const bytes = kept === true ? await input.read(size) : undefined;
  await input.skip(padded - (bytes?.length ?? 0));
  return typeof kept === "boolean" ? { kind: "file", path: plainPath(path), size, offset, bytes } : kept;
}

/** Whether the contents of a file are read; or what the entry is instead of a file. */
type Kept = boolean | Exclude<TarEntry, { kind: "file" }>;

function sortEntry({ path, size, type }: TarHeader, wants: NonNullable<TarOptions["wants"]>, fileLimit: number): Kept {
  const refused = (reason: string) => ({ kind: "refused", path, reason }) as const;
  if (leadsOut(path)) return refused("its path leads out of the archive");
  if (type === "5" || (type === "0" && path.endsWith("/"))) return { kind: "folder", path: plainPath(path) };
  if (type !== "0" && type !== "7") return refused(reasons.get(type) ?? `entries of type '${type}' are not known`);
  if (!wants(plainPath(path), size)) return false;
  return size <= fileLimit || refused(`it has ${size} bytes, at most ${fileLimit} are read`);
}

const leadsOut = (path: string): boolean => /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes("..");

const plainPath = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");

const isExtension = ({ type }: TarHeader): boolean => "xgLK".includes(type);

async function readExtension(input: ByteReader, { type, size }: TarHeader, where: string): Promise<TarRecords> {
  if (size > RECORDS_LIMIT)
    throw new FormatError(
      `${where}: an extended header has ${size} bytes, at most ${RECORDS_LIMIT} are read; it is damaged or hostile`,
    );
  const bytes = await input.read(size);
  await input.skip(Math.ceil(size / BLOCK) * BLOCK - size);
  if (type === "K") return {};
  return type === "L" ? { path: readLongName(bytes) } : readRecords(bytes, where);
}

function extended(header: TarHeader, { path = header.path, size }: TarRecords, where: string): TarHeader {
  if (size === undefined) return { ...header, path };
  if (/^\d+$/.test(size) && Number.isSafeInteger(Number(size))) return { ...header, path, size: Number(size) };
  throw new FormatError(`${where}: the size of an entry is no number; the archive is damaged`);
}

/** Reads bytes from chunks of any length. */
class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #name: string;
  #chunk = new Uint8Array(0);
  /** Bytes that have been read. */
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>, name: string) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#name = name;
  }

  /** A copy, which grows with the bytes received. */
  async read(length: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    await this.#take(length, (part) => parts.push(part));
    return concatenate(parts);
  }

  skip(length: number): Promise<void> {
    return this.#take(length, () => {});
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Reads to the end, so that the decompressor can verify all bytes. */
  async drain(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }

  async #take(length: number, use: (part: Uint8Array) => void): Promise<void> {
    for (let left = length; left > 0; ) {
      if (this.#chunk.length === 0) await this.#refill();
      const part = this.#chunk.subarray(0, left);
      this.#chunk = this.#chunk.subarray(part.length);
      this.position += part.length;
      left -= part.length;
      use(part);
    }
  }

  async #refill(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done)
      throw new FormatError(
        `${this.#name}: the tar archive is cut off after ${this.position} bytes; fetch or pack it again`,
      );
    this.#chunk = value as Uint8Array<ArrayBuffer>;
  }
}
