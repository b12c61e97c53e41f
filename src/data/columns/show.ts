/** Shows samples: each column of a row as text or picture. */
import { describeGiven, OptionError } from "../../array/index.ts";
import type { BytePicture } from "../../image/index.ts";
import { sampleCount } from "../batches.ts";
import type { AnyDataset } from "../dataset.ts";
import { type Column, rowOf } from "./column.ts";
import { columnsOf } from "./table.ts";
import { loadColumn, takeColumn } from "./take.ts";

/** One row of a column, as its kind shows it. */
async function showRow(column: Column, row: number): Promise<string | BytePicture> {
  const { kind, options, values } = await loadColumn(takeColumn(column, [row]));
  return kind.show(rowOf(values, 0), options);
}

/**
 * Shows a sample: each column as text or picture, by name.
 * @param row the sample's index in the data set
 * @throws OptionError for an invalid index, DataError unless it is a data set
 */
export async function showSample(
  data: AnyDataset,
  row: number,
): Promise<Readonly<Record<string, string | BytePicture>>> {
  const count = sampleCount(data);
  if (!(Number.isInteger(row) && row >= 0 && row < count))
    throw new OptionError(`showSample: expects the number of a sample, 0 to ${count - 1}, got ${describeGiven(row)}`);
  const shown = Object.entries(columnsOf(data)).map(
    async ([name, column]) => [name, await showRow(column, row)] as const,
  );
  return Object.fromEntries(await Promise.all(shown));
}
