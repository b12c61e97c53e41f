/** Zip archives, read: stored and deflated entries, with their checksums. Sources: as in `zip-directory.ts`. */
import { inflateRaw } from "#platform";
import { describeGiven, FormatError, OptionError } from "../../array/index.ts";
import { checksum } from "../checksum.ts";
import { Cursor } from "../cursor.ts";
import type { Fail } from "../fail.ts";
import { isCount, quoted } from "../json.ts";
import { lengths, readZipDirectory, signatures, type ZipEntry } from "./zip-directory.ts";

/** Unpacked sizes beyond this are more likely hostile than useful: 2 GiB. */
export const UNPACKED_LIMIT = 2 ** 31;

const STORED = 0;
const DEFLATED = 8;
/** No deflate data are longer unpacked: a pair of length 258 and distance takes 2 bits. */
const MOST_RATIO = 1032;

/** An archive whose directory has been read. */
export class ZipArchive {
  /** By path; names of folders, which end with `/`, are left out. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly #bytes: Uint8Array;
  readonly #fail: Fail;
  readonly #name: string;
  /** How many more bytes may be unpacked. */
  #limit: number;

  /**
   * @param limit the most bytes that all entries together may be unpacked to
   * @throws FormatError that begins with `name`, OptionError if the limit is no number of bytes
   */
  constructor(bytes: Uint8Array, name: string, limit: number) {
    if (!isCount(limit)) throw new OptionError(`limit must be a number of bytes, got ${describeGiven(limit)}`);
    this.#bytes = bytes;
    this.#name = name;
    this.#limit = limit;
    this.#fail = (problem) => new FormatError(`${name}: ${problem}`);
    this.entries = byPath(readZipDirectory(bytes, this.#fail), this.#fail);
  }

  /**
   * The bytes of an entry; those of a stored one are shared with the archive.
   * @throws FormatError if the entry cannot be read, or its checksum is wrong
   */
  async read(entry: ZipEntry): Promise<Uint8Array> {
    const fail: Fail = (problem) => this.#fail(`entry ${quoted(entry.path)} ${problem}`);
    const contents = await this.#unpack(entry, dataOf(this.#bytes, entry, fail), fail);
    if (contents.length !== entry.size)
      throw fail(`has ${contents.length} bytes, its header promises ${entry.size}: it is damaged`);
    if (checksum(contents) !== entry.checksum)
      throw fail("does not match its checksum: the file is damaged, fetch or save it again");
    return contents;
  }

  async #unpack(entry: ZipEntry, packed: Uint8Array, fail: Fail): Promise<Uint8Array> {
    if (entry.isEncrypted) throw fail("is encrypted; unpack it and pack it again without a password");
    if (entry.method === STORED) return packed;
    if (entry.method !== DEFLATED)
      throw fail(`is packed by method ${entry.method}, expected stored (0) or deflated (8) entries`);
    if (entry.size > this.#limit)
      throw fail(
        `unpacks to ${entry.size} bytes, at most ${this.#limit} more are unpacked; raise limit if you trust it`,
      );
    if (entry.size > packed.length * MOST_RATIO)
      throw fail(`would unpack ${packed.length} bytes to ${entry.size}, which is impossible: it is damaged or hostile`);
    this.#limit -= entry.size;
    return inflateRaw(packed, entry.size, `${this.#name}: entry ${quoted(entry.path)}`);
  }
}

function byPath(entries: readonly ZipEntry[], fail: Fail): Map<string, ZipEntry> {
  const found = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (entry.path.endsWith("/")) continue;
    if (found.has(entry.path)) throw fail(`it has two entries ${quoted(entry.path)}: it is damaged or hostile`);
    found.set(entry.path, entry);
  }
  return found;
}

/** The entry's bytes as they are in the file, behind its local header. */
function dataOf(bytes: Uint8Array, { header, packed }: ZipEntry, fail: Fail): Uint8Array {
  const cursor = new Cursor(bytes, (problem) => fail(`is damaged: ${problem}`), header);
  if (cursor.u32() !== signatures.local) throw fail(`has no header at byte ${header}: it is damaged`);
  cursor.take(lengths.local - 8);
  const [pathLength, extraLength] = [cursor.u16(), cursor.u16()];
  cursor.take(pathLength + extraLength);
  return cursor.take(packed);
}
