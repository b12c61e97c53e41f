/** A published file from the cache, or else from its mirrors. Fetched files are kept. */
import { cacheFolder, hasFiles, joinPath } from "#platform";
import { DataError } from "../array/index.ts";
import { cached } from "./cache.ts";
import { download } from "./download.ts";

/** A file that is published somewhere. */
export interface PublishedFile {
  readonly name: string;
  /** What the file belongs to: the folder in the cache, and in the folder that FOVEA_DATA names. */
  readonly set: string;
  /** SHA-256 in hexadecimal, or how it begins: at least 8 digits. */
  readonly sha256: string;
  /** In bytes; a mirror that sends more is abandoned. */
  readonly limit: number;
  /** URLs of the file, tried in turn. */
  readonly urls: readonly string[];
  /** What a user can put into FOLDER/set: `it`, or `the four files`. Default `it`. */
  readonly what?: string | undefined;
}

/** Options of whatever may fetch a file. */
export interface FetchOptions {
  /** Whether to work offline. */
  readonly offline?: boolean | undefined;
  /** Called with the number of bytes received, and the total if known. */
  readonly onProgress?: ((progress: { file: string; received: number; total: number | undefined }) => void) | undefined;
  /** Called with notices. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Stops a download; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The URLs of a file in folders. */
export const urlsIn = (folders: readonly string[], name: string): string[] =>
  folders.map((folder) => `${folder.replace(/\/*$/, "/")}${name}`);

/**
 * The file's bytes, with the right checksum.
 * @throws DataError when it is not in the cache and cannot be fetched
 */
export async function fetchFile(file: PublishedFile, options: FetchOptions): Promise<Uint8Array> {
  const { name, set, sha256, limit, urls } = file;
  const { offline, onProgress, onNotice, signal } = options;
  const folder = hasFiles ? joinPath(cacheFolder(), set) : undefined;
  const progress =
    onProgress && ((received: number, total: number | undefined) => onProgress({ file: name, received, total }));
  const fetch = async (): Promise<Uint8Array> => {
    if (offline) throw notFetched(file, folder);
    return download(urls, { name, set, sha256, limit, onProgress: progress, signal });
  };
  return folder === undefined ? fetch() : cached(name, { folder, sha256, fetch, onNotice });
}

function notFetched({ name, set, what = "it" }: PublishedFile, folder: string | undefined): DataError {
  const where = folder === undefined ? "would have to be fetched" : `is not in the cache (${folder})`;
  return new DataError(
    `${set}: ${name} ${where}, and offline was asked for: allow the download once, or put ${what} into FOLDER/${set} and ` +
      "set FOVEA_DATA=FOLDER",
  );
}
