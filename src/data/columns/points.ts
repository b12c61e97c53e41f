/** Points in pictures, such as landmarks of faces. */
import type { NdArray } from "../../array/index.ts";
import { optional, text } from "../../options/index.ts";
import { formatGroups } from "./boxes.ts";
import { defineColumn } from "./column.ts";
import type { Ragged } from "./ragged.ts";

/** Options of `points`. */
export interface PointsOptions {
  /** The picture column they belong to. Default: the only one. */
  readonly of?: string | undefined;
}

const create = defineColumn({
  kind: "points",
  noun: "points",
  options: { of: optional(text()) },
  dtypes: ["f32"],
  expects: "[n, points, 2]",
  fits: (shape, isRagged) => shape.length === (isRagged ? 1 : 2) && shape.at(-1) === 2,
  problem: (data, { rowOf }) => {
    const wrong = data.findIndex((x) => x === Infinity || x === -Infinity);
    return wrong < 0
      ? undefined
      : `row ${rowOf(wrong)} has a point at ${data[wrong]}; a point that is not there is NaN, NaN`;
  },
  padding: NaN,
  augment: "keyPoints",
  show: (row) => formatGroups(row.data, 2, ([x]) => !Number.isNaN(x)),
});

/**
 * A column of points in pictures: x and y in pixels, (0, 0) the center of the top left one; NaN, NaN is no point.
 * @param values `f32` [n, points, 2], or `ragged` rows [points, 2] where pictures have different numbers of points
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const points = Object.assign(
  (values: NdArray | Ragged, options: PointsOptions = {}) => create(values, options),
  { kind: create.kind },
);
