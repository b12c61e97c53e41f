/** The part of a picture that a unit sees, cut out by the unit's theoretical receptive field (`receptiveFields`). */
import { NdArray } from "../../array/index.ts";
import { crop, type Picture } from "../../image/index.ts";
import type { Model } from "../../nn/index.ts";
import { type Box, receptiveFields } from "../fields/index.ts";

/** A picture, and the part of it that a unit sees. */
export interface Patch {
  readonly picture: Picture;
  /** What the unit sees; the whole picture where it sees all of it, or nothing of it. */
  readonly patch: Picture;
  /** Its first and last row and column. */
  readonly box: Box;
}

/**
 * A function that cuts what a unit of the layer sees out of pictures of the model's size.
 * @returns takes a picture and a place in the layer's maps, [y, x]; [] for layers without maps
 * @throws OptionError for a path without a value
 */
export function patchCutter(model: Model, path: string): (picture: Picture, position: readonly number[]) => Patch {
  const { shape, fieldOf } = receptiveFields(model).of(path);
  return (picture, position) => {
    const unit = shape.length === 1 ? [0] : [0, ...position];
    const whole = { first: [0, 0], last: [picture.height - 1, picture.width - 1] };
    const box = fieldOf(unit).inside ?? whole;
    const [[top, left], [bottom, right]] = [box.first, box.last];
    const part = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
    return { picture, patch: crop(picture, part), box };
  };
}

/**
 * A plane or planes of any numbers as a picture [channels, height, width]: 0 is middle gray, and the largest distance from it
 * black or white.
 */
export function aroundGray(values: NdArray): NdArray {
  const most = Float32Array.from(values.data, Math.abs).reduce((a, b) => Math.max(a, b), 0) || 1;
  return new NdArray(
    Float32Array.from(values.data, (value) => 0.5 + value / most / 2),
    values.shape,
    "f32",
  );
}
