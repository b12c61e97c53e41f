/** Masks: a class for each pixel of a picture. */
import { type NdArray, zeros } from "../../array/index.ts";
import { arrayToPicture, toBytes } from "../../image/index.ts";
import { optional, text } from "../../options/index.ts";
import type { PictureRows } from "../dataset.ts";
import { namesKind } from "./classes.ts";
import { defineColumn } from "./column.ts";

/** Options of `mask`. */
export interface MaskOptions {
  /** The names of the classes, by number. Default: none. */
  readonly classes?: readonly string[] | undefined;
  /** The picture column it belongs to. Default: the only one. */
  readonly of?: string | undefined;
}

/** The largest of some numbers, at least 0. */
export function largestValue(data: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, data[i]);
  return most;
}

/** The class of unknown pixels: 255 of bytes, −1 of integers. */
const unknownOf = (data: unknown): number => (data instanceof Uint8Array ? 255 : -1);

const create = defineColumn({
  kind: "mask",
  noun: "masks",
  options: { classes: optional(namesKind), of: optional(text()) },
  dtypes: ["u8", "i32"],
  expects: "[n, height, width]",
  fits: (shape, isRagged) => !isRagged && shape.length === 2,
  problem: (data, { options: { classes }, rowOf }) => {
    const unknown = unknownOf(data);
    const most = classes?.length ?? Infinity;
    const wrong = data.findIndex((label) => label !== unknown && !(label >= 0 && label < most));
    if (wrong < 0) return undefined;
    const range = classes ? `there are ${most} classes, 0 to ${most - 1}` : "classes count from 0";
    return `row ${rowOf(wrong)} has a pixel of class ${data[wrong]}; ${range}, and ${unknown} stands for unknown`;
  },
  augment: "masks",
  show: (row, { classes }) => {
    const gray = zeros(row.shape, "u8");
    const most = Math.max(1, (classes?.length ?? largestValue(row.data) + 1) - 1);
    const unknown = unknownOf(row.data);
    for (const [i, label] of row.data.entries())
      gray.data[i] = label === unknown ? 0 : Math.round((255 * label) / most);
    return toBytes(arrayToPicture(gray));
  },
  details: ({ classes }) => (classes ? `${classes.length} classes` : ""),
});

/**
 * A column of masks: the class of each pixel, 255 of bytes or −1 of integers where unknown.
 * @param values `u8` or `i32` [n, height, width], of the size of the pictures
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const mask = Object.assign(
  (values: NdArray | PictureRows, options: MaskOptions = {}) => create(values, options),
  { kind: create.kind },
);
