/**
 * Proper scores, which only the true probabilities optimize, of probabilities p [n, classes] and labels y:
 *
 *   negative log-likelihood  1/n Σ_i −ln p_{i, y_i}        Brier score  1/n Σ_i Σ_k (p_{i, k} − [k = y_i])²
 *
 * Sources: I. J. Good, "Rational Decisions", 1952; G. W. Brier, "Verification of Forecasts Expressed in Terms of
 * Probability", 1950 (from 0, all certain and right, to 2, all certain and wrong).
 */
import type { NdArray } from "../../array/index.ts";
import { checkProbable } from "./checks.ts";

/** The smallest normal number of float32: what softmax makes of larger gaps between scores may have become 0. */
const LEAST_PROBABILITY = 2 ** -126;

/**
 * The mean of −ln p of the samples' own classes, in nats. A probability below 2⁻¹²⁶ counts as that, 87.3 nats: what
 * float32 holds below it is rounded, at last to 0. NaN without samples, and where a probability is not a number.
 * @param probabilities floats [n, classes]
 * @param labels `i32` [n]
 * @throws ShapeError for other shapes and types, DataError for a label that names no class and for scores that are no
 *   probabilities
 */
export function negativeLogLikelihood(probabilities: NdArray, labels: NdArray): number {
  return meanOver(
    "negativeLogLikelihood",
    probabilities,
    labels,
    (p, label) => -Math.log(Math.max(p[label], LEAST_PROBABILITY)),
  );
}

/**
 * The mean squared distance of the probabilities, floats [n, classes], from certainty of the labels `i32` [n]: 0 … 2. NaN
 * without samples, and where a probability is not a number.
 * @throws ShapeError for other shapes and types, DataError for a label that names no class and for scores that are no
 *   probabilities
 */
export function brierScore(probabilities: NdArray, labels: NdArray): number {
  return meanOver("brierScore", probabilities, labels, (p, label) => {
    let sum = 0;
    for (let k = 0; k < p.length; k++) sum += (p[k] - (k === label ? 1 : 0)) ** 2;
    return sum;
  });
}

function meanOver(
  where: string,
  probabilities: NdArray,
  labels: NdArray,
  scoreOf: (p: ArrayLike<number>, label: number) => number,
): number {
  const { count } = checkProbable(where, probabilities, labels);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += scoreOf(probabilities.row(i).data, labels.data[i]);
  return sum / count;
}
