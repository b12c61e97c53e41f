/**
 * Training: epochs of shuffled mini-batches, validation after each, the best model kept. A run depends on its seed and
 * settings alone; stopped and resumed from a checkpoint it ends with the same bits.
 */
import { checkSeed } from "../array/index.ts";
import { inputShape, sampleCount } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Layer, Model } from "../nn/index.ts";
import { type Optimizer, type Schedule, sgd } from "../optim/index.ts";
import type { EpochRecord } from "./checkpoint.ts";
import { atLeastOne, checkAlike, checkSamples } from "./checks.ts";
import type { ProgramOptions } from "./programs.ts";
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

export interface FitOptions extends ProgramOptions {
  /** Data to choose the best epoch by; without it the last model is kept. Do not use the test data here. */
  readonly validation?: Dataset;
  /** How often the training data are gone through. Default 5. */
  readonly epochs?: number;
  /** Samples in a step; the last step of an epoch takes what is left. Default 128. */
  readonly batch?: number;
  /** Of initial parameters, shuffling and dropout: 0 … 2³² − 1, default 0. The same seed gives the same bits. */
  readonly seed?: number;
  /** Default `sgd({ learningRate: 0.05, momentum: 0.9 })`. */
  readonly optimizer?: Optimizer;
  /** How the learning rate changes over the run. Default: it stays, unless you set `optimizer.learningRate` yourself. */
  readonly schedule?: Schedule;
  /** Stops after the current step when aborted, with a checkpoint in the store. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainingEvent) => void;
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
}

/**
 * Trains a network to tell the classes of a data set apart.
 * @param network a layer, from which a model is built for the data, or a model to go on with
 * @throws DataError when pictures, labels and classes do not agree; NumericError when loss or gradients stop being finite
 */
export async function fit(network: Layer | Model, data: Dataset, options: FitOptions = {}): Promise<FitResult> {
  const { epochs = 5, batch = 128, seed = 0, optimizer = sgd({ learningRate: 0.05, momentum: 0.9 }) } = options;
  const { classes, normalization } = checkSamples(data);
  if (options.validation !== undefined) checkAlike(data, checkSamples(options.validation));
  const model =
    "variables" in network ? network : Model.build(network, { input: inputShape(data), classes, normalization, seed });
  const run = new TrainingRun(model, data, {
    ...options,
    optimizer,
    epochs: atLeastOne("fit", "epochs", epochs),
    batch: Math.min(atLeastOne("fit", "batch", batch), sampleCount(data)),
    seed: checkSeed(seed),
  });
  if (options.resume !== undefined) run.restore(options.resume);
  const interrupted = !(await run.train());
  return { model, interrupted, ...run.finish() };
}
