/**
 * Training: epochs of shuffled mini-batches, validation after each, the best model kept. A run depends on its seed and
 * settings alone; stopped and resumed from a checkpoint it ends with the same bits.
 */
import { type AlignOptions, alignClasses, type ClassMatch } from "../data/align-classes.ts";
import { type Augmentation, augmentedShape } from "../data/augment/index.ts";
import { holdOut, inputShape, sampleCount } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import { checkWorkers } from "../data/loader.ts";
import { quoted } from "../formats/json.ts";
import { modelOf } from "../nn/checks.ts";
import { type Layer, Model } from "../nn/index.ts";
import type { Optimizer, OptimizerName, Schedule, ScheduleName } from "../optim/index.ts";
import type { EpochRecord } from "./checkpoint.ts";
import { checkParts, checkSamples, checkWatched } from "./checks.ts";
import type { LastBatch } from "./epoch-plan.ts";
import { lossOf, type TrainingWeights, trainingLoss } from "./losses.ts";
import type { OnNotice } from "./notices.ts";
import type { ProgramOptions } from "./programs.ts";
import { type FitSettings, readFitOptions } from "./settings.ts";
import { checkSteps, validationFor } from "./training-batches.ts";
import { TrainingRun } from "./training-run.ts";

/** What happens while a network trains. */
export type TrainingEvent =
  | {
      readonly type: "step";
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly images: number;
      readonly loss: number;
      readonly accuracy: number;
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
export interface FitOptions extends ProgramOptions, AlignOptions {
  /**
   * Data to choose the best epoch by; without it the last model is kept. Do not use the test data here. A share below 1, or
   * a number of samples, is held out of the training data, of every class alike, by the seed. Classes are matched by name,
   * as those of the training data are with a model that has class names.
   */
  readonly validation?: Samples | number | undefined;
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
  /**
   * What losses of each class are multiplied by while training: a number for each, or `balanced`, by which all classes
   * count the same, n / (K · n[class]) from the training labels (as scikit-learn has it). For `crossEntropy`,
   * `negativeLogLikelihood` and `multiMargin` by name. The loss on validation data is not weighed. Default: all 1.
   */
  readonly classWeights?: TrainingWeights | undefined;
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
 * Trains a network to tell the classes of a data set apart: pictures, signals, or rows of numbers.
 * @param network a layer, from which a model is built for the data, or a model to go on with
 * @throws OptionError for options that are not acceptable; DataError when inputs, labels and classes do not agree; ShapeError
 *   when network and data do not fit; NumericError when loss or gradients stop being finite
 */
export async function fit(network: Layer | Model, samples: Samples, options: FitOptions = {}): Promise<FitResult> {
  const given = modelOf("fit", network);
  const settings = readFitOptions(options);
  checkWorkers(settings.workers);
  checkWatched(settings);
  checkParts(settings.accumulate, settings.batch);
  const { train: data, validation } = prepareData(given, samples, settings);
  const { seed, augment } = settings;
  const { classes, normalization } = data;
  const input = augmentedShape(augment, inputShape(data));
  const dtype = data.images.dtype === "i32" ? "i32" : "f32";
  const model = given ?? Model.build(network as Layer, { input, dtype, classes, normalization, seed });
  const batch = Math.min(settings.batch, sampleCount(data));
  const run = new TrainingRun(model, data, {
    ...settings,
    loss: trainingLoss(settings.loss, settings.classWeights, data),
    validationLoss: lossOf(settings.loss),
    validation,
    batch,
    accumulate: Math.min(settings.accumulate, batch),
  });
  if (settings.resume !== undefined) run.restore(settings.resume);
  const interrupted = !(await run.train());
  return { model, interrupted, ...run.finish() };
}

/** Data to train on and to validate with, with classes in one order. */
function prepareData(
  model: Model | undefined,
  samples: Samples,
  { validation, augment, seed, unknownClasses, onNotice }: FitSettings,
): { train: Samples; validation?: Samples } {
  const aligned = alignClasses(checkSamples(samples), model?.classes, { unknownClasses });
  tellLeftOut(aligned, samples, onNotice);
  checkSteps(augment, aligned.data);
  if (validation === undefined) return { train: aligned.data };
  if (typeof validation !== "number") {
    const fitting = validationFor(validation, aligned.data, augment, { unknownClasses });
    tellLeftOut(fitting, validation, onNotice);
    return { train: aligned.data, validation: fitting.data };
  }
  const parts = holdOut(aligned.data, validation, seed, { stratified: true });
  const [count, total] = [parts.validation, aligned.data].map(sampleCount);
  const message = `${count} of ${total} training samples are held out for validation (validation: ${validation})`;
  for (const notice of [message, ...parts.notices]) onNotice(notice, "heldOut");
  return { train: parts.train, validation: validationFor(parts.validation, parts.train, augment, {}).data };
}

function tellLeftOut({ leftOut }: ClassMatch, { name }: Samples, onNotice: OnNotice): void {
  if (leftOut.length === 0) return;
  const list = leftOut.map(({ name, samples }) => `${samples} of ${quoted(name)}`).join(", ");
  onNotice(`data set ${name}: samples of unknown classes are left out: ${list}`, "classesLeftOut");
}
