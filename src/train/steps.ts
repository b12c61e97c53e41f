/** A step of training as a run takes it: in one program, or in parts whose gradients are added up before the update. */
import { FoveaError, full, type NdArray, ShapeError } from "../array/index.ts";
import type { Augmentation } from "../data/augment/index.ts";
import { sliceRows } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import type { PreparedBatch } from "../data/loader/loader.ts";
import { compile, type EngineChoice } from "../engines/index.ts";
import { f32, type Graph, type Tensor, type TensorTree, type TensorType } from "../graph/index.ts";
import type { Model } from "../nn/index.ts";
import { trace } from "../ops/index.ts";
import { createAccumulator, type Optimizer } from "../optim/index.ts";
import type { Refusal } from "./epoch-plan.ts";
import type { Loss } from "./losses.ts";
import { applyBody, partBody, perBatchSize, trainingBody } from "./programs.ts";
import { augmentedTypes } from "./training-batches.ts";

export interface StepOutcome {
  /** The mean over the samples of the step. */
  readonly loss: number;
  readonly correct: number;
  readonly gradientNorm: number;
  /** Where loss or gradients stopped being finite, if they did; the parameters are then as before the step. */
  readonly broken?: { readonly graph: Graph; readonly inputs: readonly NdArray[] };
}

/** A way to train on batches. */
export interface Steps {
  /** Trains on the samples of a batch. */
  readonly take: (batch: PreparedBatch) => Promise<StepOutcome>;
  /** What the network says of batches of a size that it cannot take; found by tracing, before anything is compiled. */
  readonly refusal: Refusal;
  /** A step as it was traced. */
  readonly graph: Graph;
}

export interface StepOptions {
  readonly optimizer: Optimizer;
  /** From scores and labels to the number that becomes small. */
  readonly loss: Loss;
  readonly engine?: EngineChoice | undefined;
  /** Samples in a step. */
  readonly batch: number;
  /** Parts that a step is gone through in. */
  readonly accumulate: number;
  /** What was done to the inputs and labels that steps take. */
  readonly augment: readonly Augmentation[];
}

/** Compiles the first programs at once: tracing them makes the optimizer's slots, which every checkpoint holds. */
export const createSteps = (model: Model, data: Samples, options: StepOptions): Steps =>
  options.accumulate === 1 ? wholeSteps(model, data, options) : stepsInParts(model, data, options);

/** The complaint of a trace of batches that do not fit, if there is one. */
function refusalOf(body: (...inputs: Tensor[]) => TensorTree, typesOf: (size: number) => readonly TensorType[]) {
  return (size: number): FoveaError | undefined => {
    try {
      trace(body, typesOf(size));
      return undefined;
    } catch (error) {
      if (error instanceof FoveaError) return error;
      throw error;
    }
  };
}

/** What the network says of a single sample where it takes two, as with statistics over the batch. */
function refusedAlone(refusal: Refusal): FoveaError | undefined {
  const problem = refusal(1);
  return problem === undefined || refusal(2) !== undefined ? undefined : problem;
}

/** @throws ShapeError where batches of one sample are asked for that the network cannot take */
function checkAlone({ labels }: Samples, refusal: Refusal): void {
  const problem = refusedAlone(refusal);
  if (problem === undefined) return;
  const remedy = labels.size === 1 ? "the data set has one sample: give more" : "take a larger batch";
  throw new ShapeError(
    `fit: the network cannot be trained on batches of one sample: ${problem.message.replace(/; [^;]*$/, "")}; ${remedy}`,
    { cause: problem },
  );
}

function wholeSteps(model: Model, data: Samples, options: StepOptions): Steps {
  const { optimizer, loss, engine, batch, augment } = options;
  const body = trainingBody(model, data, optimizer, loss);
  const typesOf = augmentedTypes(data, augment);
  const programFor = perBatchSize(body, typesOf, engine);
  const refusal = refusalOf(body as Traced, typesOf);
  if (batch === 1) checkAlone(data, refusal);
  const take: Steps["take"] = async ({ images, labels }) => {
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
  return { take, refusal, graph: programFor(batch).graph };
}

type Traced = (...inputs: Tensor[]) => TensorTree;

function stepsInParts(model: Model, data: Samples, options: StepOptions): Steps {
  const { optimizer, loss, engine, batch, accumulate, augment } = options;
  const sums = createAccumulator();
  const body = partBody(model, data, sums, loss);
  const typesOf = augmentedTypes(data, augment);
  const programFor = perBatchSize(body, typesOf, engine, [f32()]);
  const partRefusal = refusalOf(body as Traced, (size) => [...typesOf(size), f32()]);
  const least = leastPart(batch, accumulate, partRefusal);
  const { graph } = programFor(Math.ceil(batch / accumulate));
  const apply = compile(applyBody(sums, optimizer), [], { engine });
  const take: Steps["take"] = async ({ images, labels }) => {
    const [count] = labels.shape;
    let [lossSum, correct] = [0, 0];
    for (const [from, to] of divided(count, accumulate, least)) {
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
  const refusal: Refusal = (size) => {
    const sizes = divided(size, accumulate, least).map(([from, to]) => to - from);
    return [...new Set(sizes)].map(partRefusal).find((problem) => problem !== undefined);
  };
  return { take, refusal, graph };
}

/**
 * The smallest part that the network can take: 1, or 2 where one sample has no statistics.
 * @throws ShapeError where whole batches would be divided into smaller ones
 */
function leastPart(batch: number, accumulate: number, refusal: Refusal): number {
  const problem = refusedAlone(refusal);
  if (problem === undefined) return 1;
  if (batch >= 2 * accumulate) return 2;
  throw new ShapeError(
    `fit: a batch of ${batch} in ${accumulate} parts has parts of one sample, which the network cannot take: ` +
      `${problem.message}; accumulate at most ${Math.max(1, Math.floor(batch / 2))}`,
    { cause: problem },
  );
}

/**
 * Rows in a number of parts, each from one bound to the next, of sizes that differ by one at most; in fewer parts where
 * these would be smaller than `least`.
 */
function divided(rows: number, parts: number, least: number): [from: number, to: number][] {
  const count = Math.max(1, Math.min(parts, Math.floor(rows / least)));
  const bound = (i: number): number => Math.ceil((i * rows) / count);
  return Array.from({ length: count }, (_, i) => [bound(i), bound(i + 1)]);
}
