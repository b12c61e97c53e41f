/**
 * Splits a tensor along an axis; the inverse of concatenation. The gradient is one concatenation; slices would each have a
 * gradient as large as the whole.
 */
import { type NdArray, normalizeAxis, ShapeError } from "../array/index.ts";
import { along, defineOp, type Tensor, type TensorType } from "../graph/index.ts";
import { integer, integers } from "../options/index.ts";
import { concat } from "./concat.ts";
import { blocksAlong } from "./indexing.ts";
import { slice } from "./pad.ts";
import { axisOf } from "./rules.ts";

interface Cuts {
  readonly axis: number;
  readonly sizes: readonly number[];
}

/** The first position of each part. */
const startsOf = ({ sizes }: Cuts): number[] => sizes.map((_, k) => sizes.slice(0, k).reduce((sum, n) => sum + n, 0));

const splitOp = defineOp({
  name: "split",
  inputs: ["x"],
  attributes: { axis: integer(0), sizes: integers(0) },
  shape: ({ axis, sizes }, x): TensorType[] => {
    normalizeAxis(axis, x.shape.length);
    const total = sizes.reduce((sum, n) => sum + n, 0);
    if (total !== x.shape[axis])
      throw new ShapeError(`sizes [${sizes}] add up to ${total}, axis ${axis} has length ${x.shape[axis]}`);
    return sizes.map((size) => ({ shape: x.shape.map((n, i) => (i === axis ? size : n)), dtype: x.dtype }));
  },
  sees: along(({ axis }) => [axis]),
  gradient: ({ attributes: { axis } }, slopes) => [concat(slopes, axis)],
  reference: (cuts, [x], parts) => {
    for (const [k, start] of startsOf(cuts).entries()) copyPart(x, parts[k], cuts.axis, start);
  },
  expand: ({ attributes, inputs: [x] }) =>
    startsOf(attributes).map((start, k) => slice(x, attributes.axis, start, start + attributes.sizes[k])),
  samples: [
    { inputs: [{ shape: [2, 6, 3] }], attributes: { axis: 1, sizes: [1, 3, 2] } },
    { inputs: [{ shape: [4] }], attributes: { axis: 0, sizes: [4] } },
    { inputs: [{ shape: [3, 2] }], attributes: { axis: 0, sizes: [0, 3] } },
    { inputs: [{ shape: [2, 3], dtype: "i32", low: -9, high: 9 }], attributes: { axis: 1, sizes: [2, 1] } },
  ],
});

export { splitOp };

function copyPart(x: NdArray, part: NdArray, axis: number, start: number): void {
  const { outer, length, inner } = blocksAlong(x.shape, axis);
  const rows = part.shape[axis] * inner;
  for (let o = 0; o < outer; o++) {
    const from = (o * length + start) * inner;
    part.data.set(x.data.subarray(from, from + rows), o * rows);
  }
}

/**
 * Consecutive parts of the given lengths along an axis.
 * @throws ShapeError unless the lengths add up to that of the axis
 */
export const split = (x: Tensor, sizes: readonly number[], axis = 0): readonly Tensor[] =>
  splitOp.all([x], { axis: axisOf("split", x, axis), sizes });
