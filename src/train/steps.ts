/** A step of training as a run takes it: in one program, or in parts whose gradients are added up before the update. */
import { full, type NdArray } from "../array/index.ts";
import type { Augmentation } from "../data/augment/index.ts";
import { sliceRows } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import type { PreparedBatch } from "../data/loader.ts";
import { compile, type Engine } from "../engines/index.ts";
import { f32, type Graph } from "../graph/index.ts";
import type { Model } from "../nn/index.ts";
import { createAccumulator, type Optimizer } from "../optim/index.ts";
import { applyBody, type Loss, partBody, perBatchSize, trainingBody } from "./programs.ts";
import { augmentedTypes } from "./training-batches.ts";

export interface StepOutcome {
  /** The mean over the samples of the step. */
  readonly loss: number;
  readonly correct: number;
  readonly gradientNorm: number;
  /** Where loss or gradients stopped being finite, if they did; the parameters are then as before the step. */
  readonly broken?: { readonly graph: Graph; readonly inputs: readonly NdArray[] };
}

/** Trains on the samples of a batch. */
export type TakeStep = (batch: PreparedBatch) => Promise<StepOutcome>;

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
  /** What was done to the pictures and labels that steps take. */
  readonly augment: readonly Augmentation[];
}

/** Compiles the first programs at once: tracing them makes the optimiser's slots, which every checkpoint holds. */
export const createSteps = (model: Model, data: Samples, options: StepOptions): TakeStep =>
  options.accumulate === 1 ? wholeSteps(model, data, options) : stepsInParts(model, data, options);

function wholeSteps(model: Model, data: Samples, options: StepOptions): TakeStep {
  const { optimizer, loss, engine, batch, augment } = options;
  const programFor = perBatchSize(trainingBody(model, data, optimizer, loss), augmentedTypes(data, augment), engine);
  programFor(batch);
  return async ({ images, labels }) => {
    const inputs = [images, labels];
    const program = programFor(labels.shape[0]);
    const result = await program(...inputs);
    return {
      loss: result.loss.item(),
      correct: result.correct.item(),
      gradientNorm: result.gradientNorm.item(),
      ...(result.finite.item() === 0 && { broken: { graph: program.graph, inputs } }),
    };
  };
}

function stepsInParts(model: Model, data: Samples, options: StepOptions): TakeStep {
  const { optimizer, loss, engine, batch, accumulate, augment } = options;
  const sums = createAccumulator();
  const programFor = perBatchSize(partBody(model, data, sums, loss), augmentedTypes(data, augment), engine, [f32()]);
  programFor(Math.ceil(batch / accumulate));
  const apply = compile(applyBody(sums, optimizer), [], { engine });
  return async ({ images, labels }) => {
    const [count] = labels.shape;
    let [lossSum, correct] = [0, 0];
    for (const [from, to] of divided(count, accumulate)) {
      const share = (to - from) / count;
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

/** Rows in so many parts, each from one bound to the next, of sizes that differ by one at most; fewer where there are fewer. */
function divided(rows: number, parts: number): [from: number, to: number][] {
  const count = Math.min(parts, rows);
  const bound = (i: number): number => Math.ceil((i * rows) / count);
  return Array.from({ length: count }, (_, i) => [bound(i), bound(i + 1)]);
}
