/**
 * A folder of fetched files by name. A file counts only with the right checksum and is replaced atomically, so damaged files
 * are repaired and concurrent processes do not interfere.
 */
import { fileExists, joinPath, readFile, sha256, writeFileAtomic } from "#platform";
import { DataError } from "../array/index.ts";
import { describeExpected, isExpected } from "./checksum.ts";

export interface CacheOptions {
  readonly folder: string;
  /** SHA-256 of the file, in hexadecimal, or how it begins. */
  readonly sha256: string;
  /** Called when the file is not in the cache. */
  readonly fetch: () => Promise<Uint8Array>;
  /** Called with a notice about a damaged file that is replaced, or a folder that cannot be written. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/**
 * The file's bytes, from the cache or from `fetch`. An unwritable cache is not an error.
 * @throws DataError when the fetched file has another checksum; what `fetch` throws
 */
export async function cached(fileName: string, options: CacheOptions): Promise<Uint8Array> {
  const path = joinPath(options.folder, fileName);
  const kept = await readCached(path, options);
  if (kept !== undefined) return kept;
  const bytes = await options.fetch();
  const found = await sha256(bytes);
  if (!isExpected(found, options.sha256)) {
    const expected = describeExpected(options.sha256);
    throw new DataError(`${fileName}: another file was fetched: its SHA-256 is ${found}, expected ${expected}`);
  }
  await writeFileAtomic(path, bytes).catch((error: Error) => {
    options.onNotice?.(`${error.message}; it will be fetched again next time (FOVEA_CACHE names another folder)`);
  });
  return bytes;
}

async function readCached(path: string, options: CacheOptions): Promise<Uint8Array | undefined> {
  if (!(await fileExists(path))) return undefined;
  try {
    const bytes = await readFile(path);
    if (isExpected(await sha256(bytes), options.sha256)) return bytes;
    options.onNotice?.(`${path} is damaged (its checksum is wrong) and will be replaced`);
  } catch (error) {
    options.onNotice?.(`${(error as Error).message}; it will be fetched again`);
  }
  return undefined;
}
