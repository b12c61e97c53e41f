/** Shared by a recurrence and its gradient: the order of steps, checks of shapes, sizes for tests. */
import { type NdArray, ShapeError, sameShape } from "../array/index.ts";
import { formatType, type SampleInput, type TensorType } from "../graph/index.ts";
import { flag, word } from "../options/index.ts";
import { cellNames } from "./cells.ts";

/** `reverse`: time runs from the last step to the first. */
export const recurrenceAttributes = { cell: word(...cellNames), reverse: flag() };

/** The position of the i-th computed step in the sequence, and of the adjacent states in their histories. */
export function placeOf(i: number, steps: number, reverse: boolean): { time: number; before: number; after: number } {
  const time = reverse ? steps - 1 - i : i;
  return reverse ? { time, before: time + 1, after: time } : { time, before: time, after: time + 1 };
}

/** The entry of a history with the initial state. */
export const initialEntry = (steps: number, reverse: boolean): number => (reverse ? steps : 0);

export const listOfLength = <T>(count: number, make: (k: number) => T): T[] =>
  Array.from({ length: count }, (_, k) => make(k));

/** Reads an element of each block of a row, `apart` from each other. */
export const fromBlocks = ({ data }: NdArray, start: number, count: number, apart: number): number[] =>
  listOfLength(count, (k) => data[start + k * apart]);

/** The reverse: puts an element into each block. */
export function intoBlocks(data: NdArray["data"], start: number, apart: number, values: readonly number[]): void {
  for (const [k, value] of values.entries()) data[start + k * apart] = value;
}

export function expectShape(name: string, type: TensorType, shape: readonly number[]): void {
  if (!sameShape(type.shape, shape)) throw new ShapeError(`${name} must be [${shape}], got ${formatType(type)}`);
}

/** The sizes of a sample. */
export interface SampleSizes {
  readonly steps: number;
  readonly batch: number;
  readonly units: number;
  readonly reverse: boolean;
  /** Default: all steps. */
  readonly lengths?: readonly number[] | undefined;
}

export const sampleLengths = ({ steps, batch, lengths }: SampleSizes): SampleInput => ({
  shape: [batch],
  dtype: "i32",
  values: lengths ?? listOfLength(batch, () => steps),
});
