/** Random arrays in double precision, and how they are compared. */
import { NdArray, Random, sizeOf } from "../../src/array/index.ts";

/** Numbers from −1 to 1: for the same stream the same ones. */
export function random(shape: readonly number[], stream: string): NdArray {
  const numbers = new Random(5, stream);
  return new NdArray(
    Float64Array.from({ length: sizeOf(shape) }, () => numbers.uniform(-1, 1)),
    shape,
    "f64",
  );
}

/** The largest difference between two elements at the same place. */
export const distance = (a: NdArray, b: NdArray): number =>
  Array.from(a.data).reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i])), 0);

/** ⟨a, b⟩, the sum of the products of elements at the same place. */
export const dot = (a: NdArray, b: NdArray): number => Array.from(a.data).reduce((sum, x, i) => sum + x * b.data[i], 0);

export const total = (a: NdArray): number => Array.from(a.data).reduce((sum, x) => sum + x, 0);

/** Sums of at most a few hundred products of numbers below 1, in double precision. */
export const DOUBLE = 1e-12;
