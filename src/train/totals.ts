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

  /** The batches joined, each as one array; rows of batches with shorter axes are padded with zeros. */
  finish(): Arrays {
    return Object.fromEntries(Object.entries(this.#parts).map(([name, parts]) => [name, concatenated(parts)]));
  }
}

function concatenated(parts: readonly NdArray[]): NdArray {
  const [{ shape, dtype }] = parts;
  const count = parts.reduce((sum, part) => sum + part.shape[0], 0);
  const row = shape.slice(1).map((_, axis) => Math.max(...parts.map((part) => part.shape[axis + 1])));
  const whole = zeros([count, ...row], dtype);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.shape[0]; i++) copyInto(whole.row(at + i), part.row(i));
    at += part.shape[0];
  }
  return whole;
}

/** Writes an array into the first places of each axis of a larger one. */
function copyInto(whole: NdArray, part: NdArray): void {
  const isWhole = part.shape.slice(1).every((length, axis) => length === whole.shape[axis + 1]);
  if (isWhole) whole.data.set(part.data as never);
  else for (let i = 0; i < part.shape[0]; i++) copyInto(whole.row(i), part.row(i));
}
