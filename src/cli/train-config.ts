/** Every setting of a training run, resolved: what `config.json` holds, and how a run is set up from it. */
import { FormatError, OptionError } from "../array/index.ts";
import { holdOut, inputShape } from "../data/index.ts";
import { integer, type Kind, readAttributes, real, type ValuesOf, withDefault, word } from "../graph/index.ts";
import { architectures } from "../models/index.ts";
import { type Optimizer, optimizers, schedules } from "../optim/index.ts";
import type { RunConfig } from "../train/index.ts";
import { loadSource, type SourceOptions } from "./sources.ts";

const text: Kind<string> = {
  expects: "text",
  read: (value) => (typeof value === "string" && value !== "" ? value : undefined),
};
const seedNumber: Kind<number> = {
  expects: `an integer from 0 to ${2 ** 32 - 1}`,
  read: (value) => (Number(value) < 2 ** 32 ? integer(0).read(value) : undefined),
};
const optionalNumber = {
  ...withDefault<number | null>({ expects: "a number of at least 0, or null", read: readNumberOrNull }, null),
};

function readNumberOrNull(value: unknown): number | null | undefined {
  return value === null ? null : real(0).read(value);
}

type OptimizerName = keyof typeof optimizers;
const optimizerNames = Object.keys(optimizers) as OptimizerName[];
type ScheduleName = keyof typeof schedules;
const scheduleNames = Object.keys(schedules) as ScheduleName[];

const schema = {
  model: withDefault(word(...Object.keys(architectures)), "lenet5"),
  data: withDefault(text, "digits"),
  /** Training samples to use; 0 for all. */
  limit: withDefault(integer(0), 0),
  /** Share or number of training samples set aside to choose the best epoch by. */
  validation: withDefault(real(0), 1 / 12),
  epochs: withDefault(integer(1), 5),
  batch: withDefault(integer(1), 64),
  seed: withDefault(seedNumber, 0),
  optimizer: withDefault(word(...optimizerNames), "sgd" as OptimizerName),
  schedule: withDefault(word(...scheduleNames), "linear" as ScheduleName),
  /** `null`: the optimiser's own default. */
  learningRate: optionalNumber,
  momentum: optionalNumber,
  weightDecay: optionalNumber,
};

export type TrainConfig = ValuesOf<typeof schema>;

/** Settings from the command line; everything that was not given has its default. */
export const resolveConfig = (given: object): TrainConfig => readAttributes("train", schema, definedOnly(given));

/** Settings from the `config.json` of a run. @throws FormatError when they are not what a run writes */
export function readConfig(config: RunConfig, path: string): TrainConfig {
  const { fovea: _fovea, arithmetic: _arithmetic, ...settings } = config;
  try {
    return readAttributes(path, schema, settings);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new FormatError(`${error.message}; the file was changed or is damaged`, { cause: error });
  }
}

const definedOnly = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** What the settings that only some optimisers have are for. */
function createOptimizer({ optimizer, learningRate, momentum, weightDecay }: TrainConfig): Optimizer {
  if (momentum !== null && optimizer !== "sgd") throw new OptionError(`--momentum is for sgd; ${optimizer} has none`);
  const given = definedOnly({
    learningRate: learningRate ?? undefined,
    weightDecay: weightDecay ?? undefined,
    ...(optimizer === "sgd" && { momentum: momentum ?? 0.9 }),
  });
  return optimizers[optimizer](given);
}

/** Data, network and optimiser of a run. */
export async function setUp(config: TrainConfig, options: Omit<SourceOptions, "limit">) {
  const optimizer = createOptimizer(config);
  const { train: all, test } = await loadSource(config.data, { ...options, limit: config.limit });
  const sets =
    config.validation > 0 ? holdOut(all, config.validation, config.seed) : { train: all, validation: undefined };
  const network = architectures[config.model].create(inputShape(all), all.classes.length);
  return { ...sets, test, network, optimizer, schedule: schedules[config.schedule] };
}
