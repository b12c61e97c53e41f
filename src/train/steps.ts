/** Training steps: in one program, or in parts whose gradients are summed before the update. */
import { FoveaError, full, mapValues, type NdArray, type Shape, ShapeError } from "../array/index.ts";
import { sliceRows } from "../data/index.ts";
import { compile, type EngineChoice } from "../engines/index.ts";
import { f32, type Graph, type TensorType } from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { createAccumulator, type Optimizer } from "../optim/index.ts";
import type { Refusal } from "./epoch-plan.ts";
import { applyBody, type BatchProgram, partStep, perBatchType, trainingStep } from "./programs.ts";
import type { Arrays, Tensors } from "./tasks/index.ts";
import { addToSums, type SumShapes, type Sums } from "./totals.ts";
import type { Wiring } from "./wiring.ts";

export interface StepOutcome {
  /** The mean over the samples of the step. */
  readonly loss: number;
  /** The task's sums. */
  readonly sums: Arrays;
  readonly gradientNorm: number;
  /** Where loss or gradients were not finite, if so; the parameters are then unchanged. */
  readonly broken?: { readonly graph: Graph; readonly inputs: readonly NdArray[] };
}

/** The types of a batch of a given number of samples, by column. */
export type TypesOf = (size: number) => Readonly<Record<string, TensorType>>;

/** A way to train on batches. */
export interface Steps {
  /** Trains on the samples of a batch. */
  readonly take: (batch: Arrays) => Promise<StepOutcome>;
  /** The error of batches of a size that the network cannot take; found by tracing, before compiling. */
  readonly refusal: Refusal;
  /** The traced graph of a step. */
  readonly graph: Graph;
  /** The shape of each sum that the task adds up. */
  readonly sumShapes: SumShapes;
}

export interface TrainingStepOptions {
  readonly optimizer: Optimizer;
  readonly engine?: EngineChoice | undefined;
  /** Samples in the data set. */
  readonly samples: number;
  /** Samples per step. */
  readonly batch: number;
  /** Parts of a step. */
  readonly accumulate: number;
  /** The types of the batches of a step, after augmentation. */
  readonly typesOf: TypesOf;
}

/** Compiles the first programs at once: tracing them makes the optimizer's slots, which every checkpoint holds. */
export const createSteps = (wiring: Wiring, options: TrainingStepOptions): Steps =>
  options.accumulate === 1 ? stepsOfWholes(wiring, options) : stepsInParts(wiring, options);

/** The error of tracing batches that do not fit, if any. */
function refusalOf({ body, types }: BatchProgram<never>, typesOf: TypesOf) {
  return (size: number): FoveaError | undefined => {
    try {
      trace(body, types(typesOf(size)));
      return undefined;
    } catch (error) {
      if (error instanceof FoveaError) return error;
      throw error;
    }
  };
}

/** The network's error for a single sample where it takes two, as with batch statistics. */
function refusedAlone(refusal: Refusal): FoveaError | undefined {
  const problem = refusal(1);
  return problem === undefined || refusal(2) !== undefined ? undefined : problem;
}

/** @throws ShapeError for batches of one sample that the network cannot take */
function checkAlone(refusal: Refusal, samples: number): void {
  const problem = refusedAlone(refusal);
  if (problem === undefined) return;
  const remedy = samples === 1 ? "the data set has one sample: give more" : "take a larger batch";
  throw new ShapeError(
    `fit: the network cannot be trained on batches of one sample: ${problem.message.replace(/; [^;]*$/, "")}; ${remedy}`,
    { cause: problem },
  );
}

const batchSize = (batch: Arrays): number => Object.values(batch)[0].shape[0];

/** A step, and the shapes of the task's sums as they are found by tracing it. */
function watched<A extends readonly unknown[], O extends { readonly sums: Tensors }>(step: (...inputs: A) => O) {
  const sumShapes: Record<string, Shape> = {};
  const body = (...inputs: A): O => {
    const result = step(...inputs);
    for (const [name, { shape }] of Object.entries(result.sums)) sumShapes[name] = shape;
    return result;
  };
  return { body, sumShapes };
}

function stepsOfWholes(
  wiring: Wiring,
  { optimizer, engine, batch: size, samples, typesOf }: TrainingStepOptions,
): Steps {
  const { body, sumShapes } = watched(trainingStep(wiring, optimizer));
  const programs = perBatchType(wiring.columns, body, engine);
  const refusal = refusalOf(programs as never, typesOf);
  if (size === 1) checkAlone(refusal, samples);
  const first = programs.for(typesOf(size));
  const take: Steps["take"] = async (batch) => {
    const inputs = programs.inputs(batch);
    const program = programs.for(batch);
    const { loss, sums, gradientNorm, finite } = await program(...inputs);
    return {
      loss: loss.item(),
      sums,
      gradientNorm: gradientNorm.item(),
      ...(finite.item() === 0 && { broken: { graph: program.graph, inputs } }),
    };
  };
  return { take, refusal, graph: first.graph, sumShapes };
}

function stepsInParts(
  wiring: Wiring,
  { optimizer, engine, batch: size, accumulate, typesOf }: TrainingStepOptions,
): Steps {
  const parts = createAccumulator();
  const { body, sumShapes } = watched(partStep(wiring, parts));
  const programs = perBatchType(wiring.columns, body, engine, [f32()]);
  const partRefusal = refusalOf(programs as never, typesOf);
  const least = leastPart(size, accumulate, partRefusal);
  const first = programs.for(typesOf(Math.ceil(size / accumulate)));
  const apply = compile(applyBody(parts, optimizer), [], { engine });
  const take: Steps["take"] = async (batch) => {
    const count = batchSize(batch);
    const sums: Sums = {};
    let lossSum = 0;
    for (const [from, to] of divided(count, accumulate, least)) {
      const share = (to - from) / count;
      const part = mapValues(batch, (array) => sliceRows(array, from, to));
      const inputs = programs.inputs(part, full([], share));
      const program = programs.for(part);
      const result = await program(...inputs);
      lossSum += share * result.loss.item();
      addToSums(sums, result.sums);
      if (result.finite.item() === 0)
        return {
          loss: result.loss.item(),
          sums,
          gradientNorm: result.gradientNorm.item(),
          broken: { graph: program.graph, inputs },
        };
    }
    const result = await apply();
    return {
      loss: lossSum,
      sums,
      gradientNorm: result.gradientNorm.item(),
      ...(result.finite.item() === 0 && { broken: { graph: apply.graph, inputs: [] } }),
    };
  };
  const refusal: Refusal = (count) => {
    const sizes = divided(count, accumulate, least).map(([from, to]) => to - from);
    return [...new Set(sizes)].map(partRefusal).find((problem) => problem !== undefined);
  };
  return { take, refusal, graph: first.graph, sumShapes };
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

/** The bounds of parts whose sizes differ by at most one; fewer parts where they would be smaller than `least`. */
function divided(rows: number, parts: number, least: number): [from: number, to: number][] {
  const count = Math.max(1, Math.min(parts, Math.floor(rows / least)));
  const bound = (i: number): number => Math.ceil((i * rows) / count);
  return Array.from({ length: count }, (_, i) => [bound(i), bound(i + 1)]);
}
