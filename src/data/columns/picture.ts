/** Pictures of one size. */
import type { NdArray, Normalization } from "../../array/index.ts";
import { arrayToPicture, toBytes } from "../../image/index.ts";
import { type Kind, optional, text } from "../../options/index.ts";
import type { PictureRows } from "../dataset.ts";
import { defineColumn } from "./column.ts";

/** Options of `picture`. */
export interface PictureOptions {
  /** Mean and standard deviation of each channel, in 0 … 1; applied inside models trained on the pictures. */
  readonly normalization?: Normalization | undefined;
  /**
   * The picture column whose augmentation this one follows, as for a target that is a picture; sizes must be equal. Default:
   * none, augmented independently.
   */
  readonly of?: string | undefined;
}

const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(Number.isFinite);

/** Mean and standard deviation for each channel. */
export const normalizationKind: Kind<Normalization> = {
  expects: "{ mean, std }: a finite number for each channel, and one above 0",
  read: (value) => {
    const { mean, std } = (value ?? {}) as Partial<Normalization>;
    const isRight = isNumbers(mean) && isNumbers(std) && mean.length === std.length && std.every((one) => one > 0);
    return isRight ? { mean, std } : undefined;
  },
};

const create = defineColumn({
  kind: "picture",
  noun: "pictures",
  options: { normalization: optional(normalizationKind), of: optional(text()) },
  dtypes: ["u8", "f32"],
  expects: "[n, channels, height, width]",
  fits: (shape, isRagged) => !isRagged && shape.length === 3 && shape.every((length) => length > 0),
  problem: (_, { options: { normalization }, shape: [channels] }) =>
    normalization && normalization.mean.length !== channels
      ? `the normalization has ${normalization.mean.length} means and deviations, but the pictures have ${channels} channels`
      : undefined,
  augment: "images",
  show: (row) => toBytes(arrayToPicture(row)),
});

/**
 * A column of pictures of one size.
 * @param values `u8` (value / 255) or `f32` [n, channels, height, width], or fetched pictures
 * @throws OptionError for invalid options, DataError for invalid values
 */
export const picture = Object.assign(
  (values: NdArray | PictureRows, options: PictureOptions = {}) => create(values, options),
  { kind: create.kind },
);
