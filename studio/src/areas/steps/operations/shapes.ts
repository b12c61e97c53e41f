/** Indices into arrays that lie row by row. */

export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const offsetOf = (index: readonly number[], shape: Shape): number =>
  shape.reduce((offset, n, axis) => offset * n + index[axis], 0);

export function indexOf(offset: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  let rest = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** The planes of an array: how many there are before its rows and columns. */
export const planesOf = (shape: Shape): number => sizeOf(shape.slice(0, -2));
