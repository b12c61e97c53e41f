/** The files of a folder, which are read when needed, or of a tar archive, which is read into memory. */
import { fileInfo, folderExists, gunzipChunks, joinPath, listFolder, readChunks, readFile } from "#platform";
import { DataError, FormatError } from "../../array/index.ts";
import { decodeUtf8, readTar } from "../../formats/index.ts";
import { isArchive, nameOfSource } from "../pictures/picture-files.ts";

/** Files by path. */
export interface FileTree {
  /** The last part of its path. */
  readonly name: string;
  /** Of all files, names separated by `/`, sorted; hidden ones are left out. */
  readonly paths: readonly string[];
  /** @throws DataError for a file that cannot be read */
  read(path: string): Promise<Uint8Array>;
  /** The path on the disk; undefined in an archive. */
  readonly diskPath: ((path: string) => string) | undefined;
}

/** Archives of more bytes are not read into memory. */
const ARCHIVE_LIMIT = 2 ** 31;
const isHidden = (path: string): boolean => /(^|\/)(\.|__MACOSX(\/|$))/.test(path);

/**
 * The files at a path.
 * @throws DataError when there is neither a folder nor an archive, FormatError for a damaged archive
 */
export async function openFileTree(path: string): Promise<FileTree> {
  const name = nameOfSource(path);
  if (await folderExists(path)) {
    const paths: string[] = [];
    for await (const file of walk(path, "")) paths.push(file);
    const diskPath = (file: string): string => joinPath(path, file);
    return { name, paths: paths.sort(), read: (file) => readFile(diskPath(file)), diskPath };
  }
  if ((await fileInfo(path)) === undefined) throw new DataError(`${path}: there is no such folder or archive`);
  if (!isArchive(path))
    throw new DataError(`${path} is a file; expected a folder, or an archive .tar, .tar.gz or .tgz`);
  return archiveTree(path, name);
}

async function* walk(root: string, folder: string): AsyncGenerator<string> {
  for (const { name, kind } of await listFolder(joinPath(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isHidden(path)) continue;
    if (kind === "folder") yield* walk(root, path);
    else if (kind === "file") yield path;
  }
}

/** A folder around all files of an archive is left out. */
async function archiveTree(path: string, name: string): Promise<FileTree> {
  const isPacked = !path.toLowerCase().endsWith(".tar");
  const chunks = isPacked ? gunzipChunks(readChunks(path), ARCHIVE_LIMIT, path) : readChunks(path);
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for await (const entry of readTar(chunks, { name: path, wants: (file) => !isHidden(file) })) {
    if (entry.kind !== "file" || entry.bytes === undefined) continue;
    total += entry.size;
    if (total > ARCHIVE_LIMIT)
      throw new DataError(`${path}: its files have more than ${ARCHIVE_LIMIT} bytes; unpack it, and give the folder`);
    files.set(entry.path, entry.bytes.slice());
  }
  const [first = ""] = files.keys();
  const outer = `${first.split("/")[0]}/`;
  const around = [...files.keys()].every((file) => file.startsWith(outer)) ? outer : "";
  return {
    name,
    paths: [...files.keys()].map((file) => file.slice(around.length)).sort(),
    read: async (file) => {
      const bytes = files.get(around + file);
      if (bytes === undefined) throw new DataError(`${path}: there is no ${file} in it`);
      return bytes;
    },
    diskPath: undefined,
  };
}

/** The text of a file. @throws FormatError unless it is UTF-8 */
export async function readTreeText(tree: FileTree, path: string): Promise<string> {
  return decodeUtf8(await tree.read(path), (problem) => new FormatError(`${tree.name}: ${path} ${problem}`)).replace(
    /^\ufeff/,
    "",
  );
}

const PICTURE_NAME = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;
/** Whether a path is that of a picture, by its ending. */
export const isPicturePath = (path: string): boolean => PICTURE_NAME.test(path);
/** A path without its ending. */
export const withoutEnding = (path: string): string => path.replace(/\.[^./]*$/, "");

/**
 * Finds pictures by the names that annotations have for them: the path, else the only picture whose path ends with it, else the
 * only one of that file name.
 */
export function pictureFinder({ paths }: FileTree): (name: string) => string | undefined {
  const pictures = paths.filter(isPicturePath);
  const known = new Set(pictures);
  const byName = new Map<string, string[]>();
  for (const path of pictures) {
    const key = lastOf(path);
    byName.set(key, [...(byName.get(key) ?? []), path]);
  }
  return (name) => {
    const path = name.replaceAll("\\", "/").replace(/^(\.?\/)+/, "");
    if (known.has(path)) return path;
    const same = byName.get(lastOf(path)) ?? [];
    const ending = same.filter((other) => other.endsWith(`/${path}`));
    return ending.length === 1 ? ending[0] : same.length === 1 ? same[0] : undefined;
  };
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
