/** Numbers of any shape: measurements, signals, values to predict. */
import type { NdArray, Normalization } from "../../array/index.ts";
import { optional } from "../../options/index.ts";
import type { PictureRows } from "../dataset.ts";
import { defineColumn, none } from "./column.ts";
import { normalizationKind } from "./picture.ts";
import type { Ragged } from "./ragged.ts";

/** Options of `numbers`. */
export interface NumbersOptions {
  /** Mean and standard deviation of each channel, in the values' own unit; applied inside models trained on them. */
  readonly normalization?: Normalization | undefined;
}

/** The number of values of a row that are shown. */
const SHOWN_NUMBERS = 8;

const create = defineColumn({
  kind: "numbers",
  noun: "numbers",
  options: { normalization: optional(normalizationKind) },
  dtypes: ["f32", "u8"],
  expects: "[n, …]",
  fits: () => true,
  problem: (data, { rowOf }) => {
    const wrong = data.findIndex((value) => Number.isNaN(value));
    return wrong < 0
      ? undefined
      : `row ${rowOf(wrong)} has a value that is not a number (NaN); replace it, or leave the row out`;
  },
  augment: none("what numbers mean is not known"),
  show: ({ data }) =>
    Array.from(data.subarray(0, SHOWN_NUMBERS), (value) => Number(value.toPrecision(4))).join(", ") +
    (data.length > SHOWN_NUMBERS ? `, … (${data.length} in all)` : ""),
});

/**
 * A column of numbers.
 * @param values `f32` or `u8` (value / 255) of any shape [n, …]; `ragged` rows [length, …]; or fetched rows
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const numbers = Object.assign(
  (values: NdArray | Ragged | PictureRows, options: NumbersOptions = {}) => create(values, options),
  { kind: create.kind },
);
