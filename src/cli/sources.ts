/** Data sets as the command line names them: built-in, known by name, or a folder. */
import { stat } from "node:fs/promises";
import { DataError, didYouMean, OptionError } from "../array/index.ts";
import { type Dataset, digits, firstSamples, mnist } from "../data/index.ts";
import { bytes, percent } from "./format.ts";
import type { Output } from "./io.ts";

export interface SourceOptions {
  /** Training samples to take; 0 for all (of the built-in digits: as many as are drawn by default). */
  readonly limit: number;
  readonly output: Output;
}

export interface Source {
  readonly summary: string;
  readonly load: (options: SourceOptions) => Promise<{ train: Dataset; test: Dataset }>;
}

const limited = async (sets: Promise<{ train: Dataset; test: Dataset }>, limit: number) => {
  const { train, test } = await sets;
  return { train: limit > 0 ? firstSamples(train, limit) : train, test };
};

const loadMnist = ({ limit, output }: SourceOptions, folder?: string) =>
  limited(
    mnist({
      folder,
      onNotice: (text) => output.log(text),
      onProgress: ({ file, received, total }) =>
        output.status(
          `${file}  ${bytes(received)}${total ? ` of ${bytes(total)}, ${percent(received / total, 0)}` : ""}`,
        ),
    }),
    limit,
  );

/** How many built-in digits are drawn unless told otherwise: enough for 99 % in a few seconds. */
const DIGITS = { train: 30_000, test: 5_000 };

export const sources: Readonly<Record<string, Source>> = {
  digits: {
    summary: "handwritten-looking digits 28×28, drawn on the spot (built in)",
    load: async ({ limit }) => digits({ ...DIGITS, ...(limit > 0 && { train: limit }) }),
  },
  mnist: {
    summary: "MNIST: 60 000 + 10 000 handwritten digits 28×28 (11 MB, from FOVEA_DATA, the cache or a mirror)",
    load: (options) => loadMnist(options),
  },
};

/**
 * The data set of a name, or of a folder with IDX files such as MNIST's.
 * @throws OptionError for a name that does not exist, DataError for a folder that is not there
 */
export async function loadSource(name: string, options: SourceOptions): Promise<{ train: Dataset; test: Dataset }> {
  if (Object.hasOwn(sources, name)) return sources[name].load(options);
  const isFolder = await stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) return loadMnist(options, name);
  if (/[./\\]/.test(name)) {
    throw new DataError(
      `--data ${name}: there is no such folder; give a folder with IDX files, or a name: ${Object.keys(sources).join(", ")}`,
    );
  }
  throw new OptionError(
    `--data ${name}: there is no data set or folder of this name${didYouMean(name, Object.keys(sources))}`,
  );
}
