/** Renumbers labels to another order of classes: of pixels, of elements of sequences, and of indicators. */
import { DataError, NdArray, zeros } from "../../array/index.ts";
import type { PictureRows } from "../dataset.ts";
import { type Column, type ColumnValues, elementShape, rowCount, valuesDType } from "./column.ts";
import { isRagged, withLengths } from "./ragged.ts";

/** Bytes hold classes 0 to 254; 255 stands for unknown. */
const MOST_OF_BYTES = 255;

/**
 * A column with its labels renumbered. Without a new number, pixels and elements become unknown, and indicators are dropped.
 * @param target the new number of each class, or −1
 * @param classes the names of the new classes
 * @throws DataError for more classes than masks of bytes can hold
 */
export function renumber(where: string, column: Column, target: readonly number[], classes: readonly string[]): Column {
  if (valuesDType(column.values) === "u8" && classes.length > MOST_OF_BYTES)
    throw new DataError(`${where}: bytes hold ${MOST_OF_BYTES} classes, there are ${classes.length}; cast it to i32`);
  const values = renumberValues(column.values, target, classes.length);
  return Object.freeze({ ...column, values, options: Object.freeze({ ...column.options, classes }) });
}

function renumberValues(values: ColumnValues, target: readonly number[], count: number): ColumnValues {
  if (isRagged(values)) return withLengths(renumberElements(values.values, target), values.offsets, values.lengths);
  const isIndicators = valuesDType(values) === "f32";
  const change = (array: NdArray): NdArray =>
    isIndicators ? moveIndicators(array, target, count) : renumberElements(array, target);
  if (values instanceof NdArray) return change(values);
  const shape = isIndicators ? [rowCount(values), count] : values.shape;
  const take: PictureRows["take"] = async (rows) => change(await values.take(rows));
  return { shape, dtype: values.dtype, take };
}

/** Renumbers integers; the number of unknown stays. */
function renumberElements(labels: NdArray, target: readonly number[]): NdArray {
  const unknown = labels.dtype === "u8" ? 255 : -1;
  const out = labels.copy();
  for (const [i, label] of labels.data.entries()) {
    const changed = target[label] ?? -1;
    out.data[i] = changed < 0 ? unknown : changed;
  }
  return out;
}

/** [n, classes]: the share of each class to its new place. */
function moveIndicators(shares: NdArray, target: readonly number[], count: number): NdArray {
  const [rows, own] = shares.shape;
  const out = zeros([rows, count]);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < own; k++) if (target[k] >= 0) out.data[row * count + target[k]] = shares.data[row * own + k];
  return out;
}

/** The number of rows of a column in memory in which a class occurs. @throws DataError for fetched rows */
export function rowsWith(where: string, { values }: Column, label: number): number {
  if (!isRagged(values) && !(values instanceof NdArray))
    throw new DataError(`${where}: classes are left out of rows in memory only; load them first: loadSamples(data)`);
  const isIndicators = valuesDType(values) === "f32";
  const step = elementShape(values).reduce((product, length) => product * length, 1);
  const has = (row: number): boolean => {
    if (isIndicators) return (values as NdArray).data[row * step + label] > 0;
    const [from, to] = isRagged(values) ? values.offsets.subarray(row, row + 2) : [row, row + 1];
    return (isRagged(values) ? values.values : values).data.subarray(from * step, to * step).includes(label);
  };
  return Array.from({ length: rowCount(values) }, (_, row) => has(row)).filter(Boolean).length;
}
