/** The errors of unpacking compressed bytes, the same on every platform. */
import { FormatError } from "../array/index.ts";

export const tooLong = (name: string, limit: number): FormatError =>
  new FormatError(
    `${name}: unpacks to more than the ${limit} bytes that were expected; the file is corrupt or hostile`,
  );

/** What is unpacked: deflate data in a gzip file, in a zlib stream, or bare. */
export type PackedFormat = "gzip" | "zlib" | "deflate";

export const broken = (name: string, format: PackedFormat, reason: string): FormatError =>
  new FormatError(`${name}: broken ${format} data (${reason}); fetch or write the file again`);
