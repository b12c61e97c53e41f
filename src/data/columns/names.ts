/** The meaning of a column's numbers. */
import { NdArray } from "../../array/index.ts";
import type { Column } from "./column.ts";
import { isRagged } from "./ragged.ts";

/** The names of a column's numbers: of classes, of points, or the words of its vocabulary; `undefined` where it has none. */
export function columnNames({ options }: Column): readonly string[] | undefined {
  const { classes, vocabulary, names } = options as {
    readonly classes?: readonly string[];
    readonly vocabulary?: { readonly words: readonly string[] };
    readonly names?: readonly string[];
  };
  return classes ?? vocabulary?.words ?? names;
}

/** How often each class occurs in a column of classes. */
export function countsOf(column: Column): number[] {
  const { values } = column;
  const counts = new Array<number>(columnNames(column)?.length ?? 0).fill(0);
  const labels = isRagged(values) ? values.values : values;
  if (labels instanceof NdArray) for (const label of labels.data) if (label >= 0) counts[label]++;
  return counts;
}
