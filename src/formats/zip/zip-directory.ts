/**
 * The central directory of a zip archive, which is not trusted: entries that it gives lie inside the file and apart from
 * each other. Archives of more than 4 GB (zip64) are read, too. Source: PKWARE, "APPNOTE.TXT – .ZIP File Format
 * Specification", sections 4.3 and 4.5.3.
 */
import { Cursor } from "../cursor.ts";
import type { Fail } from "../fail.ts";
import { quoted } from "../json.ts";

/** The first bytes of the parts of an archive, as numbers. */
export const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator: 0x07064b50,
};

/** Bytes of the parts, without names and notes. */
export const lengths = { local: 30, central: 46, end: 22, end64: 56, locator: 20 };

const LONGEST_NOTE = 0xffff;
/** What fields of 32 bits hold when the number is in the zip64 fields. */
const ELSEWHERE = 0xffffffff;
const ZIP64 = 1;

/** A file in an archive. */
export interface ZipEntry {
  readonly path: string;
  /** 0: stored, 8: deflated. */
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly checksum: number;
  /** Bytes in the archive, and unpacked. */
  readonly packed: number;
  readonly size: number;
  /** The offset of its local header, which comes before the data. */
  readonly header: number;
}

/** The entries in the order of the directory. @throws what `fail` makes */
export function readZipDirectory(bytes: Uint8Array, fail: Fail): ZipEntry[] {
  const { begin, length, count } = findDirectory(bytes, fail);
  if (begin + length > bytes.length || count * lengths.central > length)
    throw fail(
      `its directory of ${count} entries would take ${length} bytes from byte ${begin}, the file has ${bytes.length}: ` +
        "it is damaged",
    );
  const cursor = new Cursor(bytes.subarray(0, begin + length), fail, begin);
  const entries = Array.from({ length: count }, () => readEntry(cursor));
  checkApart(entries, begin, fail);
  return entries;
}

interface Place {
  readonly begin: number;
  readonly length: number;
  readonly count: number;
}

function findDirectory(bytes: Uint8Array, fail: Fail): Place {
  const end = findEnd(bytes);
  if (end === undefined) throw fail("it has no directory of a zip archive at its end: it is cut off or damaged");
  const cursor = new Cursor(bytes, fail, end + 4);
  const [disk, firstDisk, here, count] = [cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()];
  const [length, begin] = [cursor.u32(), cursor.u32()];
  if (end >= lengths.locator && new Cursor(bytes, fail, end - lengths.locator).u32() === signatures.locator)
    return findDirectory64(bytes, end - lengths.locator, fail);
  if (disk !== 0 || firstDisk !== 0 || here !== count) throw fail("it is a part of a zip archive of several files");
  return { begin, length, count };
}

/** The offset of the last part, which a note of any length may follow. */
function findEnd(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - lengths.end;
  for (let at = last; at >= Math.max(0, last - LONGEST_NOTE); at--)
    if (view.getUint32(at, true) === signatures.end && view.getUint16(at + 20, true) === last - at) return at;
  return undefined;
}

function findDirectory64(bytes: Uint8Array, locator: number, fail: Fail): Place {
  const where = new Cursor(bytes, fail, locator + 8).u64();
  if (where > locator - lengths.end64) throw fail("the end of its directory lies outside of it: it is damaged");
  const cursor = new Cursor(bytes, fail, where);
  if (cursor.u32() !== signatures.end64) throw fail(`there is no end of a directory at byte ${where}: it is damaged`);
  cursor.take(28);
  const [count, length, begin] = [cursor.u64(), cursor.u64(), cursor.u64()];
  return { begin, length, count };
}

function readEntry(cursor: Cursor): ZipEntry {
  const { fail } = cursor;
  const start = cursor.at;
  if (cursor.u32() !== signatures.central)
    throw fail(`there is no entry of its directory at byte ${start}: it is damaged`);
  cursor.take(4);
  const [flags, method] = [cursor.u16(), cursor.u16()];
  cursor.take(4);
  const checksum = cursor.u32();
  const sizes = [cursor.u32(), cursor.u32()];
  const [pathLength, extraLength, noteLength, disk] = [cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()];
  cursor.take(6);
  const header = cursor.u32();
  const path = new TextDecoder().decode(cursor.take(pathLength).slice());
  const extra = cursor.take(extraLength);
  cursor.take(noteLength);
  if (disk !== 0 && disk !== 0xffff) throw fail(`entry ${quoted(path)} lies in another file of the archive`);
  const [size, packed, offset] = widened([sizes[1], sizes[0], header], extra, fail);
  return { path, method, isEncrypted: (flags & 1) !== 0, checksum, packed, size, header: offset };
}

/** Numbers that do not fit into 32 bits are in an extra field, in this order. */
function widened(numbers: readonly number[], extra: Uint8Array, fail: Fail): number[] {
  if (!numbers.includes(ELSEWHERE)) return [...numbers];
  const cursor = new Cursor(extra, fail);
  while (cursor.left >= 4) {
    const kind = cursor.u16();
    const field = new Cursor(cursor.take(cursor.u16()), fail);
    if (kind === ZIP64) return numbers.map((number) => (number === ELSEWHERE ? field.u64() : number));
  }
  return [...numbers];
}

/** Entries that share bytes could unpack to any multiple of the file. */
function checkApart(entries: readonly ZipEntry[], directory: number, fail: Fail): void {
  let free = 0;
  for (const { path, header, packed } of entries.toSorted((a, b) => a.header - b.header)) {
    if (header < free) throw fail(`entry ${quoted(path)} lies inside the one before it: it is damaged or hostile`);
    free = header + lengths.local + packed;
    if (free > directory)
      throw fail(`entry ${quoted(path)} would end at byte ${free}, behind the entries' end at byte ${directory}`);
  }
}
