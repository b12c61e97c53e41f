/** A step of training as a run takes it: in one program, or in parts whose gradients are added up before the update. */
import { full, type NdArray } from "../array/index.ts";
import type { Augmentation } from "../data/augment/index.ts";
import { sliceRows } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { compile, type Engine } from "../engines/index.ts";
import { f32, type Graph } from "../graph/index.ts";
import type { Model } from "../nn/index.ts";
import { createAccumulator, type Optimizer } from "../optim/index.ts";
import { applyBody, type Loss, partBody, perBatchSize, trainingBody } from "./programs.ts";
import { augmentedTypes, preparation } from "./training-batches.ts";

export interface StepOutcome {
  /** The mean over the samples of the step. */
  readonly loss: number;
  readonly correct: number;
  readonly gradientNorm: number;
  /** Where loss or gradients stopped being finite, if they did; the parameters are then as before the step. */
  readonly broken?: { readonly graph: Graph; readonly inputs: readonly NdArray[] };
}

/** Trains on the samples of the given numbers, in an epoch from 0 on. */
export type TakeStep = (rows: Int32Array, epoch: number) => Promise<StepOutcome>;

export interface StepOptions {
  readonly optimizer: Optimizer;
  /** From scores and labels to the number that becomes small. Default `crossEntropy`. */
  readonly loss?: Loss;
  /** What runs the steps. Default: the fastest that is there. */
  readonly engine?: Engine;
  /** Samples in a step. */
  readonly batch: number;
  /** Parts that a step is gone through in. */
  readonly accumulate: number;
  /** What is done to pictures and labels before, and the seed of its random numbers. */
  readonly augment: readonly Augmentation[];
  readonly seed: number;
}

/** Compiles the first programs at once: tracing them makes the optimiser's slots, which every checkpoint holds. */
export const createSteps = (model: Model, data: Dataset, options: StepOptions): TakeStep =>
  options.accumulate === 1 ? wholeSteps(model, data, options) : stepsInParts(model, data, options);

function wholeSteps(model: Model, data: Dataset, options: StepOptions): TakeStep {
  const { optimizer, loss, engine, batch, augment, seed } = options;
  const programFor = perBatchSize(trainingBody(model, data, optimizer, loss), augmentedTypes(data, augment), engine);
  const prepare = preparation(data, augment, seed);
  programFor(batch);
  return async (rows, epoch) => {
    const { images, labels } = prepare(rows, epoch);
    const inputs = [images, labels];
    const program = programFor(rows.length);
    const result = await program(...inputs);
    return {
      loss: result.loss.item(),
      correct: result.correct.item(),
      gradientNorm: result.gradientNorm.item(),
      ...(result.finite.item() === 0 && { broken: { graph: program.graph, inputs } }),
    };
  };
}

function stepsInParts(model: Model, data: Dataset, options: StepOptions): TakeStep {
  const { optimizer, loss, engine, batch, accumulate, augment, seed } = options;
  const sums = createAccumulator();
  const programFor = perBatchSize(partBody(model, data, sums, loss), augmentedTypes(data, augment), engine, [f32()]);
  const prepare = preparation(data, augment, seed);
  programFor(Math.ceil(batch / accumulate));
  const apply = compile(applyBody(sums, optimizer), [], { engine });
  return async (rows, epoch) => {
    const { images, labels } = prepare(rows, epoch);
    let [lossSum, correct] = [0, 0];
    for (const [from, to] of divided(rows.length, accumulate)) {
      const share = (to - from) / rows.length;
      const inputs = [sliceRows(images, from, to), sliceRows(labels, from, to), full([], share)];
      const program = programFor(to - from);
      const result = await program(...inputs);
      lossSum += share * result.loss.item();
      correct += result.correct.item();
      if (result.finite.item() === 0)
        return {
          loss: result.loss.item(),
          correct,
          gradientNorm: result.gradientNorm.item(),
          broken: { graph: program.graph, inputs },
        };
    }
    const result = await apply();
    return {
      loss: lossSum,
      correct,
      gradientNorm: result.gradientNorm.item(),
      ...(result.finite.item() === 0 && { broken: { graph: apply.graph, inputs: [] } }),
    };
  };
}

/** Bounds of so many parts of a list, of sizes that differ by one at most; fewer parts where there are fewer entries. */
function divided(length: number, parts: number): [from: number, to: number][] {
  const count = Math.min(parts, length);
  const bound = (i: number): number => Math.ceil((i * length) / count);
  return Array.from({ length: count }, (_, i) => [bound(i), bound(i + 1)]);
}
