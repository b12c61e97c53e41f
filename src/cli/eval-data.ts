/** What `fovea eval` evaluates on: the data that are named, or those of the run itself, with the model's classes, by name. */
import { resolve } from "node:path";
import { DataError, OptionError, sameShape } from "../array/index.ts";
import { type AlignedSamples, alignClasses, firstSamples, type Samples } from "../data/index.ts";
import { grouped } from "./format.ts";
import type { Output } from "./io.ts";
import type { TrainedModel } from "./load-model.ts";
import { choosePart, loadParts, type RunParts, type Split } from "./parts.ts";
import { loadSource, type PictureFlags, type SourceOptions } from "./sources.ts";
import type { ClassificationConfig } from "./train-tasks/classification.ts";

export interface EvalDataFlags extends PictureFlags {
  /** Default: the data of the runs. */
  readonly data?: string;
  readonly split?: Split;
  readonly limit?: number;
  readonly leaveOutUnknown?: boolean;
  /** Pictures that crops are taken from keep their size. */
  readonly crops?: string;
}

/** Samples with the models' classes, and what is to be said about those that are not among them. */
export interface Evaluated extends AlignedSamples<Samples> {
  readonly notices: readonly string[];
}

export async function loadEvaluated(
  models: readonly TrainedModel[],
  flags: EvalDataFlags,
  output: Output,
): Promise<Evaluated> {
  const sets = flags.data === undefined ? await ownData(models, flags, output) : await namedData(models, flags, output);
  const { data, notice } = choosePart(sets, flags.split);
  const aligned = align(flags.limit === undefined ? data : firstSamples(data, flags.limit), models, flags);
  return {
    ...aligned,
    notices: [
      ...(notice === undefined ? [] : [`evaluating on ${notice}`]),
      ...(data === sets.test ? [] : noticesOfTraining(models, flags)),
      ...noticesOfClasses(aligned),
    ],
  };
}

/** Settings that decide which samples are in which part. */
const partSettings = ["data", "size", "gray", "strict", "test"] as const;
const trainSettings = ["limit", "validation", "seed"] as const;

/** The parts of the runs' own data, as they were while training. */
async function ownData(
  models: readonly TrainedModel[],
  { split = "test", ...flags }: EvalDataFlags,
  output: Output,
): Promise<RunParts> {
  for (const [flag, value] of Object.entries({ "--size": flags.size, "--gray": flags.gray, "--strict": flags.strict }))
    if (value) throw new OptionError(`${flag} goes with --data; a run's own data are read as they were for training`);
  const unknown = models.find(({ config }) => config === undefined);
  if (unknown !== undefined)
    throw new OptionError(`${unknown.name} does not say what it was trained on; name what to evaluate on with --data`);
  const [first, ...others] = models.map(({ config }) => config!);
  const settings = split === "test" ? partSettings : [...partSettings, ...trainSettings];
  for (const [i, other] of others.entries()) {
    const differing = settings.find((name) => JSON.stringify(other[name]) !== JSON.stringify(first[name]));
    if (differing === undefined) continue;
    throw new OptionError(
      `the runs have different data: ${differing} is ${formatSetting(first, differing)} for ${models[0].name} and ` +
        `${formatSetting(other, differing)} for ${models[i + 1].name}; name what to evaluate on with --data`,
    );
  }
  return loadParts(first, output);
}

const formatSetting = (config: ClassificationConfig, name: keyof ClassificationConfig): string =>
  JSON.stringify(config[name]);

const namedData = (
  models: readonly TrainedModel[],
  { data, split, limit, size, gray, strict, crops }: EvalDataFlags,
  output: Output,
): Promise<RunParts> =>
  loadSource(data!, {
    ...{ size, gray, strict, output, defaults: pictureDefaults(models, crops !== undefined) },
    limit: split === "train" ? limit : 0,
  });

/** Pictures are read as they were for training; where that is not known, as the model takes them. */
function pictureDefaults(models: readonly TrainedModel[], hasCrops: boolean): SourceOptions["defaults"] {
  const [{ size, gray }, ...others] = models.map(({ model, size }) => {
    const [channels, ...sides] = model.input;
    const own = hasCrops || sides.length !== 2 ? undefined : ([sides[0], sides[1]] as const);
    return { size: size ?? own, gray: channels === 1 };
  });
  const isCommon = others.every((one) => one.gray === gray && sameShape([...(one.size ?? [])], [...(size ?? [])]));
  return isCommon ? { size, gray } : undefined;
}

function noticesOfTraining(models: readonly TrainedModel[], { data, split }: EvalDataFlags): string[] {
  if (data === undefined || split === "validation") return [];
  return models
    .filter(({ config }) => config !== undefined && resolve(config.data) === resolve(data))
    .map(
      ({ name }) =>
        `${name} was trained on samples of ${data}; leave out --data to evaluate on those that were held out`,
    );
}

const noticesOfClasses = ({ data, missing, leftOut }: AlignedSamples<Samples>): string[] => [
  ...leftOut.map(
    ({ name, samples }) => `leaving out ${grouped(samples)} samples of ${name}, a class that the model does not know`,
  ),
  ...(missing.length > 0 ? [`no samples in ${data.name} of ${missing.join(", ")}`] : []),
];

/** @throws DataError for classes that the models do not know, unless they are left out */
function align(
  data: Samples,
  models: readonly TrainedModel[],
  { leaveOutUnknown }: EvalDataFlags,
): AlignedSamples<Samples> {
  const classes = models.find(({ model }) => model.classes !== undefined)?.model.classes;
  try {
    return alignClasses(data, classes, { unknownClasses: leaveOutUnknown ? "leave out" : "refuse" });
  } catch (error) {
    if (!(error instanceof DataError) || leaveOutUnknown) throw error;
    // The library names its option, which is a flag here.
    const message = error.message.replace("unknownClasses: 'leave out'", "--leave-out-unknown");
    throw new DataError(message, { cause: error });
  }
}
