/** Evaluation: the loss and the task's figures on a data set. */

import { pause } from "#platform";
import { type NdArray, OptionError } from "../../array/index.ts";
import {
  type AlignOptions,
  type AnyDataset,
  batchesInOrder,
  batchTypes,
  type ClassMatch,
  columnNames,
  columnsOf,
  sampleCount,
  streamsOf,
} from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { log, maximum, trace } from "../../ops/index.ts";
import { alignTargets, namesOfModel, type TargetNames } from "../align-targets.ts";
import { carryStreams } from "../carried-states.ts";
import { checkData } from "../checks.ts";
import { evaluationStep, measured, perBatchType } from "../programs.ts";
import { readEvaluateOptions } from "../settings.ts";
import type { Arrays, ClassificationDetails, Figures, Task, Tensors } from "../tasks/index.ts";
import { addToSums, Collection, type Sums } from "../totals.ts";
import { inputColumns, neededColumns, targetColumns, type Wiring, wire } from "../wiring.ts";
import { isPredictor, type Predictor } from "./predictors.ts";
import { taskOf } from "./task-of.ts";

/** The result of an evaluation. */
export interface Evaluation<D extends object = ClassificationDetails> extends ClassMatch {
  /** The mean loss over all samples as `loss`, and the task's figures: `{ loss, accuracy }` for classes. */
  readonly figures: Figures;
  /** Results other than single numbers, by task: for classes `correct` and the `confusion` matrix. */
  readonly details: D;
  /** The number of samples evaluated. */
  readonly count: number;
}

/** Options of `evaluateModel`. */
export interface EvaluateOptions<D extends object = ClassificationDetails> extends AlignOptions {
  /** The task. Default: the one the model was trained for, else `classification()`. */
  readonly task?: Task<D> | undefined;
  /** Columns of inputs that are named differently: `{ image: "photo" }`. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /** Samples per batch. Default 256; windows of streams are evaluated one of each stream at a time. */
  readonly batch?: number | undefined;
  /** Threads that fetch samples ahead. Default: 1 if samples are not in memory and threads are available, else 0. */
  readonly workers?: number | undefined;
  /** Called after each batch with the number of samples done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** An evaluator compiles once and can be called repeatedly, such as after every epoch. `undefined` when aborted. */
export type Evaluator<D extends object = object> = (
  options?: Pick<EvaluateOptions, "onProgress"> & { readonly signal?: AbortSignal },
) => Promise<Evaluation<D> | undefined>;

/** The results of one batch. */
interface Measured {
  readonly loss: NdArray;
  readonly sums: Arrays;
  readonly collected: Arrays;
}

/** A measuring program, and what the task knows of its batches. */
interface Meter {
  readonly task: Task;
  readonly scene: Wiring["scene"];
  /** The columns that it reads. */
  readonly columns: readonly string[];
  readonly measure: (batch: Arrays) => Promise<Measured>;
  /** Begins a pass over the data: states that batches carry on become zero. */
  readonly begin?: (() => void) | undefined;
}

type Settings = ReturnType<typeof readEvaluateOptions>;

/** The model and its loss in one program. */
function meterOfModel(model: Model, data: AnyDataset, task: Task, { inputs, engine, batch }: Settings): Meter {
  const { wiring, states } = carryStreams("evaluate", wire(model, task, data, { inputs }), data);
  const programs = perBatchType(wiring.columns, evaluationStep(wiring), engine);
  // What does not fit, such as sequences that are too long, is told now and not after an epoch.
  const types = batchTypes(data, { size: streamsOf(data) ?? Math.min(batch, sampleCount(data)) });
  trace(programs.body, programs.types(types));
  return {
    task,
    scene: wiring.scene,
    columns: neededColumns(wiring, data),
    measure: (batch) => programs.for(batch)(...programs.inputs(batch)),
    begin: states?.reset,
  };
}

/** For class probabilities; their logarithms are the scores. */
function meterOfPredictor(predictor: Predictor, data: AnyDataset, task: Task, { inputs, engine }: Settings): Meter {
  checkPredictorTask(task);
  const targets = targetColumns(task, data);
  const { input } = inputColumns(["input"], data, targets, inputs);
  const { labels } = targets;
  const names = { labels: columnNames(columnsOf(data)[labels]) ?? [] };
  const scene = { names, shapes: {}, input: [], training: false };
  const step = ({ probabilities, labels }: Tensors) =>
    measured(task, { scores: log(maximum(probabilities, LEAST)) }, { labels }, scene);
  const programs = perBatchType(["probabilities", "labels"], step, engine);
  return {
    task,
    scene,
    columns: [input, targets.labels],
    measure: async (batch) => {
      const given = { probabilities: await predictor.predict(batch[input]), labels: batch[labels] };
      return programs.for(given)(...programs.inputs(given));
    },
  };
}

const namesOfPredictor = ({ classes }: Predictor): TargetNames => (classes === undefined ? {} : { labels: classes });

/** @throws OptionError for a task that is not one of telling classes apart */
function checkPredictorTask(task: Task): void {
  const targets = Object.entries(task.targets());
  if (targets.length === 1 && targets[0][0] === "labels" && targets[0][1].kinds.includes("class")) return;
  throw new OptionError(
    `evaluate: a predictor is for classification, got the task ${task.type}; give the model itself`,
  );
}

/** What a probability of 0 counts as, so that one mistake does not make the loss infinite. */
const LEAST = 1e-30;

/** Prepares `evaluateModel` for repeated use. */
export function createEvaluator<D extends object = ClassificationDetails>(
  model: Model | Predictor,
  samples: AnyDataset,
  options: EvaluateOptions<D> = {},
): Evaluator<D> {
  if (!isPredictor(model)) checkModel("evaluate", model);
  const settings = readEvaluateOptions(options);
  const { workers, unknownClasses } = settings;
  const task = (settings.task ?? taskOf(model)) as Task<D>;
  const names = isPredictor(model) ? namesOfPredictor(model) : namesOfModel(model, task);
  const { data, rows, ...match } = alignTargets(checkData(samples), task, names, { unknownClasses });
  const count = sampleCount(data);
  const size = streamsOf(data) ?? settings.batch;
  const { measure, scene, columns, begin } = isPredictor(model)
    ? meterOfPredictor(model, data, task, settings)
    : meterOfModel(model, data, task, settings);
  return async ({ signal, onProgress } = {}) => {
    begin?.();
    let [lossSum, done] = [0, 0];
    const sums: Sums = {};
    const kept = new Collection();
    for await (const batch of batchesInOrder(data, size, { workers, columns })) {
      const measured = await measure(batch);
      const samplesIn = Object.values(batch)[0].shape[0];
      lossSum += measured.loss.item() * samplesIn;
      addToSums(sums, measured.sums);
      kept.add(task, measured.collected, samplesIn);
      done += samplesIn;
      onProgress?.(done, count);
      await pause();
      if (signal?.aborted) return undefined;
    }
    const totals = { sums, collected: kept.finish(), count, rows };
    const figures = { loss: lossSum / count, ...task.figures(totals, scene) };
    return { figures, details: task.details(totals, scene), count, ...match };
  };
}

/**
 * Evaluates a model, or several together, on a data set. Classes are matched by name where the model has names; results are
 * in the model's class order.
 * @param model a model, or for classes a predictor: a vote over crops or an ensemble
 * @example
 * const { figures, details } = await evaluateModel(model, test);
 * console.log(figures.accuracy, details.confusion);
 * @throws DataError when the data set is empty, is inconsistent, has classes unknown to the model, or lacks a column that
 *   task or network needs; ShapeError when its samples do not fit the model
 */
export async function evaluateModel<D extends object = ClassificationDetails>(
  model: Model | Predictor,
  data: AnyDataset,
  options: EvaluateOptions<D> = {},
): Promise<Evaluation<D>> {
  return (await createEvaluator(model, data, options)({ onProgress: options.onProgress }))!;
}
