/**
 * Gradient clipping, so that a cliff in the error does not throw the weights far off (Pascanu, Mikolov, Bengio 2013): each
 * element to ±value, or all of them to a norm,
 *
 *   g ← g · min(1, c / |g|),   |g|² = Σ over all parameters of g²
 *
 * If the squares would over- or underflow, the norm is that of s · g with a power of two s; else s is 1.
 */

import type { DType } from "../array/index.ts";
import { describeGiven, OptionError } from "../array/index.ts";
import { expectTensors, fill, type Tensor } from "../graph/index.ts";
import {
  add,
  div,
  greater,
  less,
  lessEqual,
  maximum,
  minimum,
  mul,
  not,
  select,
  sqrt,
  square,
  sum,
} from "../ops/index.ts";

export interface ClipOptions {
  readonly clipValue: number | undefined;
  readonly clipNorm: number | undefined;
}

/** Sums of squares between `least` and `most` are exact enough; outside, gradients are first scaled `up` or `down`. */
interface Span {
  readonly least: number;
  readonly most: number;
  readonly up: number;
  readonly down: number;
}

/** Scaled numbers have squares, and sums of 2²⁰ and more of them, well inside the type's range. */
const SPANS: Partial<Record<DType, Span>> = {
  f32: { least: 2 ** -80, most: 2 ** 126, up: 2 ** 90, down: 2 ** -84 },
  f64: { least: 2 ** -900, most: 2 ** 1022, up: 2 ** 600, down: 2 ** -540 },
};

/** The norm of s · g, and s. */
interface Length {
  readonly scaled: Tensor;
  readonly scale: Tensor;
}

const addAll = (terms: readonly Tensor[]): Tensor => terms.reduce((a, b) => add(a, b));

function normOf(tensors: readonly Tensor[]): Length {
  const squares = addAll(tensors.map((g) => sum(square(g))));
  const { least, most, up, down } = SPANS[squares.dtype]!;
  const scale = select(less(squares, least), up, select(greater(squares, most), fill(down, [], squares.dtype), 1));
  return { scaled: sqrt(addAll(tensors.map((g) => sum(square(mul(g, scale)))))), scale };
}

/**
 * The norm of all tensors as one vector: NaN or ∞ if an element is, and ∞ if it exceeds the largest number of the type.
 * @throws OptionError without a tensor
 */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors))
    throw new OptionError(`globalNorm: expects a list of tensors, got ${describeGiven(tensors)}`);
  if (tensors.length === 0) throw new OptionError("globalNorm: expects at least one tensor, got none");
  expectTensors("globalNorm", ...tensors);
  const { scaled, scale } = normOf(tensors);
  return div(scaled, scale);
}

/**
 * By value first, then by norm. If an element is NaN, all clipped gradients are; an infinite one becomes NaN and the finite
 * ones 0. (`fit` skips a step with such gradients, and reports them.)
 */
export function clip(gradients: readonly Tensor[], { clipValue, clipNorm }: ClipOptions): readonly Tensor[] {
  const cut = clipValue === undefined ? gradients : gradients.map((g) => minimum(maximum(g, -clipValue), clipValue));
  if (clipNorm === undefined || cut.length === 0) return cut;
  const { scaled, scale } = normOf(cut);
  // Not reversed: NaN must not pass as small. Exactly 1 if no clipping is needed.
  const isLong = not(lessEqual(scaled, mul(scale, clipNorm)));
  const [first, second] = [select(isLong, scale, 1), select(isLong, div(clipNorm, scaled), 1)];
  return cut.map((g) => mul(mul(g, first), second));
}
