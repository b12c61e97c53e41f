/** What a trained model is worth: the loss and the task's figures on a data set. */

import { pause } from "#platform";
import { type NdArray, OptionError } from "../../array/index.ts";
import {
  type AlignOptions,
  type AnyDataset,
  alignClasses,
  batchesInOrder,
  type ClassMatch,
  columnNames,
  columnsOf,
  sampleCount,
} from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { log, maximum } from "../../ops/index.ts";
import { checkData } from "../checks.ts";
import { evaluationStep, measured, perBatchType } from "../programs.ts";
import { readEvaluateOptions } from "../settings.ts";
import type { Arrays, ClassificationDetails, Figures, Task, Tensors } from "../tasks/index.ts";
import { addTo, Collection, type Sums } from "../totals.ts";
import { inputColumns, targetColumns, type Wiring, wire } from "../wiring.ts";
import { isPredictor, type Predictor } from "./predictors.ts";
import { taskOf } from "./task-of.ts";

/** How well a model does on a data set. */
export interface Evaluation<D extends object = ClassificationDetails> extends ClassMatch {
  /** The mean loss over all samples as `loss`, and the task's figures: `{ loss, accuracy }` for classes. */
  readonly figures: Figures;
  /** More than numbers, as the task has it: for classes `correct` and the `confusion` matrix. */
  readonly details: D;
  /** How many samples were evaluated. */
  readonly count: number;
}

/** Options of `evaluateModel`. */
export interface EvaluateOptions<D extends object = ClassificationDetails> extends AlignOptions {
  /** What the model is for. Default: what it was trained for, else `classification()`. */
  readonly task?: Task<D> | undefined;
  /** The columns of inputs whose names they do not have: `{ image: "photo" }`. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** What computes, or its name. Default: the fastest that is there. */
  readonly engine?: EngineChoice | undefined;
  /** How many samples at a time. Default 256. */
  readonly batch?: number | undefined;
  /** How many threads fetch samples ahead. Default: 1 where they are not in memory and there are threads, else 0. */
  readonly workers?: number | undefined;
  /** Told how many samples are done, of how many, after each batch. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** An evaluator compiles once and can be used again and again: after every epoch, say. `undefined` when it was aborted. */
export type Evaluator<D extends object = object> = (
  options?: Pick<EvaluateOptions, "onProgress"> & { readonly signal?: AbortSignal },
) => Promise<Evaluation<D> | undefined>;

/** What one batch came to. */
interface Measured {
  readonly loss: NdArray;
  readonly sums: Arrays;
  readonly collected: Arrays;
}

/** What takes the measure of batches, and what the task knows of them. */
interface Meter {
  readonly task: Task;
  readonly scene: Wiring["scene"];
  readonly measure: (batch: Arrays) => Promise<Measured>;
}

type Settings = ReturnType<typeof readEvaluateOptions>;

/** The model and its loss in one program. */
function meterOfModel(model: Model, data: AnyDataset, task: Task, { inputs, engine }: Settings): Meter {
  const wiring = wire(model, task, data, inputs);
  const programs = perBatchType(wiring.columns, evaluationStep(wiring), engine);
  return {
    task,
    scene: wiring.scene,
    measure: (batch) => programs.for(batch)(...programs.inputs(batch)),
  };
}

/** Of probabilities of classes, whose logarithms are scores. */
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
    measure: async (batch) => {
      const given = { probabilities: await predictor.predict(batch[input]), labels: batch[labels] };
      return programs.for(given)(...programs.inputs(given));
    },
  };
}

/** @throws OptionError for a task other than classification */
function checkPredictorTask({ type }: Task): void {
  if (type === "classification") return;
  throw new OptionError(`evaluate: a predictor is for classification, got the task ${type}; give the model itself`);
}

/** What a probability of 0 counts as, so that one mistake does not make the loss infinite. */
const LEAST = 1e-30;

/** What `evaluateModel` does, ready to be done again and again. */
export function createEvaluator<D extends object = ClassificationDetails>(
  model: Model | Predictor,
  samples: AnyDataset,
  options: EvaluateOptions<D> = {},
): Evaluator<D> {
  if (!isPredictor(model)) checkModel("evaluate", model);
  const settings = readEvaluateOptions(options);
  const { batch: size, workers, unknownClasses } = settings;
  const { data, rows, ...match } = alignClasses(checkData(samples), model.classes, { unknownClasses });
  const count = sampleCount(data);
  const task = (settings.task ?? taskOf(model)) as Task<D>;
  const { measure, scene } = isPredictor(model)
    ? meterOfPredictor(model, data, task, settings)
    : meterOfModel(model, data, task, settings);
  return async ({ signal, onProgress } = {}) => {
    let [lossSum, done] = [0, 0];
    const sums: Sums = {};
    const kept = new Collection();
    for await (const batch of batchesInOrder(data, size, workers)) {
      const measured = await measure(batch);
      const samplesIn = Object.values(batch)[0].shape[0];
      lossSum += measured.loss.item() * samplesIn;
      addTo(sums, measured.sums);
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
 * The loss and the figures of a model, or of several together, on a data set. Classes are matched by name where the model
 * has names; figures are in the model's order.
 * @param model a model, or a predictor: votes over crops or of an ensemble, which tell classes apart
 * @example
 * const { figures, details } = await evaluateModel(model, test);
 * console.log(figures.accuracy, details.confusion);
 * @throws DataError when the data set is empty, does not agree with itself, has classes that the model does not know, or
 *   lacks a column that task or network need; ShapeError when its samples are not what the model takes
 */
export async function evaluateModel<D extends object = ClassificationDetails>(
  model: Model | Predictor,
  data: AnyDataset,
  options: EvaluateOptions<D> = {},
): Promise<Evaluation<D>> {
  return (await createEvaluator(model, data, options)({ onProgress: options.onProgress }))!;
}
