/** Data sets on the command line: built in, downloaded by name, or in a folder or an archive. */
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { DataError, didYouMean, OptionError } from "../array/index.ts";
import { idxFolder, imageFolder, isIdxFile, type NamedSet, namedSets, type Samples } from "../data/index.ts";
import { bytes, grouped, percent } from "./format.ts";
import type { Output } from "./io.ts";

/** How folders of pictures are read. */
export interface PictureFlags {
  /** [height, width] that pictures are scaled to. */
  readonly size?: readonly [number, number] | null;
  /** Whether pictures become gray. */
  readonly gray?: boolean;
  /** Whether a file that cannot be read is an error. */
  readonly strict?: boolean;
}

export interface SourceOptions extends PictureFlags {
  /** The number of training samples that will be used, so that no more built-in digits are drawn; 0: all. */
  readonly limit?: number;
  /** How pictures in folders are read where the other options do not say; ignored for other data. */
  readonly defaults?: Pick<PictureFlags, "size" | "gray">;
  readonly output: Output;
  /** The option that names the data, for messages. Default `--data`. */
  readonly option?: string;
}

/** A data set in its parts. One without parts is all `train`. */
export interface LoadedSource {
  readonly train: Samples;
  readonly validation?: Samples;
  readonly test?: Samples;
  /** Whether held-out samples are taken from every class alike. */
  readonly isStratified?: boolean;
  /** Whether it is a folder or archive of pictures, which are read as `PictureFlags` say. */
  readonly isFolder?: boolean;
}

export interface Source {
  readonly summary: string;
  readonly load: (options: SourceOptions) => Promise<LoadedSource>;
}

const reporting = (output: Output) => ({
  onNotice: (text: string) => output.log(text),
  onProgress: ({ file, received, total }: { file: string; received: number; total: number | undefined }) =>
    output.status(`${file}  ${bytes(received)}${total ? ` of ${bytes(total)}, ${percent(received / total, 0)}` : ""}`),
});

/** A data set that has a name, perhaps from a folder. */
async function loadNamed(
  { load, isStratified }: NamedSet,
  { limit, output }: SourceOptions,
  folder?: string,
): Promise<LoadedSource> {
  return { ...(await load({ folder, limit, ...reporting(output) })), ...(isStratified && { isStratified }) };
}

/** The parts that the folder has; the caller decides what is held out. */
async function loadPictures(
  { output, strict, defaults, ...flags }: Omit<SourceOptions, "option">,
  path: string,
): Promise<LoadedSource> {
  const { size, gray } = { ...defaults, ...(flags.size && { size: flags.size }), ...(flags.gray && { gray: true }) };
  const found = await imageFolder(path, {
    ...{ test: 0, validation: 0, strict, colors: gray ? "gray" : "rgb" },
    ...(size && { size }),
    onNotice: (text) => output.log(text),
    onProgress: (decoded) => output.status(`${path}  ${grouped(decoded)} pictures decoded`),
  });
  output.status("");
  if (found.test ?? found.validation) output.log(`${path}: ${found.report.split}`);
  return { ...found, isStratified: true, isFolder: true };
}

const named: Readonly<Record<string, NamedSet>> = namedSets;

export const sources: Readonly<Record<string, Source>> = Object.fromEntries(
  Object.entries(named).map(([name, set]): [string, Source] => [
    name,
    { summary: set.summary, load: (options) => loadNamed(set, options) },
  ]),
);

/** What a run records, so that it can be resumed from another folder: a name, or an absolute path. */
export const lastingName = (name: string): string => (Object.hasOwn(sources, name) ? name : resolve(name));

/**
 * The data set of a name, or of a path: a folder with IDX files or with CIFAR-10's, a folder with a folder
 * of pictures for each class, or an archive with those.
 * @throws OptionError for a name that does not exist and for options that do not apply to the data set, DataError for a path
 *   where there is nothing
 */
export async function loadSource(name: string, options: SourceOptions): Promise<LoadedSource> {
  if (Object.hasOwn(sources, name)) return unscaled(name, options).load(options);
  const { option = "--data" } = options;
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return loadFolder(name, options);
  if (found?.isFile()) return loadPictures(options, name);
  if (/[./\\]/.test(name)) {
    throw new DataError(
      `${option} ${name}: there is no such folder or archive; give a folder with IDX files or pictures, an archive .tar or ` +
        `.tar.gz of pictures, or a name: ${Object.keys(sources).join(", ")}`,
    );
  }
  throw new OptionError(
    `${option} ${name}: there is no data set or folder of this name${didYouMean(name, Object.keys(sources))}`,
  );
}

async function loadFolder(path: string, options: SourceOptions): Promise<LoadedSource> {
  const { option = "--data" } = options;
  const filesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
  const files = await filesIn(path);
  if (files.some(isIdxFile)) {
    unscaled(path, options);
    return { ...(await idxFolder(path)), isStratified: true };
  }
  for (const [name, set] of Object.entries(named)) {
    const { sign } = set;
    if (sign === undefined) continue;
    if (![...files, ...(await filesIn(join(path, name)))].some((file) => sign.test(file))) continue;
    unscaled(path, options);
    return loadNamed(set, options, path);
  }
  const sets = await Promise.all(
    files.map(async (name) => ((await filesIn(join(path, name))).some(isIdxFile) ? [name] : [])),
  );
  const [first] = sets.flat();
  if (first !== undefined)
    throw new DataError(
      `${option} ${path}: it has folders of data sets, ${sets.flat().join(", ")}; name one: ${option} ${join(path, first)}`,
    );
  return loadPictures(options, path);
}

/** @throws OptionError for options that are about folders of pictures */
function unscaled(name: string, { size, gray, strict, option = "--data" }: SourceOptions): Source {
  const given = { "--size": size, "--gray": gray, "--strict": strict };
  const refused = Object.entries(given).filter(([, value]) => value);
  if (refused.length === 0) return sources[name];
  const flags = refused.map(([flag]) => flag).join(", ");
  throw new OptionError(`${option} ${name}: ${flags} is for folders and archives of pictures; leave it out`);
}
