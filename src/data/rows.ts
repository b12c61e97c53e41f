/** Rows of arrays. */
import { allocate, NdArray, sizeOf } from "../array/index.ts";

/** The rows of an array in the given order, copied. */
export function takeRows(array: NdArray, rows: ArrayLike<number>): NdArray {
  const shape = array.shape.slice(1);
  const step = sizeOf(shape);
  const data = allocate(array.dtype, rows.length * step);
  for (let i = 0; i < rows.length; i++) data.set(array.data.subarray(rows[i] * step, (rows[i] + 1) * step), i * step);
  return new NdArray(data, [rows.length, ...shape], array.dtype);
}

/** Rows `from` … `to` − 1 of an array, sharing its data. */
export function sliceRows(array: NdArray, from: number, to: number): NdArray {
  const shape = array.shape.slice(1);
  const step = sizeOf(shape);
  return new NdArray(array.data.subarray(from * step, to * step), [to - from, ...shape], array.dtype);
}

/** The integers `from` … `to` − 1. */
export const rowRange = (from: number, to: number): Int32Array =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);
