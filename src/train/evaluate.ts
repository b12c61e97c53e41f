/** What a trained model is worth: loss, accuracy and confusions on a data set, and predictions for single pictures. */

import { pause } from "#platform";
import { checkArray, type NdArray, zeros } from "../array/index.ts";
import { type AlignOptions, alignClasses, type ClassMatch } from "../data/align-classes.ts";
import { sampleCount } from "../data/batches.ts";
import type { Samples } from "../data/dataset.ts";
import { batchesInOrder, checkWorkers } from "../data/loader/loader.ts";
import { compile } from "../engines/index.ts";
import { checkModel } from "../nn/checks.ts";
import type { Model } from "../nn/index.ts";
import { readOptions } from "../options/index.ts";
import { checkSamples } from "./checks.ts";
import { lossOf } from "./losses.ts";
import { countConfusions } from "./metrics/confusion.ts";
import { evaluationBody, type ProgramOptions, perBatchSize, predictionBody } from "./programs.ts";
import { readEvaluateOptions, viewSchema } from "./settings.ts";
import { sampleTypes } from "./training-batches.ts";

/** How well a model does on a data set. */
export interface Evaluation extends ClassMatch {
  /** The mean loss over all samples. */
  readonly loss: number;
  /** The share of samples whose class has the largest score. */
  readonly accuracy: number;
  /** How many samples' classes have the largest score. */
  readonly correct: number;
  /** How many samples were evaluated. */
  readonly count: number;
  /** `i32` [classes, classes], in the order of `classes`: how often the row's class was taken for the column's. */
  readonly confusion: NdArray;
}

/** Options of `evaluateModel`. */
export interface EvaluateOptions extends ProgramOptions, AlignOptions {
  /** How many samples at a time. Default 256. */
  readonly batch?: number | undefined;
  /** How many threads fetch pictures ahead. Default: 1 where they are not in memory and there are threads, else 0. */
  readonly workers?: number | undefined;
  /** Told how many samples are done, of how many, after each batch. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** An evaluator compiles once and can be used again and again: after every epoch, say. `undefined` when it was aborted. */
export type Evaluator = (
  options?: Pick<EvaluateOptions, "onProgress"> & { readonly signal?: AbortSignal },
) => Promise<Evaluation | undefined>;

/** What `evaluateModel` does, ready to be done again and again. */
export function createEvaluator(model: Model, samples: Samples, options: EvaluateOptions = {}): Evaluator {
  checkModel("evaluate", model);
  const { batch, loss, engine, workers, unknownClasses } = readEvaluateOptions(options);
  checkWorkers(workers);
  const { data, classes, missing, leftOut } = alignClasses(checkSamples(samples), model.classes, { unknownClasses });
  const count = sampleCount(data);
  const programFor = perBatchSize(evaluationBody(model, data, lossOf(loss)), sampleTypes(data), engine);
  return async ({ signal, onProgress } = {}) => {
    let [lossSum, correct, done] = [0, 0, 0];
    const confusion = zeros([classes.length, classes.length], "i32");
    for await (const { images, labels } of batchesInOrder(data, batch, workers)) {
      const size = labels.size;
      const result = await programFor(size)(images, labels);
      lossSum += result.loss.item() * size;
      correct += result.correct.item();
      done += size;
      countConfusions(confusion, labels, result.predicted);
      onProgress?.(done, count);
      await pause();
      if (signal?.aborted) return undefined;
    }
    const figures = { loss: lossSum / count, accuracy: correct / count, correct, count, confusion };
    return { ...figures, classes, missing, leftOut };
  };
}

/**
 * Loss, accuracy and confusions of a model on a data set. Classes are matched by name where the model has names; figures
 * are in the model's order.
 * @throws DataError when the data set is empty, does not agree with itself, or has classes that the model does not know
 */
export async function evaluateModel(model: Model, data: Samples, options: EvaluateOptions = {}): Promise<Evaluation> {
  return (await createEvaluator(model, data, options)({ onProgress: options.onProgress }))!;
}

/**
 * The probabilities of the classes for pictures `u8` or `f32` [n, ...input]: `f32` [n, classes].
 * @throws ShapeError when the pictures are not what the model takes
 */
export async function predict(
  model: Model,
  images: NdArray,
  options: Pick<ProgramOptions, "engine"> = {},
): Promise<NdArray> {
  checkModel("predict", model);
  checkArray("predict", "images", images);
  const { engine } = readOptions("predict", viewSchema, options);
  return compile(predictionBody(model), [images], { engine })(images);
}
