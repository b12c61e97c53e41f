/** Rows of columns: as columns again, and as the arrays of a batch. */
import { lengthName, NdArray } from "../../array/index.ts";
import type { Batch, Columns } from "../dataset.ts";
import { selectPictures } from "../pictures/picture-rows.ts";
import { rowRange, sliceRows, takeRows } from "../rows.ts";
import { type Column, type ColumnValues, rowCount } from "./column.ts";
import { isRagged, padRows, takeRagged } from "./ragged.ts";
import { markSound } from "./table.ts";

const withValues = (column: Column, values: ColumnValues): Column =>
  markSound(Object.freeze({ ...column, values }), column);

/** Maps every column of a record. */
export const mapColumns = <C extends Columns>(columns: C, change: (column: Column, name: string) => Column): C =>
  Object.freeze(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, change(column, name)]))) as C;

/** The column with the given rows, in that order. Fetched rows are not fetched. */
export function takeColumn(column: Column, rows: ArrayLike<number>): Column {
  const { values } = column;
  if (values instanceof NdArray) return withValues(column, takeRows(values, rows));
  return withValues(column, isRagged(values) ? takeRagged(values, rows) : selectPictures(values, rows));
}

/** The column with its first rows. Values of one shape that lie in memory are shared. */
export function firstRows(column: Column, count: number): Column {
  const { values } = column;
  return values instanceof NdArray
    ? withValues(column, sliceRows(values, 0, count))
    : takeColumn(column, rowRange(0, count));
}

/** The column with all its rows in memory. */
export async function loadColumn(column: Column): Promise<Column> {
  const { values } = column;
  if (values instanceof NdArray || isRagged(values)) return column;
  return withValues(column, await values.take(rowRange(0, rowCount(values))));
}

/** The arrays of a batch from a column in memory; none for fetched rows. */
function heldArrays(name: string, { kind, values }: Column, rows: Int32Array): Batch {
  if (values instanceof NdArray) return { [name]: takeRows(values, rows) };
  if (!isRagged(values)) return {};
  const padded = padRows(values, rows, kind.padding);
  return { [name]: padded.rows, [lengthName(name)]: padded.lengths };
}

/** The arrays of a batch that are in memory. */
export const takeHeld = (columns: Columns, rows: Int32Array): Batch =>
  Object.assign({}, ...Object.entries(columns).map(([name, column]) => heldArrays(name, column, rows)));

/** The arrays of a batch, fetched where they are not in memory. */
export async function takeBatch(columns: Columns, rows: Int32Array): Promise<Batch> {
  const parts = Object.entries(columns).map(async ([name, column]): Promise<Batch> => {
    const { values } = column;
    if (values instanceof NdArray || isRagged(values)) return heldArrays(name, column, rows);
    return { [name]: await values.take(rows) };
  });
  return Object.assign({}, ...(await Promise.all(parts)));
}
