/**
 * Repeating a tensor along new leading axes and along axes of length 1 (NumPy's rule), and the sum along axes: each is the
 * gradient of the other.
 */
import {
  broadcastShapes,
  describeGiven,
  formatShape,
  OptionError,
  type Shape,
  ShapeError,
  sameShape,
  stridesOf,
} from "../array/index.ts";
import { defineOp, expectTensors, located, type OpFunction, same, type Tensor } from "../graph/index.ts";
import { integers } from "../options/index.ts";
import { forEachIndex, keptShape } from "./indexing.ts";
import { defineReduction, reduction } from "./reduction.ts";
import { reshape } from "./reshape.ts";

const broadcastAttributes = { shape: integers(0) };

const broadcastOp: OpFunction<typeof broadcastAttributes> = defineOp({
  name: "broadcastTo",
  inputs: ["x"],
  attributes: broadcastAttributes,
  shape: ({ shape }, x) => {
    if (x.shape.length > shape.length || !sameShape(broadcastShapes(x.shape, shape), shape)) {
      throw new ShapeError(`cannot be repeated to ${formatShape(shape)}`);
    }
    return { shape, dtype: x.dtype };
  },
  sees: (_, [x], [y]) => {
    const lead = y.shape.length - x.shape.length;
    return [x.shape.map((n, i) => (n === y.shape[lead + i] ? same(lead + i) : "all"))];
  },
  picks: true,
  gradient: ({ inputs: [x] }, [dy]) => [reshape(sum(dy, repeatedAxes(x.shape, dy.shape)), x.shape)],
  reference: ({ shape }, [x], [y]) => {
    const own = stridesOf(x.shape);
    const lead = shape.length - x.shape.length;
    const strides = shape.map((_, i) => (i < lead || x.shape[i - lead] === 1 ? 0 : own[i - lead]));
    forEachIndex(shape, [strides], (at, from) => {
      y.data[at] = x.data[from];
    });
  },
  samples: [
    { inputs: [{ shape: [3, 1, 2] }], attributes: { shape: [4, 3, 5, 2] } },
    { inputs: [{ shape: [] }], attributes: { shape: [2, 3] } },
    { inputs: [{ shape: [1, 3] }], attributes: { shape: [0, 3] } },
    { inputs: [{ shape: [2, 1], dtype: "i32", low: -5, high: 5 }], attributes: { shape: [2, 3] } },
  ],
});

const sumOp = defineReduction("sum", {
  start: 0,
  combine: (sum, x) => sum + x,
  picks: false,
  gradient: ({ attributes: { axes }, inputs: [x] }, [dy]) => [spreadBack(dy, x.shape, axes)],
});

export { broadcastOp, sumOp };

/** The axes of `to` along which a tensor of shape `from` is repeated. */
function repeatedAxes(from: Shape, to: Shape): number[] {
  const lead = to.length - from.length;
  return to.flatMap((n, i) => (i < lead || (from[i - lead] === 1 && n !== 1) ? [i] : []));
}

/** `x` repeated to `shape`; axes are aligned at the end, axes of length 1 and missing ones repeat. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  expectTensors("broadcastTo", x);
  if (!Array.isArray(shape))
    throw new OptionError(
      `${located("broadcastTo")}: the shape must be a list of lengths, got ${describeGiven(shape)}`,
    );
  return sameShape(x.shape, shape) ? x : broadcastOp([x], { shape: [...shape] });
}

/** Options of `sum`, `mean`, `max` and `min`. */
export interface ReduceOptions {
  /** Keep the reduced axes with length 1. Default false. */
  readonly keep?: boolean | undefined;
}

/** The sum over the given axes, or over all; 0 for empty axes. */
export const sum = reduction(sumOp);

/** Repeats a reduced tensor along `axes` to its original shape. */
export const spreadBack = (reduced: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  broadcastTo(reshape(reduced, keptShape(shape, axes)), shape);
