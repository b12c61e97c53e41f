/**
 * Reductions along axes: sum, maximum, minimum, and the position of the maximum. The interpreter takes sums in double
 * precision and rounds them once; compiled engines are within 1e-6 of Σ |x|, however many terms there are.
 */
import { formatShape, isFloat, normalizeAxes, normalizeAxis, ShapeError, sizeOf } from "../array/index.ts";
import {
  defineOp,
  expectTensors,
  formatType,
  located,
  naming,
  none,
  type Op,
  type OpFunction,
  reducing,
  type Tensor,
} from "../graph/index.ts";
import { flag, integer, integers, readOptions, withDefault } from "../options/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { div, equal, mul } from "./elementwise.ts";
import { aroundAxis, forEachIndex, keptShape, outputStrides } from "./indexing.ts";
import { reshape } from "./reshape.ts";
import { axisOf, expectNumber } from "./rules.ts";

interface Reduction {
  readonly start: number;
  readonly combine: (sum: number, x: number) => number;
  /** Everything already in the input's shape. */
  readonly gradient: (dy: Tensor, y: Tensor, x: Tensor, axes: readonly number[]) => Tensor;
}

function defineReduction(
  name: string,
  { start, combine, gradient }: Reduction,
): OpFunction<{ axes: ReturnType<typeof integers> }> {
  return defineOp({
    name,
    inputs: ["x"],
    attributes: { axes: integers(0) },
    shape: ({ axes }, x) => {
      expectNumber(x);
      normalizeAxes(axes, x.shape.length);
      if (!Number.isFinite(start) && axes.some((axis) => x.shape[axis] === 0)) {
        throw new ShapeError(
          `the ${name} of nothing is not defined: axes [${axes}] of ${formatShape(x.shape)} are empty`,
        );
      }
      return { shape: x.shape.filter((_, i) => !axes.includes(i)), dtype: x.dtype };
    },
    sees: reducing(({ axes }) => axes),
    gradient: ({ attributes: { axes }, inputs: [x], outputs: [y] }, [dy]) => {
      const spread = (t: Tensor) => broadcastTo(reshape(t, keptShape(x.shape, axes)), x.shape);
      return [gradient(spread(dy), spread(y), x, axes)];
    },
    reference: ({ axes }, [x], [y]) => {
      const sums = new Float64Array(y.size).fill(start);
      forEachIndex(x.shape, [outputStrides(x.shape, axes)], (at, to) => {
        sums[to] = combine(sums[to], x.data[at]);
      });
      y.data.set(sums);
    },
    samples: [
      { inputs: [{ shape: [2, 3, 5] }], attributes: { axes: [0, 2] } },
      { inputs: [{ shape: [7] }], attributes: { axes: [0] } },
      { inputs: [{ shape: [4, 3] }], attributes: { axes: [] } },
      { inputs: [{ shape: [0, 3] }], attributes: { axes: [1] } },
      { inputs: [{ shape: [3, 4], dtype: "i32", low: -9, high: 9 }], attributes: { axes: [1] } },
    ],
  });
}

/** Where several elements share the extreme, they share the derivative evenly. */
const toExtremes = (dy: Tensor, y: Tensor, x: Tensor, axes: readonly number[]): Tensor => {
  const winners = cast(equal(x, y), x.dtype);
  return div(mul(dy, winners), sum(winners, axes, { keep: true }));
};

const sumOp = defineReduction("sum", { start: 0, combine: (sum, x) => sum + x, gradient: (dy) => dy });
const maxOp = defineReduction("reduceMax", { start: -Infinity, combine: Math.max, gradient: toExtremes });
const minOp = defineReduction("reduceMin", { start: Infinity, combine: Math.min, gradient: toExtremes });

/** The first position of the maximum along an axis; NaN counts as the maximum. */
const argMaxOp = defineOp({
  name: "argMax",
  inputs: ["x"],
  attributes: { axis: integer(0) },
  shape: ({ axis }, x) => {
    normalizeAxis(axis, x.shape.length);
    if (x.shape[axis] === 0) throw new ShapeError(`axis ${axis} of ${formatShape(x.shape)} is empty`);
    return { shape: x.shape.filter((_, i) => i !== axis), dtype: "i32" };
  },
  sees: reducing(({ axis }) => [axis]),
  gradient: none("the position of a maximum is piecewise constant"),
  reference: ({ axis }, [x], [y]) => {
    const { outer, length, inner } = aroundAxis(x.shape, axis);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const first = o * length * inner + i;
        let best = 0;
        for (let k = 1; k < length && !Number.isNaN(x.data[first + best * inner]); k++) {
          if (!(x.data[first + k * inner] <= x.data[first + best * inner])) best = k;
        }
        y.data[o * inner + i] = best;
      }
    }
  },
  samples: [
    { inputs: [{ shape: [3, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [4, 1, 3] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [1, 6], values: [1, 3, NaN, 3, NaN, 2] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [2, 3], values: [2, 2, 2, -1, 5, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [0, 3] }], attributes: { axis: 1 } },
  ],
});

export const reductionOps: readonly { readonly op: Op }[] = [sumOp, maxOp, minOp, argMaxOp];

/** Options of `sum`, `mean`, `max` and `min`. */
export interface ReduceOptions {
  /** Leave the reduced axes in place, with length 1. Default false. */
  readonly keep?: boolean | undefined;
}

const readReduceOptions = (name: string, given: ReduceOptions) =>
  readOptions(located(name), { keep: withDefault(flag(), false) }, given);

type Axes = number | readonly number[];

const reduction =
  (op: typeof sumOp) =>
  (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor => {
    const { keep } = readReduceOptions(op.op.name, options);
    expectTensors(op.op.name, x);
    const normal = naming(op.op.name, () => normalizeAxes(axes, x.shape.length));
    const y = normal.length === 0 ? x : op([x], { axes: normal });
    return keep ? reshape(y, keptShape(x.shape, normal)) : y;
  };

/** The sum over the given axes, or over all; 0 where there is nothing to add. */
export const sum = reduction(sumOp);
/** The largest element along the given axes, or of all; NaN if there is one. */
export const max = reduction(maxOp);
/** The smallest element along the given axes, or of all; NaN if there is one. */
export const min = reduction(minOp);

/** The mean over the given axes, or over all. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  expectTensors("mean", x);
  readReduceOptions("mean", options);
  if (!isFloat(x.dtype))
    throw new ShapeError(`${located("mean")}: needs floating-point values, cast ${formatType(x)} first`);
  const reduced = naming("mean", () => normalizeAxes(axes, x.shape.length));
  const count = sizeOf(reduced.map((axis) => x.shape[axis]));
  return div(sum(x, axes, options), count);
}

/** The first position of the largest element along an axis (default: the last), as `i32`. */
export const argMax = (x: Tensor, axis = -1): Tensor => argMaxOp([x], { axis: axisOf("argMax", x, axis) });
