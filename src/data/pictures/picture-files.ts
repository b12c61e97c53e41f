/** The files of a data set, one by one: from nested folders, or from a tar archive. */
import {
  absolutePath,
  fileInfo,
  folderExists,
  gunzipChunks,
  joinPath,
  listFolder,
  readChunks,
  readFile,
} from "#platform";
import { DataError } from "../../array/index.ts";
import { readTar } from "../../formats/index.ts";

/** A file of a data set; paths are relative to it, separated by `/`. */
export type FoundFile =
  | { readonly kind: "picture"; readonly path: string; readonly bytes: Uint8Array; readonly offset: number }
  /** Without a picture's extension. */
  | { readonly kind: "other"; readonly path: string }
  /** Its files come after it. */
  | { readonly kind: "folder"; readonly path: string }
  /** `passing` for a temporary failure: the file may be readable the next time. */
  | { readonly kind: "refused"; readonly path: string; readonly reason: string; readonly passing?: boolean };

/** The location of a data set's files. */
export interface FileSource {
  /** Its name: the last part of the path. */
  readonly name: string;
  readonly path: string;
  /** Plain data that changes when the files do. */
  readonly identity: unknown;
  /** `archive` if files can be read from within it. */
  readonly kind: "folder" | "archive" | "compressed";
  /** Whether it has a file; undefined if unknown before reading. */
  readonly has?: ((path: string) => boolean) | undefined;
  files(): AsyncIterable<FoundFile>;
}

const PICTURE_NAME = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;
const ARCHIVE_NAME = /\.(tar|tar\.gz|tgz)$/i;
/** Larger files are not taken for pictures. */
const FILE_LIMIT = 1 << 26;
/** The maximum size of an unpacked archive: 1 TiB. */
const UNPACKED_ARCHIVE_LIMIT = 2 ** 40;
/** Small files of a folder that are read concurrently. */
const [AHEAD_FILES, AHEAD_BYTES] = [32, 1 << 23];

export const isArchive = (path: string): boolean => ARCHIVE_NAME.test(path);

/** Hidden files, and those added by archivers. */
const isHidden = (path: string): boolean => /(^|\/)(\.|__MACOSX\/)/.test(path);
const isPicture = (path: string): boolean => PICTURE_NAME.test(path) && !isHidden(path);

/** The name of the data set at a path: its last part. */
export const nameOfSource = (path: string): string =>
  path
    .replace(/[/\\]+$/, "")
    .split(/[/\\]/)
    .at(-1)!
    .replace(ARCHIVE_NAME, "") || "pictures";

/**
 * The files of a folder or an archive. A folder that contains only an archive stands for it.
 * @throws DataError when there is neither a folder nor an archive at the path
 */
export async function openFileSource(path: string): Promise<FileSource> {
  const name = nameOfSource(path);
  if (await folderExists(path)) {
    const [only, ...others] = (await listFolder(path)).filter((entry) => !isHidden(entry.name));
    const isOnlyArchive = others.length === 0 && only?.kind === "file" && isArchive(only.name);
    return isOnlyArchive ? openFileSource(joinPath(path, only.name)) : folderSource(path, name);
  }
  const info = await fileInfo(path);
  if (info === undefined) throw new DataError(`${path}: there is no such folder or archive`);
  if (!isArchive(path))
    throw new DataError(`${path} is a file; expected a folder, or an archive .tar, .tar.gz or .tgz`);
  const isPacked = await beginsAsGzip(path);
  const files = (): AsyncIterable<FoundFile> => archiveFiles(path, isPacked);
  return { name, path, kind: isPacked ? "compressed" : "archive", identity: [absolutePath(path), info], files };
}

async function beginsAsGzip(path: string): Promise<boolean> {
  for await (const [first, second] of readChunks(path)) return first === 0x1f && second === 0x8b;
  return false;
}

async function* archiveFiles(path: string, isPacked: boolean): AsyncGenerator<FoundFile> {
  const chunks = isPacked ? gunzipChunks(readChunks(path), UNPACKED_ARCHIVE_LIMIT, path) : readChunks(path);
  for await (const entry of readTar(chunks, { name: path, wants: isPicture, fileLimit: FILE_LIMIT })) {
    if (entry.kind === "refused") yield entry;
    else if (entry.kind === "folder") {
      if (entry.path !== "" && !isHidden(`${entry.path}/`)) yield entry;
    } else if (entry.bytes === undefined) yield { kind: "other", path: entry.path };
    else yield { kind: "picture", path: entry.path, bytes: entry.bytes, offset: entry.offset };
  }
}

/** What is known about a file before reading it. */
interface ListedFile {
  readonly path: string;
  readonly kind: FoundFile["kind"];
  readonly size: number;
  readonly modified: number;
  readonly reason: string;
}

async function folderSource(path: string, name: string): Promise<FileSource> {
  const listed: ListedFile[] = [];
  for await (const file of walkFolder(path, "")) listed.push(file);
  const identity = [absolutePath(path), listed.map(({ path, size, modified }) => [path, size, modified])];
  const paths = new Set(listed.map(({ path }) => path));
  return {
    name,
    path,
    kind: "folder",
    identity,
    has: (file) => paths.has(file),
    files: () => folderFiles(path, listed),
  };
}

async function* walkFolder(root: string, folder: string): AsyncGenerator<ListedFile> {
  for (const { name, kind, size, modified } of await listFolder(joinPath(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const listed = { path, size, modified, reason: "" };
    if (kind === "folder" && !isHidden(`${path}/`)) {
      yield { ...listed, kind };
      yield* walkFolder(root, path);
    } else if (kind === "other" && !isHidden(path)) {
      yield { ...listed, kind: "refused", reason: "it is a link to a folder or to nothing, or no file" };
    } else if (!isPicture(path) || kind === "folder") yield { ...listed, kind: "other" };
    else if (size > FILE_LIMIT) {
      yield { ...listed, kind: "refused", reason: `it has ${size} bytes, at most ${FILE_LIMIT} are read` };
    } else yield { ...listed, kind: "picture" };
  }
}

async function* folderFiles(root: string, listed: readonly ListedFile[]): AsyncGenerator<FoundFile> {
  for (let from = 0; from < listed.length; ) {
    let to = from;
    for (let bytes = 0; to < listed.length && to < from + AHEAD_FILES && bytes < AHEAD_BYTES; to++)
      bytes += listed[to].kind === "picture" ? listed[to].size : 0;
    yield* await Promise.all(listed.slice(from, to).map((file) => readListed(root, file)));
    from = to;
  }
}

async function readListed(root: string, { path, kind, reason }: ListedFile): Promise<FoundFile> {
  if (kind === "other" || kind === "folder") return { kind, path };
  if (kind === "refused") return { kind, path, reason };
  try {
    return { kind, path, bytes: await readFile(joinPath(root, path)), offset: 0 };
  } catch (error) {
    return { kind: "refused", path, reason: (error as Error).message, passing: true };
  }
}
