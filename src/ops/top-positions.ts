/**
 * The positions of the largest elements along an axis, ascending: the first part of k-max pooling, which gathers there.
 * Ties go to the first position, NaN counts as the largest. One op takes the same number everywhere; the other has one for
 * each sample, for batches of sentences of different lengths.
 */
import { type NdArray, normalizeAxis, ShapeError } from "../array/index.ts";
import { along, defineOp, formatType, none, type OpFunction, same, type TensorType } from "../graph/index.ts";
import { integer } from "../options/index.ts";
import { rowsAlong } from "./indexing.ts";
import { expectInteger, expectNumber } from "./rules.ts";

const attributes = { axis: integer(0), k: integer(1) };
const gradient = none("the positions of the largest elements are piecewise constant");

function positionsType({ axis, k }: { readonly axis: number; readonly k: number }, x: TensorType): TensorType {
  expectNumber(x);
  normalizeAxis(axis, x.shape.length);
  if (k > x.shape[axis]) {
    throw new ShapeError(`axis ${axis} has ${x.shape[axis]} elements, ${k} are wanted; take fewer, or pad it`);
  }
  return { shape: x.shape.map((n, i) => (i === axis ? k : n)), dtype: "i32" };
}

/** Writes the positions of the `countOf(row)` largest elements of each row along an axis. */
function findTop(axis: number, x: NdArray, y: NdArray, countOf: (row: number) => number): void {
  const [from, to] = [rowsAlong(x.shape, axis), rowsAlong(y.shape, axis)];
  const positions = Int32Array.from({ length: from.length }, (_, position) => position);
  for (let row = 0; row < from.count; row++) {
    const value = (position: number): number => x.data[from.at(row, position)];
    const chosen = [...positions].sort((a, b) => descending(value(a), value(b)) || a - b).slice(0, countOf(row));
    chosen
      .sort((a, b) => a - b)
      .forEach((position, j) => {
        y.data[to.at(row, j)] = position;
      });
  }
}

/** NaN first, then descending; 0 for equal numbers. */
const descending = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return +Number.isNaN(b) - +Number.isNaN(a);
  return a === b ? 0 : a > b ? -1 : 1;
};

/** The positions of the `k` largest elements along an axis. */
export const topPositionsOp: OpFunction<typeof attributes> = defineOp({
  name: "topPositions",
  title: () => "kMaxPool",
  inputs: ["x"],
  attributes,
  shape: positionsType,
  sees: along(({ axis }) => [axis]),
  gradient,
  reference: ({ axis, k }, [x], [y]) => findTop(axis, x, y, () => k),
  samples: [
    { inputs: [{ shape: [3, 7] }], attributes: { axis: 1, k: 3 } },
    { inputs: [{ shape: [2, 5, 3] }], attributes: { axis: 1, k: 2 } },
    { inputs: [{ shape: [6] }], attributes: { axis: 0, k: 6 } },
    { inputs: [{ shape: [2, 6], values: [2, 1, 2, 2, 0, 1, 5, 5, 5, 5, 5, 5] }], attributes: { axis: 1, k: 4 } },
    {
      inputs: [{ shape: [2, 5], values: [1, NaN, -Infinity, NaN, 7, Infinity, -Infinity, -Infinity, 0, -0] }],
      attributes: { axis: 1, k: 3 },
    },
    { inputs: [{ shape: [4, 3], dtype: "i32", low: -3, high: 3 }], attributes: { axis: 0, k: 2 } },
    { inputs: [{ shape: [0, 4] }], attributes: { axis: 1, k: 2 } },
  ],
});

/**
 * The positions of the `counts[i]` largest elements along an axis of sample i; counts below 0 are 0, and above `k` are `k`.
 * The remaining ones of the `k` places are −1, which `gather` reads as NaN, and `scatterAdd` ignores.
 */
export const countedTopPositionsOp: OpFunction<typeof attributes> = defineOp({
  name: "countedTopPositions",
  title: () => "kMaxPool",
  inputs: ["x", "counts"],
  attributes,
  shape: (values, x, counts) => {
    expectInteger(counts, "counts");
    if (values.axis === 0) throw new ShapeError("axis 0 has the samples; take along another one");
    if (counts.shape.length !== 1 || counts.shape[0] !== x.shape[0]) {
      throw new ShapeError(`counts must be i32[${x.shape[0]}], one for each sample, got ${formatType(counts)}`);
    }
    return positionsType(values, x);
  },
  sees: ({ axis }, [x]) => [x.shape.map((_, at) => (at === axis ? "all" : same(at))), [same(0)]],
  gradient,
  reference: ({ axis, k }, [x, counts], [y]) => {
    y.data.fill(-1);
    // Rows of one sample lie together, since its axis is the first.
    const perSample = rowsAlong(x.shape, axis).count / x.shape[0];
    const limited = (count: number): number => Math.min(Math.max(count, 0), k);
    findTop(axis, x, y, (row) => limited(counts.data[Math.floor(row / perSample)]));
  },
  samples: [
    { inputs: [{ shape: [3, 7] }, { shape: [3], dtype: "i32", values: [3, 1, 4] }], attributes: { axis: 1, k: 4 } },
    {
      inputs: [{ shape: [4, 2, 5] }, { shape: [4], dtype: "i32", values: [0, 2, -1, 9] }],
      attributes: { axis: 2, k: 3 },
    },
    {
      inputs: [
        { shape: [2, 5, 2], values: [1, 5, NaN, 5, -Infinity, 5, NaN, 5, 7, 5, 0, 2, 0, 1, 0, 2, 0, -0, 0, 0] },
        { shape: [2], dtype: "i32", values: [2, 3] },
      ],
      attributes: { axis: 1, k: 4 },
    },
    {
      inputs: [
        { shape: [2, 4], dtype: "i32", low: -3, high: 3 },
        { shape: [2], dtype: "i32", values: [2, 1] },
      ],
      attributes: { axis: 1, k: 2 },
    },
    { inputs: [{ shape: [0, 4] }, { shape: [0], dtype: "i32" }], attributes: { axis: 1, k: 2 } },
  ],
});
