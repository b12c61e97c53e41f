import type { FormatError } from "../array/index.ts";

/** Makes the error of a problem found in a file, with the file's name in front. */
export type Fail = (problem: string) => FormatError;
