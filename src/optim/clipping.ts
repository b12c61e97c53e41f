/**
 * Gradients that are too large, cut down before an update, so that a cliff in the error does not throw the weights far
 * off (Pascanu, Mikolov, Bengio 2013): each element to ±value, or all of them together to a length,
 *
 *   g ← g · min(1, c / |g|),   |g|² = Σ over all parameters of g²
 */
import type { Tensor } from "../graph/index.ts";
import { add, div, maximum, minimum, mul, sqrt, square, sum } from "../ops/index.ts";

export interface ClipOptions {
  readonly clipValue: number | undefined;
  readonly clipNorm: number | undefined;
}

/** The length of all tensors taken as one vector. */
export const globalNorm = (tensors: readonly Tensor[]): Tensor =>
  sqrt(tensors.map((g) => sum(square(g))).reduce((a, b) => add(a, b)));

/** By value first, then by length. */
export function clip(gradients: readonly Tensor[], { clipValue, clipNorm }: ClipOptions): readonly Tensor[] {
  const cut = clipValue === undefined ? gradients : gradients.map((g) => minimum(maximum(g, -clipValue), clipValue));
  if (clipNorm === undefined || cut.length === 0) return cut;
  // Exactly 1 where nothing is too long.
  const scale = div(clipNorm, maximum(globalNorm(cut), clipNorm));
  return cut.map((g) => mul(g, scale));
}
