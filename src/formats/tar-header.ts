/**
 * The headers of tar archives, 512 bytes each, and the records that extend them. Sources: POSIX.1-2017, "pax", sections
 * "ustar Interchange Format" and "pax Extended Header"; the GNU tar manual, "Basic Tar Format" and "Storing Sparse Files",
 * for base-256 numbers, long names and sparse files.
 */
import { FormatError } from "../array/index.ts";

export const BLOCK = 512;
/** The type of sparse files in old GNU archives: `S`. */
const SPARSE = 0x53;

export interface TarHeader {
  readonly path: string;
  readonly size: number;
  /** One character: `0` a file, `5` a folder, `x` records for the next entry, … */
  readonly type: string;
  /** Whether more of the header follows in another block, as in the sparse files of old GNU archives. */
  readonly isContinued: boolean;
}

const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** Numbers are octal digits, or, if the top bit of the first byte is set, 95 bits, big-endian. */
function parseNumber(field: Uint8Array): number {
  if ((field[0] & 0x80) === 0) {
    const digits = textOf(field).trim();
    return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
  }
  return field.reduce((value, byte, i) => value * 256 + (i === 0 ? byte & 0x7f : byte), 0);
}

/** The sum of the block's bytes, its own eight bytes counted as spaces; old archives took the bytes as signed. */
function hasRightSum(block: Uint8Array): boolean {
  const expected = parseNumber(block.subarray(148, 156));
  let [unsigned, signed] = [0, 0];
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : block[i];
    unsigned += byte;
    signed += (byte << 24) >> 24;
  }
  return expected === unsigned || expected === signed;
}

export const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** Whether bytes begin with the header of a tar archive. */
export const isTar = (bytes: Uint8Array): boolean => {
  const block = bytes.subarray(0, BLOCK);
  return block.length === BLOCK && !isZero(block) && hasRightSum(block);
};

/** @throws FormatError when the checksum is wrong or the size is no number; `where` begins the message */
export function readTarHeader(block: Uint8Array, where: string): TarHeader {
  if (!hasRightSum(block)) {
    const what = where.endsWith("byte 0")
      ? "it is not a tar archive"
      : "the tar archive is damaged; fetch or pack it again";
    throw new FormatError(`${where}: the checksum of a header is wrong: ${what}`);
  }
  const size = parseNumber(block.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0)
    throw new FormatError(`${where}: the size of an entry is no number; the archive is damaged`);
  const name = textOf(block.subarray(0, 100));
  const isPosix = textOf(block.subarray(257, 263)) === "ustar" && block[263] === 0x30;
  const prefix = isPosix ? textOf(block.subarray(345, 500)) : "";
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156] === 0 ? 0x30 : block[156]),
    isContinued: block[156] === SPARSE && block[482] !== 0,
  };
}

/** The attributes of the next entry, from records. */
export interface TarRecords {
  readonly path?: string | undefined;
  readonly size?: string | undefined;
  /** Whether the file is sparse: only its nonzero parts are stored. */
  readonly isSparse?: boolean | undefined;
}

/** Entries have about a dozen records; many more only serve hostile files. */
const MOST_RECORDS = 4096;

/** The keys that are read, and how. An empty value cancels a global one. */
const wanted: ReadonlyMap<string, (value: string) => TarRecords> = new Map<string, (value: string) => TarRecords>([
  ["path", (value) => ({ path: value || undefined })],
  ["size", (value) => ({ size: value || undefined })],
  ["GNU.sparse.name", (value) => ({ path: value, isSparse: true })],
  ...["major", "minor", "realsize", "map", "size", "numblocks", "offset", "numbytes"].map(
    (key) => [`GNU.sparse.${key}`, () => ({ isSparse: true })] as const,
  ),
  ["SCHILY.realsize", () => ({ isSparse: true })],
]);
const lengths = new Set(Array.from(wanted.keys(), (key) => key.length));

/**
 * The records `LENGTH key=value\n` of an extended header; the length counts itself. Only the keys that are read are decoded.
 */
export function readRecords(bytes: Uint8Array, where: string): TarRecords {
  const decode = (from: number, to: number): string => textDecoder.decode(bytes.subarray(from, to));
  let records: TarRecords = {};
  for (let at = 0, count = 0; at < bytes.length; count++) {
    if (count === MOST_RECORDS)
      throw new FormatError(
        `${where}: an extended header has more than ${MOST_RECORDS} records; it is damaged or hostile`,
      );
    const { start, end } = paxRecordAt(bytes, at);
    const equals = bytes.indexOf(0x3d, start);
    if (!(equals > start && equals < end && bytes[end - 1] === 0x0a))
      throw new FormatError(`${where}: the records of an extended header are broken; the archive is damaged`);
    if (lengths.has(equals - start)) {
      const read = wanted.get(decode(start, equals));
      if (read !== undefined) records = { ...records, ...read(decode(equals + 1, end - 1)) };
    }
    at = end;
  }
  return records;
}

const textDecoder = new TextDecoder();

/** The start of a record's key, and its end: −1 if the length is invalid or leads out. */
function paxRecordAt(bytes: Uint8Array, at: number): { start: number; end: number } {
  let [length, i] = [0, at];
  for (; i < at + 8 && bytes[i] >= 0x30 && bytes[i] <= 0x39; i++) length = 10 * length + bytes[i] - 0x30;
  const isSound = i > at && bytes[i] === 0x20 && at + length <= bytes.length && at + length > i + 1;
  return isSound ? { start: i + 1, end: at + length } : { start: bytes.length, end: -1 };
}

/** The name in a GNU long-name entry: it ends with a zero byte. */
export const readLongName = (bytes: Uint8Array): string => textOf(bytes);
