/**
 * The 512 bytes in front of everything in a tar archive, and the records that extend them.
 * Sources: POSIX.1-2017, "pax", sections "ustar Interchange Format" and "pax Extended Header"; the GNU tar manual, "Basic
 * Tar Format", for base-256 numbers and long names.
 */
import { FormatError } from "../array/index.ts";

export const BLOCK = 512;

export interface TarHeader {
  readonly path: string;
  readonly size: number;
  /** One sign: `0` a file, `5` a folder, `x` records for the next entry, … */
  readonly type: string;
}

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** Numbers are octal digits, or from the top bit of the first byte on, 95 bits with the largest first. */
function numberIn(field: Uint8Array): number {
  if ((field[0] & 0x80) === 0) {
    const digits = text(field).trim();
    return digits === "" ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN;
  }
  return field.reduce((value, byte, i) => value * 256 + (i === 0 ? byte & 0x7f : byte), 0);
}

/** The sum of the block's bytes, its own eight bytes counted as spaces; old archives took the bytes as signed. */
function hasRightSum(block: Uint8Array): boolean {
  const expected = numberIn(block.subarray(148, 156));
  let [unsigned, signed] = [0, 0];
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : block[i];
    unsigned += byte;
    signed += (byte << 24) >> 24;
  }
  return expected === unsigned || expected === signed;
}

export const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** @throws FormatError when the checksum is wrong or the size is no number; `where` begins the message */
export function readHeader(block: Uint8Array, where: string): TarHeader {
  if (!hasRightSum(block)) {
    const what = where.endsWith("byte 0")
      ? "it is not a tar archive"
      : "the tar archive is damaged; fetch or pack it again";
    throw new FormatError(`${where}: the checksum of a header is wrong: ${what}`);
  }
  const size = numberIn(block.subarray(124, 136));
  if (!Number.isSafeInteger(size) || size < 0)
    throw new FormatError(`${where}: the size of an entry is no number; the archive is damaged`);
  const name = text(block.subarray(0, 100));
  const isPosix = text(block.subarray(257, 263)) === "ustar" && block[263] === 0x30;
  const prefix = isPosix ? text(block.subarray(345, 500)) : "";
  return {
    path: prefix === "" ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156] === 0 ? 0x30 : block[156]),
  };
}

/** The records `LENGTH key=value\n` of an extended header; the length counts itself. */
export function readRecords(bytes: Uint8Array, where: string): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = new TextDecoder().decode(bytes.subarray(at, space < 0 ? at : space));
    const length = /^[1-9]\d{0,9}$/.test(digits) ? Number(digits) : NaN;
    const equals = bytes.indexOf(0x3d, space);
    const end = at + length;
    if (!(end <= bytes.length && equals > 0 && equals < end && bytes[end - 1] === 0x0a))
      throw new FormatError(`${where}: the records of an extended header are broken; the archive is damaged`);
    const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
    records.set(decode(space + 1, equals), decode(equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** The name in a GNU long-name entry: it ends with a zero byte. */
export const readLongName = (bytes: Uint8Array): string => text(bytes);
