/**
 * Training: epochs of shuffled mini-batches, validation after each, the best model kept. A run depends on its seed and
 * settings alone; stopped and resumed from a checkpoint it ends with the same bits.
 */
import type { Shape } from "../array/index.ts";
import {
  type AlignOptions,
  type AnyDataset,
  type Augmentation,
  type ClassMatch,
  checkWorkers,
  columnsOf,
  countsOf,
  holdOut,
  sampleCount,
  streamsOf,
} from "../data/index.ts";
import type { EngineChoice } from "../engines/index.ts";
import { quoted } from "../formats/index.ts";
import { declaredInputs, type Layer, Model, modelOf, type Normalization, setTask } from "../nn/index.ts";
import type { Optimizer, OptimizerName, Schedule, ScheduleName } from "../optim/index.ts";
import { alignTargets, namesOfData, namesOfModel } from "./align-targets.ts";
import { carryStreams } from "./carried-states.ts";
import type { EpochRecord } from "./checkpoint.ts";
import { checkAccumulate, checkData, checkStreams, checkWatched } from "./checks.ts";
import type { LastBatch } from "./epoch-plan.ts";
import { createEvaluator, taskOf } from "./evaluation/index.ts";
import type { OnNotice } from "./notices.ts";
import { type FitSettings, readFitOptions } from "./settings.ts";
import type { StatisticsRecord, StepStatistics } from "./step-statistics.ts";
import { defaultTask, type Figures, isDefaultTask, type Task } from "./tasks/index.ts";
import { checkSteps, modelInputOf, typesOfBatches, validationFor } from "./training-batches.ts";
import { TrainingRun } from "./training-run.ts";
import { inputColumns, targetColumns, wire } from "./wiring.ts";

/** Events of a training run. */
export type TrainingEvent =
  | {
      readonly type: "step";
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      /** Samples in the step. */
      readonly samples: number;
      /** The loss and the task's figures over the epoch so far. */
      readonly figures: Figures;
      readonly gradientNorm: number;
    }
  | ({ readonly type: "statistics" } & StatisticsRecord)
  | { readonly type: "validate"; readonly epoch: number; readonly done: number; readonly total: number }
  | ({
      readonly type: "epoch";
      readonly epochs: number;
      readonly isBest: boolean;
      readonly seconds: number;
      /** How long steps waited for their batches, in seconds. */
      readonly waited: number;
      /** How much of the values in columns whose rows differ in length was padding, 0 … 1. */
      readonly padding: number;
    } & EpochRecord);

/** Storage for a run in progress. `createRunFolder` makes one on disk. */
export interface RunStore {
  /** The state to resume from: after every epoch, and when the run is interrupted. */
  saveCheckpoint(bytes: Uint8Array): Promise<void>;
  /** The best model so far. */
  saveBest(bytes: Uint8Array): Promise<void>;
  /** One finished epoch. */
  logEpoch(record: EpochRecord & { readonly seconds: number }): Promise<void>;
  /** What the option `statistics` found in a step. Stores without it leave that to `onEvent`. */
  logStatistics?(record: StatisticsRecord): Promise<void>;
}

/** Settings of a run that can be changed on the way. */
export type SteeredSetting = "optimizer" | "schedule" | "augment" | "data" | "validation";

/** Options of `fit`. */
export interface FitOptions extends AlignOptions {
  /**
   * The task: which columns go where, the loss, the figures. Default `classification()`; for a trained model, its own task.
   */
  readonly task?: Task | undefined;
  /** Columns of inputs that are named differently: `{ image: "photo" }`. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /**
   * Data to choose the best epoch by; without it the last model is kept. Do not use the test data here. A share below 1, or
   * a number of samples, is held out of the training data, stratified by class and drawn by the seed. Classes are matched by
   * name, as are those of the training data where a trained model has class names.
   */
  readonly validation?: AnyDataset | number | undefined;
  /** Passes over the training data. Default 5. */
  readonly epochs?: number | undefined;
  /** Samples per step. Default 64, or all if there are fewer; for windows of streams, one of each stream. */
  readonly batch?: number | undefined;
  /**
   * What happens to an incomplete batch at the end of an epoch: `keep` trains on it, `merge` adds it to the batch before,
   * `drop` skips it (other samples in each epoch). Default `keep`; but a single sample is merged, with a notice, where the
   * network cannot be trained on one, as with batch normalization.
   */
  readonly lastBatch?: LastBatch | undefined;
  /**
   * Number of parts a batch is divided into when it is too large for memory; their gradients are summed before the update.
   * Default 1. Batch normalization then uses the statistics of parts; a last batch is divided into fewer parts where these
   * would be single samples.
   */
  readonly accumulate?: number | undefined;
  /**
   * Augmentation of the training batches, step by step, drawn anew in each epoch: `[flip(), randomCrop({ padding: 4 })]`.
   * Default: none. Validation data are not augmented; where the steps change the size of pictures, their centers are
   * cropped, unless they have that size already. After steps that mix labels, the loss gets probabilities [n, classes], and
   * the class with the larger share counts as correct.
   */
  readonly augment?: readonly Augmentation[] | undefined;
  /**
   * Threads that fetch and augment batches ahead of the steps; any number gives the same bits. Default: 1 if pictures are
   * augmented or not in memory and threads are available, else 0: each batch is prepared when its step needs it.
   */
  readonly workers?: number | undefined;
  /**
   * Names or patterns of layers and parameters that are not trained: `["conv1", "layer1.*"]`, where `*` stands for anything
   * and a layer's name for all inside it. Frozen layers work as when predicting: batch normalization uses and keeps its
   * running statistics. Default: none.
   */
  readonly freeze?: readonly string[] | undefined;
  /**
   * Seed of initial parameters, shuffling, dropout and augmentation: 0 … 2³² − 1, default 0. The same seed gives the same
   * bits.
   */
  readonly seed?: number | undefined;
  /**
   * An optimizer, or the name of one with default options. Default `sgd({ learningRate: 0.05, momentum: 0.9 })`. If it keeps
   * moving averages of the weights (`average`), these are validated and returned.
   */
  readonly optimizer?: Optimizer | OptimizerName | undefined;
  /** A learning rate schedule, or the name of one. Default: constant. */
  readonly schedule?: Schedule | ScheduleName | undefined;
  /** Stops the run when the validation data have not improved for this many epochs. Default: never. */
  readonly patience?: number | undefined;
  /**
   * Statistics of the network in some steps, such as `trainingStatistics({ every: 100 })` of `fovea/inspect`, for the store and
   * as events. They change no bit of the run, but take time. Default: none.
   */
  readonly statistics?: StepStatistics | undefined;
  /** Stops after the current step when aborted, with a checkpoint in the store. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each event: steps, statistics, progress of validation, epochs. Where a step's returns a promise, the run waits for
   * it, so that it can be held and taken step by step.
   */
  readonly onEvent?: ((event: TrainingEvent) => unknown) | undefined;
  /** Called with warnings, such as a merged last batch or a loss that explodes. Default: `console.warn`. */
  readonly onNotice?: OnNotice | undefined;
  /** Where to store the run as it goes, such as `await createRunFolder("runs/1", {})`. Default: nowhere. */
  readonly store?: RunStore | undefined;
  /** The bytes of a checkpoint of the same run, to resume from. */
  readonly resume?: Uint8Array | undefined;
  /**
   * Settings that may be others than those of the checkpoint: a run that is steered by hand. State that the optimizer has not
   * had before begins at zero. Default: none.
   */
  readonly mayDiffer?: readonly SteeredSetting[] | undefined;
}

/** The result of a training run. */
export interface FitResult {
  /** The model of the best epoch, or the current one when interrupted during the first epoch. */
  readonly model: Model;
  /** The figures of each finished epoch, in order. */
  readonly history: readonly EpochRecord[];
  /** The best epoch, from 1; 0 when no epoch was finished. */
  readonly bestEpoch: number;
  /** Whether the signal ended the run before its last epoch. */
  readonly interrupted: boolean;
  /** Whether `patience` ended the run before its last epoch. */
  readonly stoppedEarly: boolean;
}

/**
 * Trains a network for a task, by default classification.
 * @param network a layer, from which a model is built for the data, or a model to train further
 * @example
 * const { model, history } = await fit(network, train, { validation: 0.1, epochs: 10 });
 * @example
 * await fit(encoder, photos, { task: reconstruction(), epochs: 10 });
 * @throws OptionError for invalid options; DataError when columns are missing or inconsistent; ShapeError when network, task
 *   and data do not fit; NumericError when loss or gradients are not finite
 */
export async function fit(network: Layer | Model, samples: AnyDataset, options: FitOptions = {}): Promise<FitResult> {
  const given = modelOf("fit", network);
  const settings = readFitOptions(options);
  checkWorkers(settings.workers);
  checkWatched(settings);
  checkAccumulate(settings.accumulate, settings.batch);
  checkStreams(options, streamsOf(samples));
  const {
    engine,
    seed,
    augment,
    inputs,
    freeze,
    task = given === undefined ? defaultTask() : taskOf(given),
  } = settings;
  const { train: data, validation } = prepareData(given, task, samples, settings);
  const model = given ?? buildFor(network as Layer, data, task, { augment, seed, inputs });
  const plain = wire(model, task, data, { inputs, augment, freeze });
  const { wiring, states } = carryStreams("fit", plain, data);
  if (given !== undefined && settings.task !== undefined) setTask(given, meaningOf(task, data));
  const batch = streamsOf(data) ?? Math.min(settings.batch, sampleCount(data));
  const run = new TrainingRun({ ...wiring, scene: { ...wiring.scene, counts: targetCounts(data, task) } }, data, {
    ...{ ...settings, batch, states },
    accumulate: Math.min(settings.accumulate, batch),
    typesOf: typesOfBatches(data, augment),
    validation: validation && {
      data: validation,
      evaluate: createEvaluator<object>(model, validation, { task, inputs, engine, workers: settings.workers }),
    },
  });
  if (settings.resume !== undefined) run.restore(settings.resume);
  const interrupted = !(await run.train());
  return { model, interrupted, ...run.finish() };
}

/** The number of samples of each class, by target. */
function targetCounts(data: AnyDataset, task: Task): Record<string, readonly number[]> {
  const columns = columnsOf(data);
  const targets = Object.entries(targetColumns(task, data));
  return Object.fromEntries(
    targets.flatMap(([role, name]) =>
      columns[name].kind.name === "class" ? [[role, countsOf(columns[name])] as const] : [],
    ),
  );
}

/** Builds a model of a network for the columns of a data set, with the task and the class names. */
function buildFor(
  layer: Layer,
  data: AnyDataset,
  task: Task,
  { augment, seed, inputs = {} }: Pick<FitSettings, "augment" | "seed" | "inputs">,
): Model {
  const columns = columnsOf(data);
  const targets = targetColumns(task, data);
  const meaning = meaningOf(task, data);
  if (layer.type === "network")
    return Model.build(layer, { ...networkInputsOf(layer, data, targets, inputs, augment), seed, ...meaning });
  const { input: column } = inputColumns(["input"], data, targets, inputs);
  return Model.build(layer, { ...modelInputOf(columns[column], augment), seed, ...meaning });
}

/** The inputs that a network does not declare, as their columns are, and the normalization of each. */
function networkInputsOf(
  layer: Layer,
  data: AnyDataset,
  targets: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>>,
  augment: readonly Augmentation[],
) {
  const columns = columnsOf(data);
  const declared = declaredInputs(layer);
  const found = Object.entries(inputColumns(layer.inputs, data, targets, inputs)).map(([name, column]) => {
    const { input, dtype, normalization } = modelInputOf(columns[column], augment);
    const spec = Array.isArray(input) ? { shape: input as Shape, dtype } : input!;
    return { name, spec, normalization };
  });
  return {
    inputs: Object.fromEntries(found.filter(({ name }) => !declared.has(name)).map(({ name, spec }) => [name, spec])),
    normalization: Object.fromEntries(
      found.flatMap(({ name, normalization }) =>
        normalization === undefined ? [] : [[name, normalization as Normalization] as const],
      ),
    ),
  };
}

/** What a model keeps of its task: the names of classes, and the task itself unless it is the default one. */
function meaningOf(task: Task, data: AnyDataset) {
  const names = namesOfData(data, task);
  const columns = columnsOf(data);
  const targets = Object.entries(targetColumns(task, data));
  const [classes, ...others] = targets.filter(([, column]) => columns[column].kind.name === "class");
  return {
    ...(classes !== undefined && others.length === 0 && { classes: names[classes[0]] }),
    ...(!isDefaultTask(task) && { task: task.toSaved(), names }),
  };
}

/** Training and validation data with their classes in one order. */
function prepareData(
  model: Model | undefined,
  task: Task,
  samples: AnyDataset,
  { validation, augment, seed, unknownClasses, onNotice }: FitSettings,
): { train: AnyDataset; validation?: AnyDataset } {
  const names = model === undefined ? {} : namesOfModel(model, task);
  const aligned = alignTargets(checkData(samples), task, names, { unknownClasses });
  tellLeftOut(aligned, samples, onNotice);
  checkSteps(augment, aligned.data);
  if (validation === undefined) return { train: aligned.data };
  if (typeof validation !== "number") {
    const fitting = validationFor(validation, aligned.data, augment, task, { unknownClasses });
    tellLeftOut(fitting, validation, onNotice);
    return { train: aligned.data, validation: fitting.data };
  }
  const parts = holdOut(aligned.data, validation, seed, { stratified: true });
  const [count, total] = [parts.validation, aligned.data].map(sampleCount);
  const message = `${count} of ${total} training samples are held out for validation (validation: ${validation})`;
  for (const notice of [message, ...parts.notices]) onNotice(notice, "heldOut");
  return { train: parts.train, validation: validationFor(parts.validation, parts.train, augment, task, {}).data };
}

function tellLeftOut({ leftOut }: ClassMatch, { name }: AnyDataset, onNotice: OnNotice): void {
  if (leftOut.length === 0) return;
  const list = leftOut.map(({ name, samples }) => `${samples} of ${quoted(name)}`).join(", ");
  onNotice(`data set ${name}: samples of unknown classes are left out: ${list}`, "classesLeftOut");
}
