/**
 * Training: epochs of shuffled mini-batches, validation after each, the best model kept. A run depends on its seed and
 * settings alone; stopped and resumed from a checkpoint it ends with the same bits.
 */
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
} from "../data/index.ts";
import type { EngineChoice } from "../engines/index.ts";
import { quoted } from "../formats/index.ts";
import { type Layer, Model, modelOf, type Normalization, setTask } from "../nn/index.ts";
import type { Optimizer, OptimizerName, Schedule, ScheduleName } from "../optim/index.ts";
import { alignTargets, namesOfData, namesOfModel } from "./align-targets.ts";
import type { EpochRecord } from "./checkpoint.ts";
import { checkData, checkParts, checkWatched } from "./checks.ts";
import type { LastBatch } from "./epoch-plan.ts";
import { createEvaluator, taskOf } from "./evaluation/index.ts";
import type { OnNotice } from "./notices.ts";
import { type FitSettings, readFitOptions } from "./settings.ts";
import { type ClassificationOptions, classification, type Figures, type Task } from "./tasks/index.ts";
import { checkSteps, inputOf, typesOfBatches, validationFor } from "./training-batches.ts";
import { TrainingRun } from "./training-run.ts";
import { checkColumn, inputColumn, targetColumns, wire } from "./wiring.ts";

/** What happens while a network trains. */
export type TrainingEvent =
  | {
      readonly type: "step";
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      /** How many samples the step had. */
      readonly samples: number;
      /** The loss and the task's figures over the epoch so far. */
      readonly figures: Figures;
      readonly gradientNorm: number;
    }
  | { readonly type: "validate"; readonly epoch: number; readonly done: number; readonly total: number }
  | ({
      readonly type: "epoch";
      readonly epochs: number;
      readonly isBest: boolean;
      readonly seconds: number;
      /** How much of the time steps waited for their batches, in seconds. */
      readonly waited: number;
      /** How much of the values in columns whose rows differ in length was padding, 0 … 1. */
      readonly padding: number;
    } & EpochRecord);

/** Where a run is kept while it goes on. `openRunFolder` makes one on disk. */
export interface RunStore {
  /** The state to resume from: after every epoch, and when the run is interrupted. */
  saveCheckpoint(bytes: Uint8Array): Promise<void>;
  /** The best model so far. */
  saveBest(bytes: Uint8Array): Promise<void>;
  /** One finished epoch. */
  logEpoch(record: EpochRecord & { readonly seconds: number }): Promise<void>;
}

/** Options of `fit`. */
export interface FitOptions extends AlignOptions {
  /**
   * What is to be learned: which columns go where, the loss, the figures. Default `classification()`; for a model that was
   * trained before, its own task. The model keeps it.
   */
  readonly task?: Task | undefined;
  /** The columns of inputs whose names they do not have: `{ image: "photo" }`. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** What runs the steps, or its name. Default: the fastest that is there. */
  readonly engine?: EngineChoice | undefined;
  /**
   * Data to choose the best epoch by; without it the last model is kept. Do not use the test data here. A share below 1, or
   * a number of samples, is held out of the training data, of every class alike, by the seed. Classes are matched by name,
   * as those of the training data are with a model that has class names.
   */
  readonly validation?: AnyDataset | number | undefined;
  /** How often the training data are gone through. Default 5. */
  readonly epochs?: number | undefined;
  /** Samples in a step. Default 64, or all where there are fewer. */
  readonly batch?: number | undefined;
  /**
   * What becomes of the samples that are left over at the end of an epoch: `keep` takes them as a smaller batch, `merge` adds
   * them to the batch before, `drop` leaves them out; in the next epoch they are others. Default: `keep`; but a single
   * sample is merged where the network cannot be trained on one, as with batch normalization, and a notice says so.
   */
  readonly lastBatch?: LastBatch | undefined;
  /**
   * In how many parts a step is gone through, one after the other, for batches that are too large for memory; their
   * gradients are added up before the update. Default 1. Statistics of batch normalization are then those of parts; a last
   * batch is gone through in fewer parts where these would have a single sample.
   */
  readonly accumulate?: number | undefined;
  /**
   * What is done to each batch of training pictures, one step after the other, drawn anew in each epoch: `[flip(),
   * randomCrop({ padding: 4 })]`. Default: nothing. Validation data are left as they are; where the steps change the size of
   * pictures, their middles are taken, unless they have that size already. After steps that mix labels, the loss gets
   * probabilities [n, classes], and a hit is the class with the larger share.
   */
  readonly augment?: readonly Augmentation[] | undefined;
  /**
   * How many threads fetch and augment batches ahead of the steps. The same bits come of any number. Default: 1 where
   * pictures are not in memory or are augmented and there are threads, else 0: each batch when its step comes.
   */
  readonly workers?: number | undefined;
  /** Of initial parameters, shuffling, dropout and augmentation: 0 … 2³² − 1, default 0. The same seed gives the same bits. */
  readonly seed?: number | undefined;
  /**
   * An optimizer, or the name of one, which is then made without options. Default `sgd({ learningRate: 0.05, momentum: 0.9
   * })`. Where it keeps moving averages of the weights (`average`), these are what is validated and what the model has in
   * the end.
   */
  readonly optimizer?: Optimizer | OptimizerName | undefined;
  /** How the learning rate changes over the run: a schedule, or the name of one. Default: it stays as it is. */
  readonly schedule?: Schedule | ScheduleName | undefined;
  /** Ends the run early when the best epoch by the validation data lies this many epochs back. Default: never. */
  readonly patience?: number | undefined;
  /** Stops after the current step when aborted, with a checkpoint in the store. */
  readonly signal?: AbortSignal | undefined;
  /** Told what happens: each step, validation as it goes on, each epoch. */
  readonly onEvent?: ((event: TrainingEvent) => void) | undefined;
  /** Told what may surprise, such as a merged last batch or a loss that explodes. Default: a line by `console.warn`. */
  readonly onNotice?: OnNotice | undefined;
  /** Where the run is kept while it goes on, such as `await createRunFolder("runs/1", {})`. Default: nowhere. */
  readonly store?: RunStore | undefined;
  /** The bytes of a checkpoint of the same run, to go on from. */
  readonly resume?: Uint8Array | undefined;
}

/** What a training run ended with. */
export interface FitResult {
  /** The model of the best epoch, or as it was when interrupted before the first epoch ended. */
  readonly model: Model;
  /** The figures of each finished epoch, in order. */
  readonly history: readonly EpochRecord[];
  /** From 1 on; 0 when no epoch was finished. */
  readonly bestEpoch: number;
  /** Whether the signal ended the run before its last epoch. */
  readonly interrupted: boolean;
  /** Whether `patience` ended the run before its last epoch. */
  readonly stoppedEarly: boolean;
}

/**
 * Trains a network: to tell the classes of a data set apart, or for any other task.
 * @param network a layer, from which a model is built for the data, or a model to go on with
 * @example
 * const { model, history } = await fit(network, train, { validation: 0.1, epochs: 10 });
 * @example
 * await fit(encoder, photos, { task: reconstruction(), epochs: 10 });
 * @throws OptionError for options that are not acceptable; DataError when columns do not agree or are missing; ShapeError
 *   when network, task and data do not fit; NumericError when loss or gradients stop being finite
 */
export async function fit(network: Layer | Model, samples: AnyDataset, options: FitOptions = {}): Promise<FitResult> {
  const given = modelOf("fit", network);
  const settings = readFitOptions(options);
  checkWorkers(settings.workers);
  checkWatched(settings);
  checkParts(settings.accumulate, settings.batch);
  const { engine, seed, augment, inputs, task = given === undefined ? classification() : taskOf(given) } = settings;
  const { train: data, validation } = prepareData(given, task, samples, settings);
  const model = given ?? buildFor(network as Layer, data, task, { augment, seed, inputs });
  const wiring = wire(model, task, data, { inputs, augment });
  if (given !== undefined && settings.task !== undefined) setTask(given, meaningOf(task, data));
  const batch = Math.min(settings.batch, sampleCount(data));
  const run = new TrainingRun({ ...wiring, scene: { ...wiring.scene, counts: classCounts(data, task) } }, data, {
    ...settings,
    batch,
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

/** How many samples each class of a target has. */
function classCounts(data: AnyDataset, task: Task): Record<string, readonly number[]> {
  const columns = columnsOf(data);
  const targets = Object.entries(targetColumns(task, data));
  return Object.fromEntries(
    targets.flatMap(([role, name]) =>
      columns[name].kind.name === "class" ? [[role, countsOf(columns[name])] as const] : [],
    ),
  );
}

/** A model of a network for the columns of a data set. What its answers mean is kept with it. */
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
    return Model.build(layer, { normalization: normalizationsOf(layer, data, inputs), seed, ...meaning });
  const column = inputs.input ?? inputColumn(data, targets);
  checkColumn("input", column, data);
  return Model.build(layer, { ...inputOf(columns[column], augment), seed, ...meaning });
}

/** What inputs of a network are normalized by: as the columns say that feed them. */
function normalizationsOf(layer: Layer, data: AnyDataset, inputs: Readonly<Record<string, string>>) {
  const columns = columnsOf(data);
  return Object.fromEntries(
    layer.inputs.flatMap((name) => {
      const { normalization } = (columns[inputs[name] ?? name]?.options ?? {}) as { normalization?: Normalization };
      return normalization === undefined ? [] : [[name, normalization] as const];
    }),
  );
}

/** The task and the names of its classes, as models keep them; `classification()` of the only column needs its classes alone. */
function meaningOf(task: Task, data: AnyDataset) {
  const names = namesOfData(data, task);
  if (task.type !== "classification") return { task: task.toJSON(), names };
  const { target, output } = task.options as ClassificationOptions;
  const isPlain = target === undefined && output === undefined;
  return { classes: names.labels, ...(!isPlain && { task: { type: task.type, target, output } }) };
}

/** Data to train on and to validate with, with classes in one order. */
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
