/**
 * Top-k accuracy. Scores order classes: larger first, ties by class number, NaN before all numbers, as in `argMax`. A sample
 * is a hit when fewer than k classes precede its own; so ties do not turn misses into hits, and k = 1 is accuracy. Source:
 * O. Russakovsky et al., "ImageNet Large Scale Visual Recognition Challenge", 2015, 4.1 (its error is 1 − this).
 */
import { NdArray } from "../../array/index.ts";
import { atLeastOne } from "../checks.ts";
import { checkRows, checkScored } from "./checks.ts";

/** Whether class a, of score x, comes before class b, of score y. */
function comesBefore(a: number, x: number, b: number, y: number): boolean {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && (!Number.isNaN(y) || a < b);
  return x > y || (x === y && a < b);
}

/** The number of classes that one sample's scores put before the given one. */
export function rankOf(scores: ArrayLike<number>, label: number): number {
  let rank = 0;
  for (let k = 0; k < scores.length; k++) if (comesBefore(k, scores[k], label, scores[label])) rank++;
  return rank;
}

/** The class that each row of scores [n, classes] puts first: `i32` [n]. */
export function predictedClasses(scores: NdArray): NdArray {
  const { count } = checkRows("predictedClasses", scores);
  return new NdArray(
    Int32Array.from({ length: count }, (_, i) => topClass(scores.row(i).data)),
    [count],
    "i32",
  );
}

function topClass(scores: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < scores.length; k++) if (comesBefore(k, scores[k], best, scores[best])) best = k;
  return best;
}

/**
 * The share of samples whose class is among the first k, 0 … 1; NaN without samples, 1 where there are no more than k
 * classes.
 * @param scores or probabilities, floats [n, classes]
 * @param labels `i32` [n]
 * @throws ShapeError for other shapes and types, DataError for a label that names no class, OptionError for a k below 1
 */
export function topKAccuracy(scores: NdArray, labels: NdArray, k: number): number {
  const { count } = checkScored("topKAccuracy", scores, labels);
  atLeastOne("topKAccuracy", "k", k);
  let hits = 0;
  for (let i = 0; i < count; i++) if (rankOf(scores.row(i).data, labels.data[i]) < k) hits++;
  return hits / count;
}
