/** Checks of the arguments of metrics: labels within the classes, and one row of scores for each. */
import { checkArray, DataError, formatShape, isFloat, type NdArray, ShapeError, sameShape } from "../../array/index.ts";
import { formatType } from "../../graph/index.ts";

/**
 * Labels `i32` and predicted classes `i32` of one shape; predictions at ignored labels may be anything.
 * @throws ShapeError unless they are that, DataError where one of them names no class
 */
export function checkPairs(where: string, labels: NdArray, predicted: NdArray, classes: number, ignore?: number): void {
  checkArray(where, "labels", labels);
  checkArray(where, "predicted classes", predicted);
  if (labels.dtype !== "i32" || predicted.dtype !== "i32" || !sameShape(labels.shape, predicted.shape)) {
    throw new ShapeError(
      `${where}: needs labels and predicted classes, i32 of one shape, got ${formatType(labels)} and ${formatType(predicted)}`,
    );
  }
  for (let i = 0; i < labels.size; i++) {
    if (labels.data[i] === ignore) continue;
    checkClass(where, "label", labels, i, classes);
    checkClass(where, "predicted class", predicted, i, classes);
  }
}

/**
 * Scores or probabilities, floats [n, classes], and labels `i32` [n].
 * @throws ShapeError unless they are that, DataError where a label names no class
 */
export function checkScored(where: string, scores: NdArray, labels: NdArray): { count: number; classes: number } {
  const { count, classes } = checkRows(where, scores);
  checkArray(where, "labels", labels);
  if (labels.dtype !== "i32" || !sameShape(labels.shape, [count]))
    throw new ShapeError(`${where}: needs labels i32[${count}] for ${formatType(scores)}, got ${formatType(labels)}`);
  for (let i = 0; i < count; i++) checkClass(where, "label", labels, i, classes);
  return { count, classes };
}

/** @throws ShapeError unless there is a row of floats for each sample, with at least one class */
export function checkRows(where: string, scores: NdArray): { count: number; classes: number } {
  checkArray(where, "scores", scores);
  const [count, classes] = scores.shape;
  if (isFloat(scores.dtype) && scores.shape.length === 2 && classes > 0) return { count, classes };
  throw new ShapeError(`${where}: needs scores [n, classes] in floats, got ${formatType(scores)}`);
}

function checkClass(where: string, what: string, { data }: NdArray, i: number, classes: number): void {
  if (data[i] >= 0 && data[i] < classes) return;
  throw new DataError(`${where}: ${what} ${i} is ${data[i]}; there are ${classes} classes, 0 to ${classes - 1}`);
}

/** How far above 1 rounding may raise a float32 probability. */
const PROBABILITY_ROUNDING = 1e-4;

/**
 * Probabilities, floats [n, classes], and labels `i32` [n]; NaN stays NaN.
 * @throws ShapeError unless they are that, DataError where a label names no class or a number is no probability
 */
export function checkProbable(where: string, scores: NdArray, labels: NdArray): { count: number; classes: number } {
  const checked = checkScored(where, scores, labels);
  for (let i = 0; i < checked.count; i++) {
    const row = Array.from(scores.row(i).data).filter((p) => !Number.isNaN(p));
    const [least, most] = [row.reduce((a, b) => Math.min(a, b), 1), row.reduce((a, b) => Math.max(a, b), 0)];
    if (least >= 0 && most <= 1 + PROBABILITY_ROUNDING) continue;
    const what =
      most > 1 + PROBABILITY_ROUNDING ? `largest of sample ${i} is ${most}` : `smallest of sample ${i} is ${least}`;
    throw new DataError(`${where}: needs probabilities; the ${what}: apply softmax to scores`);
  }
  return checked;
}

/**
 * The number of classes of a confusion matrix.
 * @throws ShapeError unless it is square, DataError where an element is no count
 */
export function checkConfusion(where: string, confusion: NdArray): number {
  checkArray(where, "the confusion matrix", confusion);
  const { shape } = confusion;
  if (shape.length !== 2 || shape[0] !== shape[1])
    throw new ShapeError(`${where}: needs a confusion matrix [classes, classes], got ${formatShape(shape)}`);
  const wrong = confusion.data.findIndex((count) => !(count >= 0 && count < Number.POSITIVE_INFINITY));
  if (wrong < 0) return shape[0];
  throw new DataError(
    `${where}: a confusion matrix counts samples, got ${confusion.data[wrong]} for label ${Math.floor(wrong / shape[0])}`,
  );
}
