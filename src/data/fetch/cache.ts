/**
 * Files that were fetched once, kept in a folder under their names. A file counts only with the right checksum, and is
 * replaced in one move, so a broken one heals and processes that fetch the same file at once do each other no harm.
 */
import { fileExists, joinPath, readFile, sha256, writeFileAtomic } from "#platform";
import { DataError } from "../../array/index.ts";

export interface CacheOptions {
  readonly folder: string;
  /** Of the whole file, in hexadecimal. */
  readonly sha256: string;
  /** Called when the cache does not have the file. */
  readonly fetch: () => Promise<Uint8Array>;
  /** Told, in one sentence, of a broken file that is replaced and of a folder that cannot be written. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

/**
 * The file's bytes, from the cache or from `fetch`. A cache that cannot be written is no error: the bytes are there.
 * @throws DataError when what `fetch` brings has another checksum; what `fetch` throws
 */
export async function cached(fileName: string, options: CacheOptions): Promise<Uint8Array> {
  const path = joinPath(options.folder, fileName);
  const kept = await look(path, options);
  if (kept !== undefined) return kept;
  const bytes = await options.fetch();
  const found = await sha256(bytes);
  if (found !== options.sha256) {
    throw new DataError(`${fileName}: another file was fetched: its SHA-256 is ${found}, expected ${options.sha256}`);
  }
  await writeFileAtomic(path, bytes).catch((error: Error) => {
    options.onNotice?.(`${error.message}; it will be fetched again next time (FOVEA_CACHE names another folder)`);
  });
  return bytes;
}

async function look(path: string, options: CacheOptions): Promise<Uint8Array | undefined> {
  if (!(await fileExists(path))) return undefined;
  try {
    const bytes = await readFile(path);
    if ((await sha256(bytes)) === options.sha256) return bytes;
    options.onNotice?.(`${path} is damaged (its checksum is wrong) and will be replaced`);
  } catch (error) {
    options.onNotice?.(`${(error as Error).message}; it will be fetched again`);
  }
  return undefined;
}
