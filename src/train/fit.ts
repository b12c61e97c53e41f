/**
 * Training: epochs of shuffled mini-batches, validation after each, the best model kept. A run depends on its seed and
 * settings alone; stopped and resumed from a checkpoint it ends with the same bits.
 */
import { checkSeed } from "../array/index.ts";
import { type AlignOptions, alignClasses } from "../data/align-classes.ts";
import { type Augmentation, augmentedShape } from "../data/augment/index.ts";
import { inputShape, sampleCount } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import { checkWorkers } from "../data/loader.ts";
import { checkNames, namesOf } from "../graph/index.ts";
import { type Layer, Model } from "../nn/index.ts";
import { type Optimizer, type Schedule, sgd } from "../optim/index.ts";
import type { EpochRecord } from "./checkpoint.ts";
import { atLeastOne, checkParts, checkPatience, checkSamples, checkSchedule } from "./checks.ts";
import type { ProgramOptions } from "./programs.ts";
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

export interface FitOptions extends ProgramOptions, AlignOptions {
  /**
   * Data to choose the best epoch by; without it the last model is kept. Do not use the test data here. Classes are matched
   * by name, as those of the training data are with a model that has class names.
   */
  readonly validation?: Samples;
  /** How often the training data are gone through. Default 5. */
  readonly epochs?: number;
  /** Samples in a step; the last step of an epoch takes what is left. Default 128. */
  readonly batch?: number;
  /**
   * In how many parts a step is gone through, one after the other, for batches that are too large for memory; their
   * gradients are added up before the update. Default 1. Statistics of batch normalisation are then those of parts.
   */
  readonly accumulate?: number;
  /**
   * What is done to each batch of training pictures, one step after the other, drawn anew in each epoch: `[flip(),
   * randomCrop({ padding: 4 })]`. Default: nothing. Validation data are left as they are; where the steps change the size of
   * pictures, their middles are taken, unless they have that size already. After steps that mix labels, the loss gets
   * probabilities [n, classes], and a hit is the class with the larger share.
   */
  readonly augment?: readonly Augmentation[];
  /**
   * How many threads fetch and augment batches ahead of the steps. The same bits come of any number. Default: 1 where
   * pictures are not in memory or are augmented and there are threads, else 0: each batch when its step comes.
   */
  readonly workers?: number;
  /** Of initial parameters, shuffling, dropout and augmentation: 0 … 2³² − 1, default 0. The same seed gives the same bits. */
  readonly seed?: number;
  /**
   * Default `sgd({ learningRate: 0.05, momentum: 0.9 })`. Where it keeps moving averages of the weights (`average`),
   * these are what is validated and what the model has in the end.
   */
  readonly optimizer?: Optimizer;
  /** How the learning rate changes over the run. Default: it stays, unless you set `optimizer.learningRate` yourself. */
  readonly schedule?: Schedule;
  /** Ends the run early when the best epoch by the validation data lies so many epochs back. Default: never. */
  readonly patience?: number;
  /** Stops after the current step when aborted, with a checkpoint in the store. */
  readonly signal?: AbortSignal;
  /** Told what happens: each step, validation as it goes on, each epoch. */
  readonly onEvent?: (event: TrainingEvent) => void;
  /** Where the run is kept while it goes on. Default: nowhere. */
  readonly store?: RunStore;
  /** The bytes of a checkpoint of the same run, to go on from. */
  readonly resume?: Uint8Array;
}

export interface FitResult {
  /** The model of the best epoch, or as it was when interrupted before the first epoch ended. */
  readonly model: Model;
  readonly history: readonly EpochRecord[];
  /** From 1 on; 0 when no epoch was finished. */
  readonly bestEpoch: number;
  readonly interrupted: boolean;
  /** Whether `patience` ended the run before its last epoch. */
  readonly stoppedEarly: boolean;
}

const optionNames = namesOf<FitOptions>({
  ...({ loss: true, engine: true, validation: true, epochs: true, batch: true, accumulate: true } as const),
  ...({ augment: true, workers: true, seed: true, unknownClasses: true } as const),
  ...({ optimizer: true, schedule: true, patience: true } as const),
  ...({ signal: true, onEvent: true, store: true, resume: true } as const),
});

/**
 * Trains a network to tell the classes of a data set apart.
 * @param network a layer, from which a model is built for the data, or a model to go on with
 * @throws OptionError for options that are not acceptable; DataError when pictures, labels and classes do not agree; NumericError when loss or gradients stop being finite
 */
export async function fit(network: Layer | Model, samples: Samples, options: FitOptions = {}): Promise<FitResult> {
  checkNames("fit", optionNames, options);
  checkWorkers(options.workers);
  const { epochs = 5, accumulate = 1, augment = [], seed = 0 } = options;
  const { optimizer = sgd({ learningRate: 0.05, momentum: 0.9 }) } = options;
  const hasValidation = options.validation !== undefined;
  checkSchedule(options.schedule, hasValidation);
  checkPatience(options.patience, hasValidation);
  const { unknownClasses } = options;
  const known = "variables" in network ? network.classes : undefined;
  const { data } = alignClasses(checkSamples(samples), known, { unknownClasses });
  const { classes, normalization } = data;
  checkSteps(augment, data);
  const validation = options.validation && validationFor(options.validation, data, augment, { unknownClasses }).data;
  const input = augmentedShape(augment, inputShape(data));
  const model = "variables" in network ? network : Model.build(network, { input, classes, normalization, seed });
  const wanted = atLeastOne("fit", "batch", options.batch ?? 128);
  checkParts(accumulate, wanted);
  const batch = Math.min(wanted, sampleCount(data));
  const run = new TrainingRun(model, data, {
    ...options,
    optimizer,
    augment,
    validation,
    epochs: atLeastOne("fit", "epochs", epochs),
    batch,
    accumulate: Math.min(accumulate, batch),
    seed: checkSeed(seed),
  });
  if (options.resume !== undefined) run.restore(options.resume);
  const interrupted = !(await run.train());
  return { model, interrupted, ...run.finish() };
}
