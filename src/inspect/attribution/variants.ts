/**
 * Many altered copies of each sample, such as partly covered ones: they fill batches of one size, so that one compiled program
 * serves them all, and memory does not grow with their number.
 */
import { allocate, NdArray } from "../../array/index.ts";
import type { Arrays } from "../../train/index.ts";
import { createProbe } from "../probe/index.ts";
import { rowData } from "./layout.ts";
import type { Subject } from "./subject.ts";

/** What is known of the unaltered samples. */
export interface Unaltered {
  readonly inputs: Arrays;
  /** Which class or unit the target of each sample is of. */
  readonly index: readonly number[];
  /** The values at the places, `f32` [n, …]. */
  readonly values: Arrays;
}

/** Copies of each sample, and what becomes of them. */
export interface Variants {
  /** How many copies there are of each sample. */
  readonly count: number;
  /** Writes a copy's values at a place. */
  readonly write: (into: Float32Array, path: string, sample: number, copy: number) => void;
  /** Takes the target of a copy, and its derivatives by place. */
  readonly read: (target: number, gradient: (path: string) => Float32Array, sample: number, copy: number) => void;
}

/** A function that runs a network for copies of samples. @param derive whether to derive the target, too */
export function variantsOf(
  { model, target, places, batch, engine }: Subject,
  derive: boolean,
): (unaltered: Unaltered, variants: Variants) => Promise<void> {
  const replaced = places.filter((path) => !Object.hasOwn(model.inputs, path));
  const probe = createProbe(model, { target, replaced, gradients: derive ? places : [], engine });
  return async ({ inputs, index, values }, { count, write, read }) => {
    const n = index.length;
    const total = n * count;
    const rows = Math.ceil(total / Math.ceil(total / batch));
    for (let start = 0; start < total; start += rows) {
      // The last batch is filled up with its last copy.
      const at = Array.from({ length: rows }, (_, i) => Math.min(start + i, total - 1));
      const samples = at.map((row) => Math.floor(row / count));
      const altered = Object.fromEntries(places.map((path) => [path, written(values[path], path)]));
      const others = Object.entries(inputs).filter(([name]) => !places.includes(name));
      const given = Object.fromEntries(others.map(([name, array]) => [name, rowsOf(array, samples)]));
      const isLayer = (path: string): boolean => replaced.includes(path);
      const own = Object.fromEntries(Object.entries(altered).filter(([path]) => !isLayer(path)));
      const instead = Object.fromEntries(Object.entries(altered).filter(([path]) => isLayer(path)));
      const found = await probe(
        { ...given, ...own },
        samples.map((sample) => index[sample]),
        instead,
      );
      for (let i = 0; i < Math.min(rows, total - start); i++)
        read(found.target!.data[i], (path) => rowData(found.gradients[path], i), samples[i], at[i] % count);

      function written({ shape: [, ...shape] }: NdArray, path: string): NdArray {
        const copies = new NdArray(new Float32Array(rows * shape.reduce((a, b) => a * b, 1)), [rows, ...shape], "f32");
        for (let i = 0; i < rows; i++) write(rowData(copies, i), path, samples[i], at[i] % count);
        return copies;
      }
    }
  };
}

/** The rows of a batch at the given positions. */
function rowsOf(batch: NdArray, positions: readonly number[]): NdArray {
  const [, ...shape] = batch.shape;
  const size = batch.size / batch.shape[0];
  const data = allocate(batch.dtype, positions.length * size);
  for (const [i, position] of positions.entries())
    data.set(batch.data.subarray(position * size, (position + 1) * size), i * size);
  return new NdArray(data, [positions.length, ...shape], batch.dtype);
}
