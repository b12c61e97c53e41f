/**
 * Statistics of a layer, added up over batches. Means and squares are joined in double precision (Chan, Golub, LeVeque 1979):
 *
 *   n = n₁ + n₂,  δ = μ₂ − μ₁,  μ = μ₁ + δ n₂ / n,  M = M₁ + M₂ + δ² n₁ n₂ / n,  σ² = M / n
 */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { cast, equal, finite, greater, less, max, mean, min, mul, not, or, square, sub, sum } from "../../ops/index.ts";

/** What a layer gives over a data set. */
export interface LayerStatistics {
  /** The path of the layer. */
  readonly path: string;
  /** The type of the layer. */
  readonly type: string;
  /** The mean of all its outputs. */
  readonly mean: number;
  /** Their standard deviation. */
  readonly deviation: number;
  /** The least of them. */
  readonly min: number;
  /** The largest of them. */
  readonly max: number;
  /** The share of outputs that are 0. */
  readonly zeros: number;
  /** The share of outputs within 1 % of an end of what the function can give; `undefined` for functions without ends. */
  readonly saturated: number | undefined;
  /** The share of outputs that are NaN or infinite. */
  readonly notFinite: number;
  /** The number of units: channels of maps, or numbers. */
  readonly units: number;
  /** The numbers of units that are the same for all samples, at all positions: dead ones. */
  readonly dead: readonly number[];
  /** √ of the mean over samples of ‖∂ loss of a sample / ∂ output‖²; `undefined` without `gradients`. */
  readonly gradientNorm: number | undefined;
}

/** The ends of what activation functions can give, by type. */
const ends: Readonly<Record<string, readonly [number, number]>> = {
  tanh: [-1, 1],
  hardTanh: [-1, 1],
  softsign: [-1, 1],
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  relu6: [0, 6],
};
const SATURATED = 0.01;

const share = (condition: Tensor): Tensor => mean(cast(condition, "f32"));

/** The reductions of a batch of a layer's outputs that its statistics are made of, and of the loss's slope by them. */
export function reductionsOf(x: Tensor, type: string, slope: Tensor | undefined) {
  const range = ends[type];
  const others = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const average = mean(x);
  const margin = range && SATURATED * (range[1] - range[0]);
  return {
    mean: average,
    variance: mean(square(sub(x, average))),
    zeros: share(equal(x, 0)),
    notFinite: share(not(finite(x))),
    highest: max(x, others),
    lowest: min(x, others),
    ...(range && { saturated: share(or(less(x, range[0] + margin!), greater(x, range[1] - margin!))) }),
    // The loss is a mean over n samples: ∂ loss of a sample = n · ∂ loss.
    ...(slope && { squares: mul(sum(square(slope)), x.shape[0] ** 2) }),
  };
}

/** The reductions of a batch, computed. */
export type Measured = { readonly [K in keyof ReturnType<typeof reductionsOf>]: NdArray };

/** What is known of a layer after some samples; shares are sums over samples. */
export interface LayerSums {
  readonly samples: number;
  readonly mean: number;
  readonly spread: number;
  readonly zeros: number;
  readonly notFinite: number;
  readonly saturated: number | undefined;
  readonly squares: number;
  readonly highest: Float64Array;
  readonly lowest: Float64Array;
}

/** The sums with those of another batch, of n samples. */
export function joined(before: LayerSums | undefined, found: Measured, n: number): LayerSums {
  const now: LayerSums = {
    samples: n,
    mean: found.mean.item(),
    spread: found.variance.item() * n,
    zeros: found.zeros.item() * n,
    notFinite: found.notFinite.item() * n,
    saturated: found.saturated && found.saturated.item() * n,
    squares: found.squares?.item() ?? 0,
    highest: Float64Array.from(found.highest.data),
    lowest: Float64Array.from(found.lowest.data),
  };
  if (before === undefined) return now;
  const samples = before.samples + n;
  const delta = now.mean - before.mean;
  return {
    samples,
    mean: before.mean + (delta * n) / samples,
    spread: before.spread + now.spread + (delta ** 2 * before.samples * n) / samples,
    zeros: before.zeros + now.zeros,
    notFinite: before.notFinite + now.notFinite,
    saturated: now.saturated === undefined ? undefined : before.saturated! + now.saturated,
    squares: before.squares + now.squares,
    highest: now.highest.map((value, unit) => Math.max(value, before.highest[unit])),
    lowest: now.lowest.map((value, unit) => Math.min(value, before.lowest[unit])),
  };
}

/** The statistics that the sums are of. */
export function finished(path: string, type: string, layer: LayerSums, gradients: boolean): LayerStatistics {
  const { samples, highest, lowest, spread, saturated, squares } = layer;
  return {
    path,
    type,
    mean: layer.mean,
    deviation: Math.sqrt(spread / samples),
    min: lowest.reduce((a, b) => Math.min(a, b), Infinity),
    max: highest.reduce((a, b) => Math.max(a, b), -Infinity),
    zeros: layer.zeros / samples,
    saturated: saturated === undefined ? undefined : saturated / samples,
    notFinite: layer.notFinite / samples,
    units: highest.length,
    dead: [...highest.keys()].filter((unit) => highest[unit] === lowest[unit]),
    gradientNorm: gradients ? Math.sqrt(squares / samples) : undefined,
  };
}
