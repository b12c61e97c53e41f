/** Iteration over the positions of a shape, for the references of ops that move or reduce data. */
import { type Shape, sizeOf } from "../array/index.ts";

/**
 * Visits every position of `shape` in row-major order with its ordinal number and its offset under each of up to two
 * further stride lists.
 */
export function forEachIndex(
  shape: Shape,
  strides: readonly (readonly number[])[],
  visit: (at: number, first: number, second: number) => void,
): void {
  const [first, second = shape.map(() => 0)] = strides;
  const index = new Int32Array(shape.length);
  const size = sizeOf(shape);
  let a = 0;
  let b = 0;
  for (let at = 0; at < size; at++) {
    visit(at, a, b);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      a += first[axis];
      b += second[axis];
      if (++index[axis] < shape[axis]) break;
      a -= first[axis] * shape[axis];
      b -= second[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

/** A shape seen from one axis: `outer` blocks of `length` positions, each of `inner` neighboring elements. */
export function blocksAlong(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}

/** The rows of a shape along one axis, in the row-major order of the other axes. */
export interface AxisRows {
  /** The number of rows. */
  readonly count: number;
  /** The length of each row. */
  readonly length: number;
  /** The offset of position `k` of a row. */
  readonly at: (row: number, k: number) => number;
}

/** The rows along an axis. Shapes that differ only in that axis have the same rows. */
export function rowsAlong(shape: Shape, axis: number): AxisRows {
  const { outer, length, inner } = blocksAlong(shape, axis);
  return {
    count: outer * inner,
    length,
    at: (row, k) => (Math.floor(row / inner) * length + k) * inner + (row % inner),
  };
}

/** The shape with the reduced axes at length 1. */
export const keptShape = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((n, i) => (axes.includes(i) ? 1 : n));

/** For each axis of the input its stride in the output: 0 along reduced ones. */
export function outputStrides(shape: Shape, axes: readonly number[]): number[] {
  const kept = keptShape(shape, axes);
  return kept.map((_, i) => (axes.includes(i) ? 0 : sizeOf(kept.slice(i + 1))));
}
