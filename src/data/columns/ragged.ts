/** Rows of different lengths: sequences of words, samples of sound, boxes of a picture. */
import {
  allocate,
  array,
  DataError,
  type DType,
  describeGiven,
  dtypes,
  formatShape,
  NdArray,
  OptionError,
  type Shape,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../../array/index.ts";
import { integer, readOptions, withDefault } from "../../options/index.ts";
import { chooseLengths, MOST_LENGTHS } from "./lengths.ts";

/** Rows of different lengths, concatenated. */
export interface Ragged {
  /** [total, …]: the elements of all rows. */
  readonly values: NdArray;
  /** [rows + 1]: row i has the elements `offsets[i]` … `offsets[i + 1]` − 1. */
  readonly offsets: Int32Array;
  /** The lengths that batches are padded to, few, ascending; the last is that of the longest row. */
  readonly lengths: readonly number[];
}

/** A row of numbers, or of nested numbers. */
export type RaggedRow = NdArray | ArrayLike<number> | readonly (readonly number[])[];

/** Whether values are rows of different lengths. */
export const isRagged = (values: unknown): values is Ragged =>
  typeof values === "object" && values !== null && "offsets" in values && "values" in values && "lengths" in values;

/** The number of rows. */
export const raggedCount = ({ offsets }: Ragged): number => offsets.length - 1;

/** Options of `ragged`. */
export interface RaggedOptions {
  /**
   * How many lengths batches may be padded to: more are less padding, but a program is compiled for each, and for each pair of
   * those of two columns. Default 8.
   */
  readonly lengths?: number | undefined;
}

const schema = { lengths: withDefault(integer(1), MOST_LENGTHS) };

/**
 * Rows of different lengths, concatenated. Batches are padded to one of a few lengths, chosen to minimize padding.
 * @param rows lists of numbers, or arrays [length, …]; or values and offsets, which are then shared
 * @param dtype default: that of typed rows, else `f32`
 * @example ragged(texts.map((text) => encode(words, text)))
 * @throws OptionError for invalid rows; DataError for rows that differ in more than their length, and for offsets that do
 *   not rise from 0 to the number of values
 */
export function ragged(
  rows: readonly RaggedRow[] | Pick<Ragged, "values" | "offsets">,
  dtype?: DType,
  options: RaggedOptions = {},
): Ragged {
  const { lengths } = readOptions("ragged", schema, options);
  const { values, offsets } = Array.isArray(rows) ? concatenateRows(rows, dtype) : partsOf(rows);
  return withLengths(values, offsets, chooseLengths(lengthsIn(offsets), lengths));
}

export const withLengths = (values: NdArray, offsets: Int32Array, lengths: readonly number[]): Ragged =>
  Object.freeze({ values, offsets, lengths: Object.freeze([...lengths]) });

function partsOf(given: unknown): Pick<Ragged, "values" | "offsets"> {
  const { values, offsets } = (given ?? {}) as Partial<Ragged>;
  if (!(values instanceof NdArray) || !(offsets instanceof Int32Array))
    throw new OptionError(
      `ragged: expects a list of rows, or { values: NdArray, offsets: Int32Array }, got ${describeGiven(given)}`,
    );
  checkOffsets(values, offsets, "ragged");
  return { values, offsets };
}

/** @throws DataError unless offsets rise from 0 to the number of values */
export function checkOffsets({ shape }: NdArray, offsets: Int32Array, where: string): void {
  const total = shape[0];
  if (shape.length === 0 || offsets.length === 0 || offsets[0] !== 0 || offsets[offsets.length - 1] !== total)
    throw new DataError(
      `${where}: offsets must go from 0 to the number of values, ${total ?? "of which there is no axis"}, ` +
        `got ${offsets[0]} to ${offsets[offsets.length - 1]}`,
    );
  const wrong = offsets.findIndex((offset, i) => i > 0 && offset < offsets[i - 1]);
  if (wrong > 0)
    throw new DataError(
      `${where}: offsets must not fall, but offset ${wrong} is ${offsets[wrong]} after ${offsets[wrong - 1]}`,
    );
}

function concatenateRows(rows: readonly RaggedRow[], dtype: DType | undefined): Pick<Ragged, "values" | "offsets"> {
  const arrays = rows.map((row, i) => rowToArray(row, i, dtype));
  const first = arrays.find(({ size }) => size > 0) ?? arrays[0];
  const type = first?.dtype ?? dtype ?? "f32";
  const inner = first?.shape.slice(1) ?? [];
  const offsets = new Int32Array(rows.length + 1);
  for (const [i, one] of arrays.entries()) {
    if (one.size > 0 && (one.dtype !== type || !sameShape(one.shape.slice(1), inner)))
      throw new DataError(
        `ragged: row ${i} is ${one.dtype} ${formatShape(one.shape)}, others are ${type} [${["length", ...inner]}]; ` +
          "rows may differ in length only",
      );
    offsets[i + 1] = offsets[i] + (one.size > 0 ? one.shape[0] : 0);
  }
  const data = allocate(type, offsets[rows.length] * sizeOf(inner));
  for (const [i, one] of arrays.entries()) data.set(one.data, offsets[i] * sizeOf(inner));
  return { values: new NdArray(data, [offsets[rows.length], ...inner], type), offsets };
}

function rowToArray(row: RaggedRow, i: number, dtype: DType | undefined): NdArray {
  const found = row instanceof NdArray ? row : fromNumbers(row, dtype);
  if (found === undefined || found.shape.length === 0)
    throw new OptionError(
      `ragged: row ${i} must be a list of numbers or an array [length, …], got ${describeGiven(row)}`,
    );
  if (dtype === undefined || found.dtype === dtype) return found;
  throw new OptionError(`ragged: row ${i} is ${found.dtype}, expected ${dtype}; cast it, or leave the type out`);
}

function fromNumbers(row: unknown, dtype: DType | undefined): NdArray | undefined {
  if (Array.isArray(row)) return array(row, dtype);
  const isTyped = Object.values(dtypes).some(({ array }) => row instanceof array);
  return isTyped ? new NdArray(row as TypedArray, [(row as TypedArray).length]) : undefined;
}

/** The length of each row. */
export const lengthsIn = (offsets: Int32Array): Int32Array =>
  Int32Array.from({ length: Math.max(0, offsets.length - 1) }, (_, i) => offsets[i + 1] - offsets[i]);

/** Some rows, in the given order. Batches are padded to the same lengths as those of all rows. */
export function takeRagged({ values, offsets, lengths }: Ragged, rows: ArrayLike<number>): Ragged {
  const inner = values.shape.slice(1);
  const step = sizeOf(inner);
  const taken = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) taken[i + 1] = taken[i] + offsets[rows[i] + 1] - offsets[rows[i]];
  const data = allocate(values.dtype, taken[rows.length] * step);
  for (let i = 0; i < rows.length; i++)
    data.set(values.data.subarray(offsets[rows[i]] * step, offsets[rows[i] + 1] * step), taken[i] * step);
  return withLengths(new NdArray(data, [taken[rows.length], ...inner], values.dtype), taken, lengths);
}

/** The padded length of a batch of these rows. */
export function paddedLength({ offsets, lengths }: Ragged, rows: ArrayLike<number>): number {
  let longest = 0;
  for (let i = 0; i < rows.length; i++) longest = Math.max(longest, offsets[rows[i] + 1] - offsets[rows[i]]);
  return lengths.find((length) => length >= longest) ?? longest;
}

/** A batch of rows: padded [n, L, …], and the length of each, `i32` [n]. */
export function padRows(values: Ragged, rows: ArrayLike<number>, padding: number): { rows: NdArray; lengths: NdArray } {
  const { offsets } = values;
  const { data: from, dtype, shape } = values.values;
  const [, ...inner] = shape;
  const step = sizeOf(inner);
  const length = paddedLength(values, rows);
  const data = allocate(dtype, rows.length * length * step);
  if (padding !== 0) data.fill(padding);
  const lengths = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    lengths[i] = offsets[rows[i] + 1] - offsets[rows[i]];
    data.set(from.subarray(offsets[rows[i]] * step, offsets[rows[i] + 1] * step), i * length * step);
  }
  const padded: Shape = [rows.length, length, ...inner];
  return { rows: new NdArray(data, padded, dtype), lengths: new NdArray(lengths, [rows.length], "i32") };
}
