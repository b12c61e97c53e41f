/** Clears the cache of files that can be made or fetched again. */
import { cacheFolder, folderExists, hasFiles, joinPath, listFolder, removeFile } from "#platform";
import { OptionError } from "../array/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import { isOfDataSet, isPicturesFile, picturesFolder } from "./pictures/picture-cache.ts";
import { nameOfSource } from "./pictures/picture-files.ts";
import { cifar10Source } from "./sets/cifar10.ts";
import type { IdxSource } from "./sets/idx-source.ts";
import { fashionMnistSource, kmnistSource, mnistSource } from "./sets/mnist.ts";

/** Options of `clearCache`. */
export interface ClearCacheOptions {
  /** Restricts it to one data set: a name such as `mnist`, `weights` for those of networks, or the path or name of a folder of pictures. Default: all. */
  readonly name?: string | undefined;
  /** Whether to remove decoded pictures. Default: yes, unless only `downloads` is set. */
  readonly pictures?: boolean | undefined;
  /** Whether to remove downloaded files. Default: yes, unless only `pictures` is set. */
  readonly downloads?: boolean | undefined;
}

/** What was removed. */
export interface ClearedCache {
  /** The paths of the removed files, sorted. */
  readonly files: readonly string[];
  /** Their total size, in bytes. */
  readonly bytes: number;
}

const optionNames = namesOf<ClearCacheOptions>({ name: true, pictures: true, downloads: true });

/** Whether a file was downloaded, by its name. */
type IsDownload = (file: string) => boolean;

const oneOf =
  (names: readonly string[]): IsDownload =>
  (file) =>
    names.includes(file);

const idxFiles = ({ name, parts }: IdxSource): [string, IsDownload] => [
  name,
  oneOf(
    Object.values(parts).flatMap(({ images, labels }) =>
      [images, labels].map(({ stem, axes }) => `${stem}-idx${axes}-ubyte.gz`),
    ),
  ),
];

/** Published weights have the first digits of their SHA-256 in their names: `resnet18-f37072fd.pth`. */
const isWeights: IsDownload = (file) => /-[0-9a-f]{8,}\.(pth|th|safetensors)$/.test(file);

/** The files that are downloaded, in a folder of each data set's name, and in that of weights. */
const downloads: ReadonlyMap<string, IsDownload> = new Map([
  ...[mnistSource, fashionMnistSource, kmnistSource].map(idxFiles),
  [cifar10Source.name, oneOf([cifar10Source.archive.name])],
  ["weights", isWeights],
]);

/**
 * Removes decoded pictures and downloaded files from the cache, unfinished ones too. Other files in the same folder stay.
 * @throws OptionError when both kinds are excluded, DataError for a file that cannot be removed
 */
export async function clearCache(options: ClearCacheOptions = {}): Promise<ClearedCache> {
  checkNames("clearCache", optionNames, options);
  const { name, pictures = options.downloads !== true, downloads: files = options.pictures !== true } = options;
  if (!pictures && !files)
    throw new OptionError("clearCache: pictures and downloads are both false; nothing is removed");
  const found: FoundFile[] = [];
  if (pictures && hasFiles) found.push(...(await picturesOf(name)));
  if (files && hasFiles)
    for (const [set, isDownload] of downloads) found.push(...(await downloadsOf(set, isDownload, name)));
  for (const { path } of found) await removeFile(path);
  return { files: found.map(({ path }) => path).sort(), bytes: found.reduce((sum, { size }) => sum + size, 0) };
}

interface FoundFile {
  readonly path: string;
  readonly size: number;
}

async function filesIn(folder: string, isOurs: (name: string) => boolean): Promise<FoundFile[]> {
  if (!(await folderExists(folder))) return [];
  const entries = await listFolder(folder);
  return entries
    .filter(({ name, kind }) => kind === "file" && isOurs(name))
    .map(({ name, size }) => ({ path: joinPath(folder, name), size }));
}

const picturesOf = (name: string | undefined): Promise<FoundFile[]> =>
  filesIn(
    picturesFolder(),
    (file) => isPicturesFile(file) && (name === undefined || isOfDataSet(file, nameOfSource(name))),
  );

async function downloadsOf(set: string, isDownload: IsDownload, wanted: string | undefined): Promise<FoundFile[]> {
  if (wanted !== undefined && wanted !== set) return [];
  const isOurs = (file: string): boolean => isDownload(file) || isDownload(file.replace(/^\.(.+)\.[^.]+\.tmp$/, "$1"));
  return filesIn(joinPath(cacheFolder(), set), isOurs);
}
