/** Shapes: sizes, strides, axes and broadcasting. A shape is a list of non-negative integers; `[]` is a scalar. */
import { describeGiven } from "./describe.ts";
import { ShapeError } from "./errors.ts";

/** The length of each axis, from the first (slowest) to the last; [] for a scalar. */
export type Shape = readonly number[];

/** The maximum number of axes, which keeps loops over axes and messages short. Files with more are refused. */
export const MAX_RANK = 32;

/** The number of elements; 1 for a scalar, 0 as soon as one axis is empty. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

/** A shape as text, `[2,3]`. */
export const formatShape = (shape: Shape): string => `[${shape.join(",")}]`;

/** Checks a shape. @throws ShapeError unless it is a list of lengths */
export function checkShape(shape: unknown): asserts shape is Shape {
  if (Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return;
  throw new ShapeError(`a shape is a list of lengths, such as [2, 3], got ${describeGiven(shape)}`);
}

/** Whether both have the same axes. */
export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** An axis counted from the front; negative ones count from the end. */
export function normalizeAxis(axis: number, rank: number, what = "axis"): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    throw new ShapeError(`${what} ${axis} is not an axis of a tensor of rank ${rank}: expected ${-rank}..${rank - 1}`);
  }
  return normal;
}

/** Distinct axes in ascending order; all if `axes` is omitted. */
export function normalizeAxes(axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === "number" ? [axes] : axes;
  if (!Array.isArray(list))
    throw new ShapeError(`axes must be a number or a list of numbers, got ${describeGiven(axes)}`);
  const normal = list.map((axis) => normalizeAxis(axis, rank));
  if (new Set(normal).size < normal.length) throw new ShapeError(`axes [${axes}] name an axis twice`);
  return normal.sort((a, b) => a - b);
}

/** The broadcast shape: axes are aligned at the end and axes of length 1 repeat (NumPy's rule). */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `shapes ${formatShape(a)} and ${formatShape(b)} cannot be broadcast: axis ${i - rank} has lengths ${m} and ${n}; ` +
          "lengths must be equal, or one of them 1",
      );
    }
    return m === 1 ? n : m;
  });
}
