/** Sums over batches in double precision, and what is kept of each sample. */
import { type NdArray, type Shape, StateError, sameShape, zeros } from "../array/index.ts";
import type { Arrays } from "./tasks/index.ts";

/** The sums of arrays by name, each `f64`. */
export type Sums = Record<string, NdArray>;

/** The shapes of sums by name. */
export type SumShapes = Readonly<Record<string, Shape>>;

/** Adds what one batch gave. */
export function addToSums(sums: Sums, batch: Arrays): void {
  for (const [name, { data, shape }] of Object.entries(batch)) {
    const sum = sums[name] ?? zeros(shape, "f64");
    sums[name] = sum;
    if (!sameShape(sum.shape, shape))
      throw new StateError(
        `the sum ${name} of the epoch so far is [${sum.shape}], a step gives [${shape}]; train from the start`,
      );
    for (let i = 0; i < data.length; i++) sum.data[i] += data[i];
  }
}

/** Arrays of samples [n, …], batch after batch. */
export class Collection {
  readonly #parts: Record<string, NdArray[]> = {};

  add(batch: Arrays): void {
    for (const [name, array] of Object.entries(batch)) {
      this.#parts[name] ??= [];
      this.#parts[name].push(array);
    }
  }

  /** The batches joined, each as one array. */
  finish(): Arrays {
    return Object.fromEntries(Object.entries(this.#parts).map(([name, parts]) => [name, concatenated(parts)]));
  }
}

function concatenated(parts: readonly NdArray[]): NdArray {
  const [{ shape, dtype }] = parts;
  const count = parts.reduce((sum, part) => sum + part.shape[0], 0);
  const whole = zeros([count, ...shape.slice(1)], dtype);
  let at = 0;
  for (const { data } of parts) {
    whole.data.set(data as never, at);
    at += data.length;
  }
  return whole;
}
