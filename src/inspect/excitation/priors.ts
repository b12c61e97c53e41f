/**
 * What ascent is held back by, each a number to be made small:
 *
 *   total variation   Σ |x[i + 1, j] − x[i, j]| + |x[i, j + 1] − x[i, j]|        (Mahendran and Vedaldi 2015)
 *   L2                Σ (x − m)², m = ½ for bounded pictures, else 0              (Simonyan et al. 2014)
 *   diversity         Σ over a ≠ b of cos(G_a, G_b), G_a = A_a A_aᵀ               (Olah et al. 2017)
 *
 * where A_a are the maps of picture a in a layer, [channels, positions], so that pictures of one batch turn out different.
 */
import { sizeOf } from "../../array/index.ts";
import { fill, type Tensor } from "../../graph/index.ts";
import { abs, add, div, matmul, reshape, slice, sqrt, square, sub, sum } from "../../ops/index.ts";

/** Of pictures [n, channels, height, width], a scalar. */
export function totalVariation(pictures: Tensor): Tensor {
  const differences = [2, 3].filter((axis) => pictures.shape[axis] > 1);
  const along = (axis: number): Tensor => {
    const { [axis]: length } = pictures.shape;
    return sum(abs(sub(slice(pictures, axis, 1, length), slice(pictures, axis, 0, length - 1))));
  };
  return differences.map(along).reduce(add, fill(0, [], pictures.dtype));
}

/** The sum of squared distances from `middle`, a scalar. */
export const squaredNorm = (pictures: Tensor, middle: number): Tensor => sum(square(sub(pictures, middle)));

/** Keeps the square root's derivative finite where nothing answers. */
const LEAST_NORM = 1e-8;

/** The sum of the cosines between the Gram matrices of different pictures, a scalar. @param maps [n, channels, …spatial] */
export function similarity(maps: Tensor): Tensor {
  const [n, channels, ...spatial] = maps.shape;
  const rows = reshape(maps, [n, channels, sizeOf(spatial)]);
  const grams = reshape(matmul(rows, rows, { transposeB: true }), [n, channels * channels]);
  const unit = div(grams, sqrt(add(sum(square(grams), 1, { keep: true }), LEAST_NORM)));
  // Every picture's cosine with itself is 1, up to the least norm.
  return sub(sum(matmul(unit, unit, { transposeB: true })), sum(square(unit)));
}
