/**
 * The parts of annotated pictures that a run trains, validates and tests with: those that the data have, and others held out,
 * which is said. What the tasks on annotated pictures share.
 */
import { resolve } from "node:path";
import { DataError } from "../../array/index.ts";
import { type AnnotatedOptions, type DataTable, firstSamples, holdOut, sampleCount } from "../../data/index.ts";
import { grouped } from "../format.ts";
import type { Output } from "../io.ts";
import { pictureSettings } from "../options.ts";
import { TEST_SHARE } from "../parts.ts";
import { augmentSetting } from "./augmentation.ts";
import { commonSettings } from "./common.ts";
import { defaulting } from "./setting.ts";
import type { Evaluated, RunSettings, TaskContext } from "./train-task.ts";

/** The built-in data of these tasks, which are drawn on the spot. */
export const SCENES = "scenes";

/** Their settings, besides those of networks and of how data are read. A task tells how folders of `--data` look. */
export const annotatedSettings = (folders: string) => ({
  ...commonSettings,
  data: defaulting({ ...commonSettings.data, about: `${SCENES}, which are drawn on the spot, or ${folders}` }, SCENES),
  ...pictureSettings,
  augment: augmentSetting,
  batch: defaulting(commonSettings.batch, 16),
  optimizer: defaulting(commonSettings.optimizer, "adam"),
  learningRate: defaulting<number | null>(commonSettings.learningRate, 0.002),
  schedule: defaulting(commonSettings.schedule, "cosine"),
});

type AnnotatedConfig = RunSettings<ReturnType<typeof annotatedSettings>>;

/** How the settings want pictures to be read. */
export const readingOf = (
  { size, gray, strict }: AnnotatedConfig,
  { log }: Output,
): Pick<AnnotatedOptions, "size" | "colors" | "strict" | "onNotice"> => ({
  ...{ strict, onNotice: log },
  ...(size !== null && { size }),
  ...(gray && { colors: "gray" }),
});

/** Annotated pictures in their parts. */
export interface AnnotatedParts {
  readonly train: DataTable;
  readonly validation?: DataTable | undefined;
  readonly test?: DataTable | undefined;
}

/** Sentences on one picture stay together. */
const TOGETHER = { together: "pictures" };

/** Held out for tests; not by the seed, so that runs can be compared. */
const TEST_SEED = 0;

/**
 * What a run trains, validates and tests with.
 * @param read the parts of built-in or other data as they are
 */
export async function loadAnnotated<P extends AnnotatedParts>(
  { data, test: wanted, validation: amount, limit, seed }: AnnotatedConfig,
  read: (data: string) => Promise<P>,
  output: Output,
): Promise<P> {
  const found = await read(data);
  const other = typeof wanted === "string" ? await read(wanted) : undefined;
  const own = other?.test ?? other?.train ?? (wanted === 0 ? undefined : found.test);
  const share = typeof wanted === "number" ? wanted : own === undefined ? TEST_SHARE : 0;
  const first = aside(found.train, share, TEST_SEED, "to test with", output);
  const train = limit > 0 ? firstSamples(first.rest, limit) : first.rest;
  const parts = { ...found, test: first.held ?? own };
  if (found.validation !== undefined || amount === 0) return { ...parts, train };
  const second = aside(train, amount, seed, "to choose the best epoch by", output);
  return { ...parts, train: second.rest, validation: second.held };
}

/** Holds out a share or number of pictures, or of sentences on pictures, which is said. */
function aside(
  pictures: DataTable,
  amount: number,
  seed: number,
  purpose: string,
  output: Output,
): { readonly rest: DataTable; readonly held?: DataTable } {
  if (amount === 0) return { rest: pictures };
  // Several sentences on one picture would tell of each other.
  const areSentences = "pictures" in pictures.columns;
  const { train, validation } = holdOut(pictures, amount, seed, areSentences ? TOGETHER : {});
  output.log(
    `holding out ${grouped(sampleCount(validation))} ${areSentences ? "sentences" : "pictures"} of ${pictures.name} ${purpose}`,
  );
  return { rest: train, held: validation };
}

/**
 * The pictures that `fovea eval` evaluates a run with: those of a path, or those that the run was tested with.
 * @param read as of `loadAnnotated`
 */
export async function evaluatedPictures(
  config: AnnotatedConfig,
  path: string | undefined,
  { output }: Pick<TaskContext, "output">,
  read: (data: string) => Promise<AnnotatedParts>,
): Promise<Evaluated> {
  const parts = path === undefined ? await loadAnnotated(config, read, output) : await read(path);
  const data = parts.test ?? parts.validation ?? (path === undefined ? undefined : parts.train);
  if (data === undefined) throw new DataError("the run has set no pictures aside; name some with --data");
  return { data };
}

/** The settings with paths that are the same from everywhere. */
export function lastingConfig<C extends AnnotatedConfig>(config: C): C {
  const lasting = (name: string): string => (name === SCENES ? name : resolve(name));
  const { data, test } = config;
  return { ...config, data: lasting(data), test: typeof test === "string" ? lasting(test) : test };
}
