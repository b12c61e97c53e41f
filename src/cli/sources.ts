/** Data sets as the command line names them: built-in, known by name, or a folder or archive of one's own. */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { DataError, didYouMean, OptionError } from "../array/index.ts";
import { isIdxFile } from "../data/idx-folder.ts";
import {
  cifar10,
  digits,
  type FolderReport,
  fashionMnist,
  firstSamples,
  holdOut,
  idxFolder,
  imageFolder,
  inTurns,
  kmnist,
  mnist,
  type Samples,
  sampleCount,
} from "../data/index.ts";
import { bytes, grouped, percent } from "./format.ts";
import type { Output } from "./io.ts";

/** How folders of pictures are read. */
export interface PictureFlags {
  /** [height, width] that pictures are scaled to. */
  readonly size?: readonly [number, number] | null;
  /** Whether pictures become grey. */
  readonly grey?: boolean;
  /** Whether a file that cannot be read is an error. */
  readonly strict?: boolean;
}

export interface SourceOptions extends PictureFlags {
  /** Training samples to take; 0 for all (of the built-in digits: as many as are drawn by default). */
  readonly limit: number;
  readonly output: Output;
}

/** A data set in its parts. */
export interface LoadedSource {
  readonly train: Samples;
  readonly test: Samples;
  /** Where the data have such a part. */
  readonly validation?: Samples;
  /** Whether samples that are set aside are to be of every class alike. */
  readonly isStratified?: boolean;
}

export interface Source {
  readonly summary: string;
  readonly load: (options: SourceOptions) => Promise<LoadedSource>;
}

const limited = async (sets: Promise<LoadedSource>, limit: number): Promise<LoadedSource> => {
  const { train, ...rest } = await sets;
  return { train: limit > 0 ? firstSamples(train, limit) : train, ...rest };
};

const reporting = (output: Output) => ({
  onNotice: (text: string) => output.log(text),
  onProgress: ({ file, received, total }: { file: string; received: number; total: number | undefined }) =>
    output.status(`${file}  ${bytes(received)}${total ? ` of ${bytes(total)}, ${percent(received / total, 0)}` : ""}`),
});

/** A data set that comes as MNIST does. */
const idxSource = (load: typeof mnist, summary: string): Source => ({
  summary: `${summary}, from FOVEA_DATA, the cache or a mirror)`,
  load: ({ output, limit }) => limited(load(reporting(output)), limit),
});

const loadCifar10 = ({ output, limit }: SourceOptions, folder?: string) =>
  limited(
    cifar10({ folder, ...reporting(output) }).then((sets) => ({ ...sets, isStratified: true })),
    limit,
  );

/** What a path turned out to hold. */
interface FoundParts {
  readonly train: Samples;
  readonly validation?: Samples;
  readonly test?: Samples;
  readonly report?: Pick<FolderReport, "split">;
}

/** The share of pictures that is set aside to test with, where a folder has no part for that. */
const TEST_SHARE = 0.2;

/**
 * A part for validation stands for one to test with, where there is no other; some samples are then set aside anew. Where
 * there is neither, pictures are set aside.
 */
function partsOf({ train, validation, test, report }: FoundParts, output: Output): LoadedSource {
  if (test !== undefined) {
    if (report !== undefined) output.log(report.split);
    return { train, test, validation, isStratified: true };
  }
  if (validation !== undefined) {
    output.log(`${validation.name} is used to test with; others are set aside to choose the best epoch by`);
    return { train, test: validation, isStratified: true };
  }
  const held = holdOut(train, TEST_SHARE, 0, { stratified: true });
  const name = train.name.replace(/train$/, "test");
  const [count, total] = [sampleCount(held.validation), sampleCount(train)];
  output.log(`${count} of ${total} pictures are set aside to test with (${percent(TEST_SHARE, 0)}, by class)`);
  for (const notice of held.notices) output.log(notice);
  return { train: inTurns(held.train), test: { ...inTurns(held.validation), name }, isStratified: true };
}

async function loadPictures({ output, size, grey, strict, limit }: SourceOptions, path: string): Promise<LoadedSource> {
  const found = await imageFolder(path, {
    ...{ strict, colours: grey ? "grey" : "rgb" },
    ...(size && { size }),
    onNotice: (text) => output.log(text),
    onProgress: (decoded) => output.status(`${path}  ${grouped(decoded)} pictures decoded`),
  });
  output.status("");
  return limited(Promise.resolve(partsOf(found, output)), limit);
}

/** How many built-in digits are drawn unless told otherwise: enough for 99 % in a few seconds. */
const DIGITS = { train: 30_000, test: 5_000 };

export const sources: Readonly<Record<string, Source>> = {
  digits: {
    summary: "handwritten-looking digits 28×28, drawn on the spot (built in)",
    load: async ({ limit }) => digits({ ...DIGITS, ...(limit > 0 && { train: limit }) }),
  },
  mnist: idxSource(mnist, "MNIST: 60 000 + 10 000 handwritten digits 28×28 (11 MB"),
  "fashion-mnist": idxSource(fashionMnist, "Fashion-MNIST: 60 000 + 10 000 pieces of clothing 28×28 (30 MB"),
  kmnist: idxSource(kmnist, "KMNIST: 60 000 + 10 000 characters of old Japanese books 28×28 (21 MB"),
  cifar10: {
    summary: "CIFAR-10: 50 000 + 10 000 pictures 32×32 of ten things (170 MB, from FOVEA_DATA, the cache or a mirror)",
    load: (options) => loadCifar10(options),
  },
};

/** Folders that hold a data set in files of its own, by a file in them or in a folder of the name. */
const folders: readonly {
  sign: RegExp;
  name: string;
  load: (options: SourceOptions, path: string) => Promise<LoadedSource>;
}[] = [
  { sign: /^(data_batch_1\.bin|cifar-10-batches-bin|cifar-10-binary\.tar\.gz)$/, name: "cifar10", load: loadCifar10 },
];

/**
 * The data set of a name, or of a path: a folder with IDX files or with CIFAR-10's, a folder with a folder
 * of pictures for each class, or an archive with those.
 * @throws OptionError for a name that does not exist and for options that the data set has no use for, DataError for a path
 *   where there is nothing
 */
export async function loadSource(name: string, options: SourceOptions): Promise<LoadedSource> {
  if (Object.hasOwn(sources, name)) return unscaled(name, options).load(options);
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return loadFolder(name, options);
  if (found?.isFile()) return loadPictures(options, name);
  if (/[./\\]/.test(name)) {
    throw new DataError(
      `--data ${name}: there is no such folder or archive; give a folder with IDX files or pictures, an archive .tar or ` +
        `.tar.gz of pictures, or a name: ${Object.keys(sources).join(", ")}`,
    );
  }
  throw new OptionError(
    `--data ${name}: there is no data set or folder of this name${didYouMean(name, Object.keys(sources))}`,
  );
}

async function loadFolder(path: string, options: SourceOptions): Promise<LoadedSource> {
  const filesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
  const files = await filesIn(path);
  if (files.some(isIdxFile)) {
    unscaled(path, options);
    return limited(Promise.resolve(partsOf(await idxFolder(path), options.output)), options.limit);
  }
  for (const { sign, name, load } of folders) {
    if (![...files, ...(await filesIn(join(path, name)))].some((file) => sign.test(file))) continue;
    unscaled(path, options);
    return load(options, path);
  }
  const sets = await Promise.all(
    files.map(async (name) => ((await filesIn(join(path, name))).some(isIdxFile) ? [name] : [])),
  );
  const [first] = sets.flat();
  if (first !== undefined)
    throw new DataError(
      `--data ${path}: it has folders of data sets, ${sets.flat().join(", ")}; name one: --data ${join(path, first)}`,
    );
  return loadPictures(options, path);
}

/** @throws OptionError for options that are about folders of pictures */
function unscaled(name: string, { size, grey, strict }: PictureFlags): Source {
  const given = { "--size": size, "--grey": grey, "--strict": strict };
  const refused = Object.entries(given).filter(([, value]) => value);
  if (refused.length === 0) return sources[name];
  const flags = refused.map(([flag]) => flag).join(", ");
  throw new OptionError(`--data ${name}: ${flags} is for folders and archives of pictures; leave it out`);
}
