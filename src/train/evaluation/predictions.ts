/** A predictor's probabilities for a whole data set, computed in batches. */

import { pause } from "#platform";
import { isFloat, type NdArray, ShapeError, sameShape, zeros } from "../../array/index.ts";
import { batchesInOrder, inputShape, type Samples, sampleCount, sliceRows } from "../../data/index.ts";
import { formatType, naming } from "../../graph/index.ts";
import { readOptions } from "../../options/index.ts";
import { checkData, checkSameClasses } from "../checks.ts";
import { predictionSchema } from "../settings.ts";
import { checkPredictor, type Predictor } from "./predictors.ts";

/** Options of `predictProbabilities`. */
export interface PredictionOptions {
  /** Samples per batch. Default 256. */
  readonly batch?: number | undefined;
  /** Threads that fetch pictures ahead. Default: 1 if pictures are not in memory and threads are available, else 0. */
  readonly workers?: number | undefined;
  /** Called after each batch with the number of samples done and the total. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * The probabilities of the predictor's classes for every sample, `f32` [count, classes], in the order of the data.
 * @throws DataError when the data set is empty, is inconsistent, or has other classes than the predictor or another order of
 *   them, which `alignClasses` fixes; ShapeError when its pictures do not fit the predictor
 */
export async function predictProbabilities(
  predictor: Predictor,
  data: Samples,
  options: PredictionOptions = {},
): Promise<NdArray> {
  checkPredictor("predictProbabilities", predictor);
  const { batch, workers, onProgress } = readOptions("predictProbabilities", predictionSchema, options);
  const count = sampleCount(checkData(data));
  checkSameClasses(predictor, data);
  naming(`data set ${data.name}`, () => predictor.checkInput(inputShape(data)));
  const probabilities = zeros([count, predictor.classCount]);
  let done = 0;
  for await (const { images, labels } of batchesInOrder(data, batch, { workers })) {
    const part = checkPart(await predictor.predict(images), labels.size, predictor.classCount);
    sliceRows(probabilities, done, done + labels.size).data.set(part.data);
    done += labels.size;
    onProgress?.(done, count);
    await pause();
  }
  return probabilities;
}

/** A custom predictor may return anything. */
function checkPart(part: NdArray, count: number, classes: number): NdArray {
  if (isFloat(part.dtype) && sameShape(part.shape, [count, classes])) return part;
  throw new ShapeError(`the predictor gives ${formatType(part)}, expected probabilities f32[${count},${classes}]`);
}
