/** Walking over the positions of a shape, for the reference meanings of ops that move or reduce data. */
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

/** A shape seen from one axis: `outer` blocks of `length` rows of `inner` neighboring elements. */
export function aroundAxis(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}

/** The shape with the reduced axes at length 1. */
export const keptShape = (shape: Shape, axes: readonly number[]): number[] =>
  shape.map((n, i) => (axes.includes(i) ? 1 : n));

/** For each axis of the input its stride in the output: 0 along reduced ones. */
export function outputStrides(shape: Shape, axes: readonly number[]): number[] {
  const kept = keptShape(shape, axes);
  return kept.map((_, i) => (axes.includes(i) ? 0 : sizeOf(kept.slice(i + 1))));
}
