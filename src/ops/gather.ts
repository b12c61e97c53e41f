/**
 * Gather along an axis, and its gradient, scatter-add:
 *
 *   gather      y[…, j, …] = x[…, index[…, j, …], …]
 *   scatterAdd  y[…, index[…, j, …], …] += x[…, j, …]
 *
 * Positions outside the axis read NaN (0 for integers) and add nothing.
 */
import { isFloat, NdArray, normalizeAxis, ShapeError } from "../array/index.ts";
import {
  along,
  bytesOfTypes,
  constant,
  defineOp,
  expectTensors,
  formatType,
  same,
  type Tensor,
  type TensorType,
} from "../graph/index.ts";
import { integer } from "../options/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { and, greaterEqual, less, select } from "./elementwise.ts";
import { rowsAlong } from "./indexing.ts";
import { reshape } from "./reshape.ts";
import { axisOf, expectFloat, expectInteger } from "./rules.ts";

function expectAgreement(axis: number, x: TensorType, index: TensorType): void {
  expectInteger(index, "index");
  normalizeAxis(axis, x.shape.length);
  if (index.shape.length !== x.shape.length || index.shape.some((n, i) => i !== axis && n !== x.shape[i])) {
    throw new ShapeError(`index may differ from x along axis ${axis} only: ${formatType(x)} and ${formatType(index)}`);
  }
}

const replaceAxis = ({ shape }: TensorType, axis: number, length: number): number[] =>
  shape.map((n, i) => (i === axis ? length : n));

/** Visits each index entry, row by row, with the element of `target` it points at, −1 outside. */
function forEachTarget(
  index: NdArray,
  axis: number,
  target: NdArray,
  visit: (entry: number, element: number) => void,
): void {
  const [entries, elements] = [rowsAlong(index.shape, axis), rowsAlong(target.shape, axis)];
  for (let row = 0; row < entries.count; row++) {
    for (let k = 0; k < entries.length; k++) {
      const entry = entries.at(row, k);
      const position = index.data[entry];
      visit(entry, position >= 0 && position < elements.length ? elements.at(row, position) : -1);
    }
  }
}

const gatherOp = defineOp({
  name: "gather",
  inputs: ["x", "index"],
  attributes: { axis: integer(0) },
  shape: ({ axis }, x, index) => {
    expectAgreement(axis, x, index);
    return { shape: index.shape, dtype: x.dtype };
  },
  sees: ({ axis }, [x, index]) => [
    x.shape.map((_, i) => (i === axis ? "all" : same(i))),
    index.shape.map((_, i) => same(i)),
  ],
  // Of a long table only the gathered rows are read.
  cost: (_, [, index], [y]) => ({ bytes: bytesOfTypes(index, y, y) }),
  gradient: ({ attributes: { axis }, inputs: [x, index] }, [dy]) => [
    scatterAdd(dy, index, x.shape[axis], axis),
    undefined,
  ],
  reference: ({ axis }, [x, index], [y]) => {
    const outside = isFloat(y.dtype) ? Number.NaN : 0;
    forEachTarget(index, axis, x, (at, from) => {
      y.data[at] = from < 0 ? outside : x.data[from];
    });
  },
  samples: [
    { inputs: [{ shape: [3, 5] }, { shape: [3, 2], dtype: "i32", low: 0, high: 5 }], attributes: { axis: 1 } },
    { inputs: [{ shape: [4, 2, 3] }, { shape: [6, 2, 3], dtype: "i32", low: 0, high: 4 }], attributes: { axis: 0 } },
    { inputs: [{ shape: [2, 0] }, { shape: [2, 0], dtype: "i32" }], attributes: { axis: 1 } },
    {
      inputs: [
        { shape: [3], dtype: "i32", low: 1, high: 9 },
        { shape: [4], dtype: "i32", values: [2, -1, 3, 0] },
      ],
      attributes: { axis: 0 },
    },
  ],
});

const scatterAddOp = defineOp({
  name: "scatterAdd",
  inputs: ["x", "index"],
  attributes: { axis: integer(0), length: integer(0) },
  shape: ({ axis, length }, x, index) => {
    expectFloat(x);
    expectAgreement(axis, x, index);
    if (x.shape[axis] !== index.shape[axis]) {
      throw new ShapeError(`x and index must have the same shape: ${formatType(x)} and ${formatType(index)}`);
    }
    return { shape: replaceAxis(x, axis, length), dtype: x.dtype };
  },
  sees: along(({ axis }) => [axis]),
  gradient: ({ attributes: { axis }, inputs: [, index] }, [dy]) => [gatherInside(dy, index, axis), undefined],
  reference: ({ axis }, [x, index], [y]) => {
    const sums = new Float64Array(y.size);
    forEachTarget(index, axis, y, (at, to) => {
      if (to >= 0) sums[to] += x.data[at];
    });
    y.data.set(sums);
  },
  samples: [
    {
      inputs: [{ shape: [3, 6] }, { shape: [3, 6], dtype: "i32", low: 0, high: 4 }],
      attributes: { axis: 1, length: 4 },
    },
    {
      inputs: [{ shape: [5, 2] }, { shape: [5, 2], dtype: "i32", low: 0, high: 3 }],
      attributes: { axis: 0, length: 3 },
    },
    {
      inputs: [{ shape: [5] }, { shape: [5], dtype: "i32", values: [1, -1, 2, 1, 9] }],
      attributes: { axis: 0, length: 3 },
    },
    { inputs: [{ shape: [0, 2] }, { shape: [0, 2], dtype: "i32" }], attributes: { axis: 0, length: 2 } },
  ],
});

export { gatherOp, scatterAddOp };

/** Elements of `x` at positions `index` (`i32`, of `x`'s shape but for `axis`) along an axis. */
export const gather = (x: Tensor, index: Tensor, axis = -1): Tensor =>
  gatherOp([x, index], { axis: axisOf("gather", x, axis) });

/** `gather`, but with 0 at positions outside the axis: the gradient of `scatterAdd`. */
export function gatherInside(x: Tensor, index: Tensor, axis = -1): Tensor {
  const length = x.shape[axisOf("gather", x, axis)];
  return select(and(greaterEqual(index, 0), less(index, length)), gather(x, index, axis), 0);
}

/** Adds the elements of `x` at positions `index` along an axis to zeros of the given length. */
export const scatterAdd = (x: Tensor, index: Tensor, length: number, axis = -1): Tensor =>
  scatterAddOp([x, index], { axis: axisOf("scatterAdd", x, axis), length });

/** Rows of `table` [rows, …] for a list of row numbers (`i32`, any shape): shape [...numbers.shape, …]. */
export function take(table: Tensor, numbers: Tensor): Tensor {
  expectTensors("take", table, numbers);
  const row = table.shape.slice(1);
  const flat = reshape(numbers, [-1, ...row.map(() => 1)]);
  const index = broadcastTo(flat, [flat.shape[0], ...row]);
  return reshape(gather(table, index, 0), [...numbers.shape, ...row]);
}

/** Elements of `x` at fixed positions along an axis: y[…, j, …] = x[…, positions[j], …]. */
export function pick(x: Tensor, positions: ArrayLike<number>, axis: number): Tensor {
  const at = axisOf("pick", x, axis);
  const along = x.shape.map((_, i) => (i === at ? positions.length : 1));
  const index = constant(new NdArray(Int32Array.from(positions), along, "i32"));
  return gather(x, broadcastTo(index, replaceAxis(x, at, positions.length)), at);
}
