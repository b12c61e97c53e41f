/** The errors of unpacking compressed bytes, the same on every platform. */
import { FormatError } from "../array/index.ts";

export const tooLong = (name: string, limit: number): FormatError =>
  new FormatError(
    `${name}: unpacks to more than the ${limit} bytes that were expected; the file is corrupt or hostile`,
  );

export const broken = (name: string, format: "gzip" | "zlib", reason: string): FormatError =>
  new FormatError(`${name}: broken ${format} data (${reason}); fetch or write the file again`);
