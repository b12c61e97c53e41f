/**
 * Reductions along axes: maximum, minimum, mean, and the position of the maximum. The sum is in `broadcast.ts`, beside its
 * gradient.
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
  reducing,
  type Tensor,
} from "../graph/index.ts";
import { integer } from "../options/index.ts";
import { type ReduceOptions, spreadBack, sum } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { div, equal, mul } from "./elementwise.ts";
import { rowsAlong } from "./indexing.ts";
import { type Axes, defineReduction, readReduceOptions, reduction } from "./reduction.ts";
import { axisOf } from "./rules.ts";

/** The largest or the smallest element. Ties share the derivative evenly. */
const defineExtreme = (name: string, start: number, combine: (extreme: number, x: number) => number) =>
  defineReduction(name, {
    start,
    combine,
    picks: true,
    gradient: ({ attributes: { axes }, inputs: [x], outputs: [y] }, [dy]) => {
      const winners = cast(equal(x, spreadBack(y, x.shape, axes)), x.dtype);
      return [div(mul(spreadBack(dy, x.shape, axes), winners), sum(winners, axes, { keep: true }))];
    },
  });

const maxOp = defineExtreme("reduceMax", -Infinity, Math.max);
const minOp = defineExtreme("reduceMin", Infinity, Math.min);

/** Rows that engines compute in vectors: all in disorder, equal, with equal maxima, with NaN twice, with 0 after −0, last. */
const LONG = 83;
const longRow = (value: (i: number) => number): number[] => Array.from({ length: LONG }, (_, i) => value(i));
const LONG_ROWS = [
  longRow((i) => (i * 37) % LONG),
  longRow(() => -2),
  longRow((i) => ([23, 24, 40].includes(i) ? 9 : i % 5)),
  longRow((i) => ([21, 50].includes(i) ? Number.NaN : i)),
  longRow((i) => (i === 7 ? -0 : i === 2 ? -Infinity : i === 30 ? 0 : -i)).with(0, -1),
  longRow((i) => i),
];

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
    const { count, length, at } = rowsAlong(x.shape, axis);
    for (let row = 0; row < count; row++) {
      let best = 0;
      for (let k = 1; k < length && !Number.isNaN(x.data[at(row, best)]); k++) {
        if (!(x.data[at(row, k)] <= x.data[at(row, best)])) best = k;
      }
      y.data[row] = best;
    }
  },
  samples: [
    { inputs: [{ shape: [3, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [4, 1, 3] }], attributes: { axis: 0 } },
    { inputs: [{ shape: [1, 6], values: [1, 3, NaN, 3, NaN, 2] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [2, 3], values: [2, 2, 2, -1, 5, 5] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [0, 3] }], attributes: { axis: 1 } },
    { inputs: [{ shape: [LONG_ROWS.length, LONG], values: LONG_ROWS.flat() }], attributes: { axis: 1 } },
  ],
});

export const reductionOps: readonly { readonly op: Op }[] = [maxOp, minOp, argMaxOp];

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
