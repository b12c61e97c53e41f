/** Boxes in pictures. */
import type { NdArray, TypedArray } from "../../array/index.ts";
import { optional, text } from "../../options/index.ts";
import { defineColumn } from "./column.ts";
import type { Ragged } from "./ragged.ts";

/** Options of `boxes`. */
export interface BoxesOptions {
  /** The picture column they belong to. Default: the only one. */
  readonly of?: string | undefined;
}

const create = defineColumn({
  kind: "boxes",
  noun: "boxes",
  options: { of: optional(text()) },
  dtypes: ["f32"],
  expects: "[n, boxes, 4]",
  fits: (shape, isRagged) => shape.length === (isRagged ? 1 : 2) && shape.at(-1) === 4,
  problem: (data, { rowOf }) => {
    for (let at = 0; at < data.length; at += 4) {
      const [left, top, right, bottom] = data.subarray(at, at + 4);
      if (left <= right && top <= bottom && Number.isFinite(left + top + right + bottom)) continue;
      return `row ${rowOf(at)} has the box ${[left, top, right, bottom].join(", ")}; boxes are finite numbers left, top, right, bottom in this order`;
    }
    return undefined;
  },
  augment: "boxes",
  show: (row) => formatGroups(row.data, 4, (numbers) => numbers.some((edge) => edge !== 0)),
});

/** Groups of numbers as a text: `(1, 2) (3, 4)`. */
export function formatGroups(
  data: TypedArray,
  length: number,
  isThere: (numbers: readonly number[]) => boolean,
): string {
  const groups = Array.from({ length: data.length / length }, (_, i) => [
    ...data.subarray(i * length, (i + 1) * length),
  ]);
  const shown = groups.filter(isThere).map((numbers) => `(${numbers.map((one) => Number(one.toFixed(1))).join(", ")})`);
  return shown.join(" ");
}

/**
 * A column of boxes in pictures, in pixels along their edges: left, top, right, bottom; four zeros are no box.
 * @param values `f32` [n, boxes, 4], or `ragged` rows [boxes, 4] where pictures have different numbers of boxes
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const boxes = Object.assign((values: NdArray | Ragged, options: BoxesOptions = {}) => create(values, options), {
  kind: create.kind,
});
