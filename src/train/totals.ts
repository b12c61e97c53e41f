/** Sums over batches in double precision, and what is kept of each sample. */
import { type NdArray, type Shape, ShapeError, sameShape, zeros } from "../array/index.ts";
import type { Arrays, Task } from "./tasks/index.ts";

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
      throw new ShapeError(
        `the sum ${name} is [${sum.shape}] over the batches so far, this batch gives [${shape}]; a task must give sums of one ` +
          "shape, whatever the size of the batch",
      );
    for (let i = 0; i < data.length; i++) sum.data[i] += data[i];
  }
}

/** Arrays of samples [n, …], batch after batch. */
export class Collection {
  readonly #parts: Record<string, NdArray[]> = {};

  /** @throws ShapeError unless there is a row for each sample of the batch */
  add({ type }: Task, batch: Arrays, samples: number): void {
    for (const [name, array] of Object.entries(batch)) {
      if (array.shape[0] !== samples)
        throw new ShapeError(
          `${type}: collect gives ${name} as [${array.shape}], expected a row for each of the ${samples} samples of the batch`,
        );
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
