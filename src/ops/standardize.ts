/**
 * Standardization along axes, the heart of batch, layer, group and instance normalization:
 *
 *   μ = Σ x / n,  σ² = Σ (x − μ)² / n,  y = (x − μ) / √(σ² + ε) · scale + offset
 *
 * with n elements in each group. With r = 1 / √(σ² + ε) and x̂ = (x − μ) r the gradients are
 *
 *   ∂E/∂offset = Σ dy,  ∂E/∂scale = Σ dy x̂,  ∂E/∂x = scale · r · (dy − ∂E/∂offset / n − x̂ · ∂E/∂scale / n):
 *
 * two sums, which is why this is one op. Source: Ioffe and Szegedy 2015; CMU 11-785, "Batch normalization".
 *
 * The mean is kept in two parts, m + q with m the nearest number of the type to it: of 10⁶ ± 1 in float32, m may be a
 * thirtieth off. With d = x − m,
 *
 *   σ² = Σ d² / n − q²,  Σ dy (x − μ) = Σ dy d − q Σ dy.
 */
import { checkOptions, formatShape, normalizeAxes, type Shape, ShapeError, sameShape, sizeOf } from "../array/index.ts";
import { along, defineOp, expectTensors, fill, located, naming, type Tensor } from "../graph/index.ts";
import { integers, positive } from "../options/index.ts";
import { broadcastTo, sum } from "./broadcast.ts";
import { add, div, finite, mul, relu, select, sqrt, square, sub } from "./elementwise.ts";
import { forEachIndex, keptShape, outputStrides } from "./indexing.ts";
import { sliceOp } from "./pad.ts";
import { mean as meanOf } from "./reduce.ts";
import { expectFloat } from "./rules.ts";

const reducedCount = ({ shape }: { readonly shape: Shape }, axes: readonly number[]): number =>
  sizeOf(axes.map((axis) => shape[axis]));

/** 1 / √(σ² + ε). */
const inverseDeviation = (variance: Tensor, epsilon: number): Tensor => div(1, sqrt(add(variance, epsilon)));

/**
 * The first element of each group, or 0 where it is not finite. Sums of x − start are exact where all elements are equal,
 * and as precise as the differences if x is large.
 */
function groupStart(x: Tensor, axes: readonly number[]): Tensor {
  const size = keptShape(x.shape, axes);
  const first = sliceOp([x], { start: size.map(() => 0), size, step: size.map(() => 1) });
  return select(finite(first), first, 0);
}

/** The scale of differences before squaring, so that float32 holds even the squares of 10²⁸. */
const SHRINK = 2 ** -40;
const SMALLEST_FLOAT32 = 2 ** -126;

/** If ε would become subnormal, there is no room for scaling. */
const shrinkFor = (epsilon: number): number => (epsilon * SHRINK ** 2 >= SMALLEST_FLOAT32 ? SHRINK : 1);

const isUnused = ({ node }: Tensor): boolean => node.kind === "fill" && node.value === 0;

const standardizeOp = defineOp({
  name: "standardize",
  inputs: ["x", "scale", "offset"],
  attributes: { axes: integers(0), epsilon: positive() },
  shape: ({ axes }, x, scale, offset) => {
    expectFloat(x, scale, offset);
    normalizeAxes(axes, x.shape.length);
    if (reducedCount(x, axes) === 0)
      throw new ShapeError(`nothing has no mean: axes [${axes}] of ${formatShape(x.shape)} are empty`);
    const kept = { shape: keptShape(x.shape, axes), dtype: x.dtype };
    if (!sameShape(scale.shape, kept.shape) || !sameShape(offset.shape, kept.shape))
      throw new ShapeError(`scale and offset must have the shape ${formatShape(kept.shape)}`);
    return [x, kept, kept, kept];
  },
  sees: along(({ axes }) => axes),
  gradient: ({ attributes: { axes, epsilon }, inputs: [x, scale], outputs }, [dy, dMean, dVar]) => {
    const [, mean, variance, rest] = outputs;
    const spread = (t: Tensor): Tensor => broadcastTo(t, x.shape);
    const share = 1 / reducedCount(x, axes);
    const r = inverseDeviation(variance, epsilon);
    const near = sub(x, spread(mean));
    const dOffset = sum(dy, axes, { keep: true });
    const dScale = mul(r, sub(sum(mul(dy, near), axes, { keep: true }), mul(rest, dOffset)));
    const slope = mul(scale, r);
    const alongCentered = mul(mul(mul(slope, r), dScale), share);
    const alongOnes = sub(mul(mul(slope, dOffset), share), mul(rest, alongCentered));
    const dx = sub(mul(dy, spread(slope)), add(mul(near, spread(alongCentered)), spread(alongOnes)));
    const fromMean = isUnused(dMean) ? dx : add(dx, spread(mul(dMean, share)));
    const centered = (): Tensor => sub(near, spread(rest));
    const fromBoth = isUnused(dVar) ? fromMean : add(fromMean, mul(centered(), spread(mul(dVar, 2 * share))));
    return [fromBoth, dScale, dOffset];
  },
  expand: ({ attributes: { axes, epsilon }, inputs: [x, scale, offset] }) => {
    const spread = (t: Tensor): Tensor => broadcastTo(t, x.shape);
    const average = (t: Tensor): Tensor => meanOf(t, axes, { keep: true });
    const start = groupStart(x, axes);
    const step = average(sub(x, spread(start)));
    const mean = add(start, step);
    const rest = sub(step, sub(mean, start));
    const near = sub(x, spread(mean));
    const shrink = shrinkFor(epsilon);
    const squares = average(square(mul(near, shrink)));
    const shrunk = relu(sub(squares, square(mul(rest, shrink))));
    const slope = mul(scale, div(shrink, sqrt(add(shrunk, epsilon * shrink ** 2))));
    const y = add(mul(near, spread(slope)), spread(sub(offset, mul(rest, slope))));
    return [y, mean, mul(shrunk, shrink ** -2), rest];
  },
  reference: ({ axes, epsilon }, [x, scale, offset], [y, mean, variance, rest]) => {
    const strides = outputStrides(x.shape, axes);
    const count = reducedCount(x, axes);
    const average = (term: (at: number, group: number) => number): Float64Array => {
      const sums = new Float64Array(mean.size);
      forEachIndex(x.shape, [strides], (at, group) => {
        sums[group] += term(at, group);
      });
      return sums.map((total) => total / count);
    };
    const means = average((at) => x.data[at]);
    const variances = average((at, group) => (x.data[at] - means[group]) ** 2);
    mean.data.set(means);
    rest.data.set(means.map((value, group) => value - mean.data[group]));
    variance.data.set(variances);
    forEachIndex(x.shape, [strides], (at, group) => {
      const deviation = Math.sqrt(variances[group] + epsilon);
      y.data[at] = ((x.data[at] - means[group]) / deviation) * scale.data[group] + offset.data[group];
    });
  },
  samples: [
    sample([2, 3, 5], [0, 2], 1e-5),
    sample([4, 7], [1], 1e-5),
    sample([5, 2, 1, 3], [0, 2, 3], 1),
    sample([3, 1], [1], 0.5),
    sample([0, 3], [1], 1e-5),
    sample([6], [0], 1e-3),
  ],
});

function sample(shape: readonly number[], axes: readonly number[], epsilon: number) {
  const kept = { shape: keptShape(shape, axes) };
  return { inputs: [{ shape }, kept, kept], attributes: { axes, epsilon } };
}

export { standardizeOp };

/** The result of `standardize`, with the statistics. */
export interface Standardized {
  /** (x − mean) / √(variance + ε), optionally scaled and shifted; of the shape of x. */
  readonly y: Tensor;
  /**
   * In the shape of x with length 1 along the axes. The variance is Σ (x − μ)² / n, which is ∞ if it exceeds the largest
   * number of the type; derivatives are 0 then.
   */
  readonly mean: Tensor;
  /** As `mean`, of the same shape. */
  readonly variance: Tensor;
}

/** Options of `standardize`. */
export interface StandardizeOptions {
  /** Added to the variance; above 0. Default 1e−5. */
  readonly epsilon?: number | undefined;
  /** The factor of the result; broadcast to x with length 1 along the axes. Default: none. */
  readonly scale?: Tensor | undefined;
  /** Added after that, likewise. Default: none. */
  readonly offset?: Tensor | undefined;
}

/**
 * Elements minus the mean along the axes, divided by the deviation √(σ² + ε) along them.
 * @throws ShapeError where an axis is empty
 */
export function standardize(
  x: Tensor,
  axes: number | readonly number[],
  options: StandardizeOptions = {},
): Standardized {
  expectTensors("standardize", x);
  checkOptions(located("standardize"), options);
  const { epsilon = 1e-5, scale, offset } = options;
  const reduced = naming("standardize", () => normalizeAxes(axes, x.shape.length));
  const kept = keptShape(x.shape, reduced);
  const spread = (t: Tensor): Tensor => naming("standardize", () => broadcastTo(t, kept));
  const factor = scale === undefined ? fill(1, kept, x.dtype) : spread(scale);
  const shift = offset === undefined ? fill(-0, kept, x.dtype) : spread(offset);
  const [y, mean, variance] = standardizeOp.all([x, factor, shift], { axes: reduced, epsilon });
  return { y, mean, variance };
}
