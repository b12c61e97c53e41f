/**
 * A constraint on weights: after each step, rows longer than c are scaled down to that length,
 *
 *   w_i ← w_i · min(1, c / |w_i|)     for each row i, the weights that lead to one output
 *
 * Sources: Hinton et al. 2012, "Improving neural networks by preventing co-adaptation of feature detectors"; Kim 2014 uses
 * it for the last layer, with c = 3.
 */
import type { Tensor } from "../graph/index.ts";
import { broadcastTo, div, lessEqual, mul, reshape, select, sqrt, square, sum } from "../ops/index.ts";

/**
 * The rows of a parameter along its first axis, none longer than `most`: exactly as they are where they are not. What has
 * one axis or none, such as a bias, has no rows, and stays.
 */
export function limitRows(w: Tensor, most: number): Tensor {
  const { shape } = w;
  if (shape.length < 2) return w;
  const others = shape.slice(1).map((_, i) => i + 1);
  const norm = sqrt(sum(square(w), others));
  const scale = select(lessEqual(norm, most), 1, div(most, norm));
  return mul(w, broadcastTo(reshape(scale, [shape[0], ...others.map(() => 1)]), shape));
}
