/** Parallel files: line i of each says the same, in another language. */
import { checkObject, DataError } from "../../array/index.ts";
import { readLines, type TextFileOptions } from "./text-file.ts";

/**
 * The lines of parallel files, packed with gzip or not.
 * @param paths of the files, by a name for each
 * @example
 * const { source, target } = await readParallel({ source: "train.de.gz", target: "train.en.gz" });
 * @throws DataError if a file cannot be read, has no lines or not as many as the others; FormatError for bytes that are not text
 */
export async function readParallel<Name extends string>(
  paths: Readonly<Record<Name, string>>,
  options: TextFileOptions = {},
): Promise<Record<Name, string[]>> {
  checkObject("the paths of parallel files, { source: path, target: path }", paths);
  const files = Object.entries<string>(paths);
  const read = await Promise.all(files.map(async ([name, path]) => [name, await readLines(path, options)] as const));
  const counts = files.map(([, path], i) => `${path} has ${read[i][1].length}`);
  if (read.some(([, lines]) => lines.length === 0 || lines.length !== read[0][1].length))
    throw new DataError(`parallel files must have equally many lines, at least one: ${counts.join(", ")}`);
  return Object.fromEntries(read) as Record<Name, string[]>;
}
