/** Every setting of a training run, resolved: what `config.json` holds, and how a run is set up from it. */
import { resolve } from "node:path";
import { FormatError, OptionError } from "../array/index.ts";
import { type Augmentation, augmentations, augmentedShape, centerCropped, inputShape } from "../data/index.ts";
import * as optim from "../optim/index.ts";
import { type Optimizer, type Schedule, type SgdOptions, schedules, warmup } from "../optim/index.ts";
import { flag, integer, integers, type Kind, readOptions, real, type ValuesOf, withDefault } from "../options/index.ts";
import {
  fitSchema,
  type RunConfig,
  type Task,
  type TrainingWeights,
  targetColumns,
  tasks,
  weightsKind,
} from "../train/index.ts";
import { withCurrentNames } from "./former-names.ts";
import { networks } from "./networks.ts";
import { positiveNumber, realNumber, shareBelowOne } from "./options.ts";
import { loadParts, VALIDATION_SHARE } from "./parts.ts";
import { defaultWeights, initialNetwork } from "./pretrained.ts";
import { lastingName, type SourceOptions } from "./sources.ts";
import { build, parseSpecification, specificationKind, specificationsKind } from "./specification.ts";

const text: Kind<string> = {
  expects: "text",
  read: (value) => (typeof value === "string" && value !== "" ? value : undefined),
};
const textOrNull: Kind<string | null> = {
  expects: "text, or null",
  read: (value) => (value === null ? null : text.read(value)),
};
const seedNumber: Kind<number> = {
  expects: `an integer from 0 to ${2 ** 32 - 1}`,
  read: (value) => (Number(value) < 2 ** 32 ? integer(0).read(value) : undefined),
};
const optionalNumber = {
  ...withDefault<number | null>({ expects: "a number of at least 0, or null", read: readNumberOrNull }, null),
};

function readSizeOrNull(value: unknown): [number, number] | null | undefined {
  if (value === null) return null;
  const sides = integers(1).read(value);
  return sides?.length === 2 ? [sides[0], sides[1]] : undefined;
}

function readNumberOrNull(value: unknown): number | null | undefined {
  return value === null ? null : real(0).read(value);
}

/** The optimizers of the command line: with the lectures' momentum where sgd is told of none. */
export const optimizers = {
  ...optim.optimizers,
  sgd: Object.assign((given: SgdOptions = {}) => optim.sgd({ momentum: 0.9, ...given }), {
    optionNames: optim.sgd.optionNames,
  }),
};

const { normalize: _normalize, ...trainable } = augmentations;
/** The steps of augmentation of the command line: models normalize by themselves. */
export const augmentSteps = trainable;

/** Options of optimizers that have flags of their own. `null`: the optimizer's own default. */
export interface OptimizerFlag {
  readonly option: "learningRate" | "momentum" | "weightDecay" | "clipNorm" | "clipValue" | "average";
  readonly flag: string;
  readonly help: string;
  readonly parse: (text: string) => number;
}

export const optimizerFlags: readonly OptimizerFlag[] = [
  {
    option: "learningRate",
    flag: "--lr <rate>",
    help: "learning rate (default: the optimizer's own)",
    parse: realNumber(0),
  },
  {
    option: "momentum",
    flag: "--momentum <m>",
    help: "momentum, of sgd or rmsprop (default: 0.9 with sgd, 0 with rmsprop)",
    parse: realNumber(0, 1),
  },
  {
    option: "weightDecay",
    flag: "--weight-decay <d>",
    help: "L2 weight decay; beside the gradient with adamW and lion (default: 0)",
    parse: realNumber(0),
  },
  {
    option: "clipNorm",
    flag: "--clip-norm <length>",
    help: "scale gradients down to this length where they are longer",
    parse: positiveNumber,
  },
  {
    option: "clipValue",
    flag: "--clip-value <size>",
    help: "cut each element of the gradients to this size",
    parse: positiveNumber,
  },
  {
    option: "average",
    flag: "--ema <decay>",
    help: "validate and keep a moving average of the weights, such as 0.999",
    parse: shareBelowOne,
  },
];

const schema = {
  model: withDefault(specificationKind(networks), "lenet5"),
  /** The name of published weights to begin with; `null`: none. */
  pretrained: withDefault<string | null>(textOrNull, null),
  /** A file of weights to begin with; `null`: none. With `pretrained` it holds the weights of that name. */
  init: withDefault<string | null>(textOrNull, null),
  /** Names or patterns of layers that are not trained. */
  freeze: fitSchema.freeze,
  data: withDefault(text, "digits"),
  /** Training samples to use; 0 for all. */
  limit: withDefault(integer(0), 0),
  /** [height, width] that pictures of a folder are scaled to; `null`: they have one size. */
  size: withDefault<[number, number] | null>({ expects: "[height, width], or null", read: readSizeOrNull }, null),
  /** Whether pictures of a folder are read in one channel. */
  gray: withDefault(flag(), false),
  /** Whether a picture of a folder that cannot be read is an error. */
  strict: withDefault(flag(), false),
  /** Share or number of training samples set aside to choose the best epoch by. */
  validation: withDefault(real(0), VALIDATION_SHARE),
  /**
   * Share or number of samples set aside to test with at the end, or a data set of its own to test with. `null`: the data's
   * own part, else a share of 0.2.
   */
  test: withDefault<number | string | null>(
    {
      expects: "a number of at least 0, a name or path, or null",
      read: (value) => text.read(value) ?? readNumberOrNull(value),
    },
    null,
  ),
  epochs: fitSchema.epochs,
  batch: fitSchema.batch,
  seed: withDefault(seedNumber, 0),
  /** Steps of augmentation, in order. */
  augment: withDefault(specificationsKind(augmentSteps), [] as readonly string[]),
  optimizer: withDefault(specificationKind(optimizers), "sgd"),
  schedule: withDefault(specificationKind(schedules), "linear"),
  /** Epochs in which the learning rate rises at first. */
  warmup: withDefault(real(0), 0),
  learningRate: optionalNumber,
  momentum: optionalNumber,
  weightDecay: optionalNumber,
  clipNorm: optionalNumber,
  clipValue: optionalNumber,
  average: optionalNumber,
  /** Parts in which a step is gone through. */
  accumulate: fitSchema.accumulate,
  /** What is learned. */
  task: withDefault(specificationKind(tasks), "classification"),
  /** `balanced`, or a weight for each class; `null`: all 1. */
  classWeights: withDefault<TrainingWeights | null>(
    {
      expects: `${weightsKind.expects}, or null`,
      read: (value) => (value === null ? null : weightsKind.read(value)),
    },
    null,
  ),
  /** Epochs without a better one after which the run ends; 0: it does not. */
  patience: withDefault(integer(0), 0),
  /** Steps from one statistics of the layers to the next; 0: one in the last step of each epoch; `null`: none. */
  statistics: withDefault<number | null>(
    {
      expects: "an integer of at least 0, or null",
      read: (value) => (value === null ? null : integer(0).read(value)),
    },
    null,
  ),
};

export type TrainConfig = ValuesOf<typeof schema>;

/** Settings as they are given on the command line. */
export interface GivenSettings extends Omit<Partial<TrainConfig>, "pretrained" | "statistics"> {
  /** True for the first weights that are published for the network. */
  readonly pretrained?: string | true;
  /** True for the last step of each epoch. */
  readonly statistics?: number | true;
}

/** Settings from the command line; everything that was not given has its default. */
export function resolveConfig({ pretrained, statistics, ...given }: GivenSettings): TrainConfig {
  const settings = { ...given, statistics: statistics === true ? 0 : statistics };
  const config = readOptions("train", schema, definedOnly(settings));
  if (pretrained === undefined) return config;
  return {
    ...config,
    pretrained: pretrained === true ? defaultWeights(parseSpecification(config.model).name) : pretrained,
  };
}

/** Settings from the `config.json` of a run. @throws FormatError when they are not what a run writes */
export function readConfig(config: RunConfig, path: string): TrainConfig {
  const { fovea: _fovea, arithmetic: _arithmetic, ...settings } = config;
  try {
    return readOptions(path, schema, withCurrentNames(settings));
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new FormatError(`${error.message}; the file was changed or is damaged`, { cause: error });
  }
}

const definedOnly = (given: object): object =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

function createOptimizer(config: TrainConfig): Optimizer {
  const { name, options } = parseSpecification(config.optimizer);
  const { optionNames } = optimizers[name as keyof typeof optimizers];
  const given = optimizerFlags.filter(({ option }) => config[option] !== null);
  for (const { option, flag } of given) {
    const typed = flag.split(" ")[0];
    if (!optionNames.includes(option)) {
      const having = Object.entries(optimizers).filter(([, factory]) => factory.optionNames.includes(option));
      throw new OptionError(`${typed} is for ${having.map(([known]) => known).join(", ")}; ${name} has none`);
    }
    if (option in options)
      throw new OptionError(`${typed} and --optimizer ${config.optimizer} both say ${option}; leave one out`);
  }
  return build(optimizers, config.optimizer, {
    ...Object.fromEntries(given.map(({ option }) => [option, config[option]])),
  });
}

/** @throws OptionError for weights of classes with a task that takes none */
function createTask({ task, classWeights }: TrainConfig): Task {
  const { name } = parseSpecification(task);
  const isWeighed = tasks[name as keyof typeof tasks].optionNames.includes("classWeights");
  if (classWeights === null) return build<Task>(tasks, task);
  if (isWeighed) return build<Task>(tasks, task, { classWeights });
  throw new OptionError(`--class-weights is for tasks with classes; ${name} has none`);
}

export function createSchedule({ schedule, warmup: epochs }: TrainConfig): Schedule {
  const chosen = build<Schedule>(schedules, schedule);
  return epochs > 0 ? warmup(chosen, { epochs }) : chosen;
}

/** @throws OptionError for settings that do not go together, before anything is loaded or written */
function checkTogether(
  { validation, patience, schedule, batch, accumulate }: TrainConfig,
  { watches }: Schedule,
): void {
  if (accumulate > batch)
    throw new OptionError(`--accumulate ${accumulate}: a batch of ${batch} samples has no more parts than those`);
  if (validation > 0) return;
  const without = "--validation 0 leaves none";
  if (patience > 0) throw new OptionError(`--patience counts on validation data; ${without}`);
  if (watches?.on === "validation")
    throw new OptionError(`--schedule ${schedule} looks at validation data; ${without}`);
}

/**
 * Data, network and optimizer of a run, and its settings as they are to be written down: paths absolute, and the size of
 * the pictures known.
 */
export async function setUp(config: TrainConfig, { output }: Pick<SourceOptions, "output">) {
  const optimizer = createOptimizer(config);
  const schedule = createSchedule(config);
  const task = createTask(config);
  checkTogether(config, schedule);
  const augment = config.augment.map((text) => build<Augmentation>(augmentSteps, text));
  const { source, train, validation, test } = await loadParts(config, output);
  // Before a run folder is created, which would be left empty.
  targetColumns(task, train);
  const [, height, width] = inputShape(train);
  const lasting: TrainConfig = {
    ...config,
    data: lastingName(config.data),
    init: config.init === null ? null : resolve(config.init),
    size: source.isFolder ? [height, width] : null,
    test: typeof config.test === "string" ? lastingName(config.test) : config.test,
  };
  const input = augmentedShape(augment, inputShape(train));
  const network = await initialNetwork(config, { ...train, input }, output);
  return {
    ...{ config: lasting, network, task, optimizer, schedule, augment },
    ...{ train, validation, test: test && centerCropped(test, input) },
  };
}
