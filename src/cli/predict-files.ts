/** The pictures that words of the command line name: files, folders and archives with what is in them, and patterns. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { readFile } from "#platform";
import { DataError, FoveaError } from "../array/index.ts";
import { isArchive, openFileSource } from "../data/index.ts";
import { expandGlob, isGlob } from "./glob.ts";

/** A file that is named, or found: its bytes, or why there are none. */
export type NamedFile =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly error: FoveaError };

/** In the order of the words; what is in folders is sorted by name. */
export async function* namedFiles(words: readonly string[]): AsyncGenerator<NamedFile> {
  for (const word of words) {
    const isThere = (await stat(word).catch(() => undefined)) !== undefined;
    const paths = isThere || !isGlob(word) ? [word] : await expandGlob(word);
    if (paths.length === 0) yield { path: word, error: new DataError(`${word}: no file has a name like this`) };
    for (const path of paths) yield* filesAt(path);
  }
}

async function* filesAt(path: string): AsyncGenerator<NamedFile> {
  const found = await stat(path).catch(() => undefined);
  const isSource = found?.isDirectory() || (found?.isFile() && isArchive(path));
  try {
    if (isSource) yield* picturesIn(path);
    else yield { path, bytes: await readFile(path) };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    yield { path, error };
  }
}

async function* picturesIn(folder: string): AsyncGenerator<NamedFile> {
  let count = 0;
  for await (const file of (await openFileSource(folder)).files()) {
    if (file.kind !== "picture" && file.kind !== "refused") continue;
    count++;
    const path = join(folder, file.path);
    if (file.kind === "picture") yield { path, bytes: file.bytes };
    else yield { path, error: new DataError(`${path}: ${file.reason}`) };
  }
  if (count === 0) throw new DataError(`${folder}: there are no pictures in it`);
}
