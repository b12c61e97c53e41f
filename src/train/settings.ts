/** The schemas of the options of training and evaluation, with defaults and messages. */
import { checkSeed } from "../array/index.ts";
import {
  type AnyDataset,
  augmentKind,
  batchKind,
  isDataset,
  unknownClassesKind as unknownClasses,
} from "../data/index.ts";
import { engineKind } from "../engines/index.ts";
import { freezeKind } from "../nn/index.ts";
import { type Optimizer, optimizerKind, scheduleKind, sgd } from "../optim/index.ts";
import {
  integer,
  type Kind,
  optional,
  readOptions,
  real,
  type Schema,
  type ValuesOf,
  withDefault,
  word,
} from "../options/index.ts";
import type { LastBatch } from "./epoch-plan.ts";
import type { CompileModelOptions } from "./evaluation/compile-model.ts";
import type { EvaluateOptions } from "./evaluation/evaluate.ts";
import type { FitOptions, RunStore, SteeredSetting, TrainingEvent } from "./fit.ts";
import { callback } from "./losses.ts";
import { type OnNotice, warn } from "./notices.ts";
import { stepStatisticsKind } from "./step-statistics.ts";
import { isTask, type Task } from "./tasks/index.ts";

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** An object with the properties it is used for. */
const objectWith = <T>(expects: string, names: readonly string[], hint?: (value: unknown) => string): Kind<T> => ({
  expects,
  read: (value) => (isObject(value) && names.every((name) => name in value) ? (value as T) : undefined),
  hint,
});

const samples: Kind<AnyDataset> = {
  expects: "a data set",
  read: (value) => (isDataset(value) ? value : undefined),
};

/** A data set, or an amount of the training data. */
const validation: Kind<AnyDataset | number> = {
  expects: "a data set, or the share or number of training samples to hold out",
  read: (value) => (typeof value === "number" ? value : samples.read(value)),
};

const store = objectWith<RunStore>(
  "a run store, { saveCheckpoint, saveBest, logEpoch }",
  ["saveCheckpoint", "saveBest", "logEpoch"],
  (value) => (typeof value === "string" ? `; open one first: await createRunFolder(${JSON.stringify(value)}, {})` : ""),
);

const bytesKind: Kind<Uint8Array> = {
  expects: "the bytes of a checkpoint, a Uint8Array",
  read: (value) => (value instanceof Uint8Array ? value : undefined),
};

const steered = word<SteeredSetting>("optimizer", "schedule", "augment", "data", "validation");

const mayDiffer: Kind<readonly SteeredSetting[]> = {
  expects: `a list of settings, each ${steered.expects}`,
  read: (value) =>
    Array.isArray(value) && value.every((one) => steered.read(one) !== undefined)
      ? (value as SteeredSetting[])
      : undefined,
};

const signal = objectWith<AbortSignal>("an AbortSignal", ["aborted", "addEventListener"]);

const task: Kind<Task> = {
  expects: "a task, such as classification()",
  read: (value) => (isTask(value) ? value : undefined),
  hint: (value) => (typeof value === "function" ? "; call it: classification()" : ""),
};

/** Names of columns by the names of inputs. */
export const inputsKind: Kind<Readonly<Record<string, string>>> = {
  expects: "the names of columns by the names of inputs, such as { image: 'photo' }",
  read: (value) => {
    const isNames = isObject(value) && Object.values(value).every((name) => typeof name === "string");
    return isNames ? (value as Readonly<Record<string, string>>) : undefined;
  },
};

const program = { task: optional(task), inputs: optional(inputsKind), engine: optional(engineKind) };
const workers = optional(real());

/** A new one for each run: optimizers have state. */
const defaultOptimizer = (): Optimizer => sgd({ learningRate: 0.05, momentum: 0.9 });

/** The kind and default of each option of `fit`, shared with the command line. */
export const fitSchema = {
  ...program,
  validation: optional(validation),
  epochs: withDefault(integer(1), 5),
  batch: batchKind,
  lastBatch: optional(word<LastBatch>("keep", "merge", "drop")),
  accumulate: withDefault(integer(1), 1),
  augment: withDefault(augmentKind, []),
  workers,
  freeze: withDefault(freezeKind, [] as readonly string[]),
  seed: withDefault(real(), 0),
  optimizer: optional(optimizerKind),
  schedule: optional(scheduleKind),
  unknownClasses,
  patience: optional(integer(1)),
  statistics: optional(stepStatisticsKind),
  signal: optional(signal),
  onEvent: optional(callback<(event: TrainingEvent) => unknown>()),
  onNotice: withDefault(callback<OnNotice>(), warn),
  store: optional(store),
  resume: optional(bytesKind),
  mayDiffer: withDefault(mayDiffer, []),
} satisfies Record<keyof FitOptions, Kind<unknown>>;

export type FitSettings = Omit<ValuesOf<typeof fitSchema>, "optimizer"> & { readonly optimizer: Optimizer };

/** Reads the options of `fit` and fills in defaults. @throws OptionError */
export function readFitOptions(options: FitOptions): FitSettings {
  const { optimizer = defaultOptimizer(), ...settings } = readOptions("fit", fitSchema, options);
  checkSeed(settings.seed);
  return { ...settings, optimizer };
}

const evaluateSchema = {
  ...program,
  batch: withDefault(integer(1), 256),
  workers,
  unknownClasses,
  onProgress: optional(callback<(done: number, total: number) => void>()),
} satisfies Record<keyof EvaluateOptions, Kind<unknown>>;

/** Reads the options of evaluation and fills in defaults. @throws OptionError */
export const readEvaluateOptions = (options: object): ValuesOf<typeof evaluateSchema> =>
  readOptions("evaluate", evaluateSchema, options);

/** The options of predictions alone. */
export const viewSchema = { engine: optional(engineKind) } satisfies Schema;

const predictSchema = { task: program.task, engine: program.engine };

/** Reads the options of `predict`. @throws OptionError */
export const readPredictOptions = (options: object): ValuesOf<typeof predictSchema> =>
  readOptions("predict", predictSchema, options);

const compileModelSchema = {
  engine: program.engine,
  batch: withDefault(integer(1), 64),
} satisfies Record<keyof CompileModelOptions, Kind<unknown>>;

/** Reads the options of `compileModel`. @throws OptionError */
export const readCompileModelOptions = (options: object): ValuesOf<typeof compileModelSchema> =>
  readOptions("compileModel", compileModelSchema, options);

export const predictionSchema = {
  batch: withDefault(integer(1), 256),
  workers,
  onProgress: optional(callback<(done: number, total: number) => void>()),
} satisfies Schema;
