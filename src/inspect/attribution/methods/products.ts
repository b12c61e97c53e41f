/** Arithmetic that several methods share. */
import { NdArray } from "../../../array/index.ts";
import type { Arrays } from "../../../train/index.ts";

/** (value − baseline) · slope, number by number. */
export function timesDistance(slope: NdArray, value: NdArray, baseline: NdArray): NdArray {
  const data = new Float32Array(slope.size);
  for (let i = 0; i < data.length; i++) data[i] = (value.data[i] - baseline.data[i]) * slope.data[i];
  return new NdArray(data, slope.shape, "f32");
}

/** The sum of all maps of each sample minus what it should be, `f32` [n]. */
export function completenessGap(maps: Arrays, expected: NdArray): NdArray {
  const n = expected.size;
  const sums = Float64Array.from(expected.data, (value) => -value);
  for (const { data, size } of Object.values(maps))
    for (let i = 0; i < size; i++) sums[Math.floor((i * n) / size)] += data[i];
  return new NdArray(Float32Array.from(sums), [n], "f32");
}

/** Zeros in the shapes of arrays, to add up in. */
export const zerosLike = (arrays: Arrays): Readonly<Record<string, NdArray>> =>
  Object.fromEntries(
    Object.entries(arrays).map(([path, { shape, size }]) => [path, new NdArray(new Float32Array(size), shape, "f32")]),
  );

/** into += factor · values. */
export function addScaled(into: Float32Array, values: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i] += factor * values[i];
}
