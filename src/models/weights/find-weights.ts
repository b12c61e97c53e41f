/** The bytes of published weights: from the folder that FOVEA_DATA names, the cache, or the network. */
import { environment, fileExists, folderExists, joinPath, listFolder, readFile, sha256 } from "#platform";
import { DataError } from "../../array/index.ts";
import { describeExpected, type FetchOptions, fetchFile, isExpected } from "../../fetch/index.ts";
import type { PublishedWeights } from "./published.ts";

/** No published file is larger: VGG-19 has 575 MB. */
const LIMIT = 2 ** 30;

/** The folder in the cache. */
export const WEIGHTS_FOLDER = "weights";

/**
 * The file from, in this order: the folder that FOVEA_DATA names, or one directly in it; the cache; its address.
 * @throws DataError when it is missing and cannot be fetched, and for another file than the published one
 */
export async function fetchWeights(
  { file, url, sha256: expected }: PublishedWeights,
  options: FetchOptions = {},
): Promise<Uint8Array> {
  const path = await findFile(file);
  if (path !== undefined) return checked(await readFile(path), path, expected);
  return fetchFile({ name: file, set: WEIGHTS_FOLDER, sha256: expected, limit: LIMIT, urls: [url] }, options);
}

/** @throws DataError for another file under the name of the published one */
async function checked(bytes: Uint8Array, path: string, expected: string): Promise<Uint8Array> {
  const found = await sha256(bytes);
  if (isExpected(found, expected)) return bytes;
  throw new DataError(
    `${path}: is another file than the published one: its SHA-256 is ${found}, expected ${describeExpected(expected)}; ` +
      "replace it, or give its path in place of the name",
  );
}

async function findFile(name: string): Promise<string | undefined> {
  const folder = environment("FOVEA_DATA");
  if (folder === undefined || !(await folderExists(folder))) return undefined;
  const inside = (await listFolder(folder)).filter((entry) => entry.kind === "folder");
  const places = [folder, ...inside.map((entry) => joinPath(folder, entry.name)).sort()];
  for (const place of places) if (await fileExists(joinPath(place, name))) return joinPath(place, name);
  return undefined;
}
