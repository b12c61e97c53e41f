/**
 * Tables of positions and weights made while tracing. Their sizes depend on options, which may come from a file, so they are
 * checked first.
 */
import { NdArray, ShapeError } from "../array/index.ts";

/** The maximum number of elements of a table. */
const MAX_TABLE = 2 ** 22;

/** @throws ShapeError for a table that would be too large */
export function expectTable(elements: number): void {
  if (elements <= MAX_TABLE) return;
  throw new ShapeError(`needs a table of ${elements} elements; the limit is ${MAX_TABLE}; use smaller sizes`);
}

/** The values of a rule at 0, 1, …, `count` − 1. @throws ShapeError for too many */
export function tabulate(count: number, rule: (i: number) => number): Int32Array {
  expectTable(count);
  const table = new Int32Array(count);
  for (let i = 0; i < count; i++) table[i] = rule(i);
  return table;
}

/** 0, 1, …, `count` − 1 as an array. @throws ShapeError for too many */
export const numbersBelow = (count: number): NdArray =>
  new NdArray(
    tabulate(count, (i) => i),
    [count],
    "i32",
  );
