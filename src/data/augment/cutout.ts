/**
 * Cutout: hides a square of each picture, so that a network learns to use all of it. Source: DeVries and Taylor 2017,
 * "Improved regularization of convolutional neural networks with cutout".
 */

import { fillKind, surroundingsOf } from "../../image/index.ts";
import type { Kind } from "../../options/index.ts";
import { integer, withDefault } from "../../options/index.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `cutout`. */
export interface CutoutOptions {
  /** The side of the square in pixels. */
  readonly size: number;
  /** The fill: a number or one for each channel, in the pictures' own unit (0 … 255 for bytes). Default 0. */
  readonly fill?: number | readonly number[] | undefined;
}

const colorKind: Kind<number | readonly number[]> = {
  expects: "a finite number, or one for each channel",
  read: (value) => {
    const read = fillKind.read(value);
    return typeof read === "string" ? undefined : read;
  },
};

/**
 * Fills a square whose center is a uniformly random pixel; near the edges a part of it lies outside. Boxes, key points and
 * masks are not changed: hidden objects are still there.
 */
export const cutout: AugmentationFactory<CutoutOptions> = defineAugmentation({
  type: "cutout",
  options: { size: integer(1), fill: withDefault(colorKind, 0) },
  apply: ({ size, fill }, batch, { random }) => {
    const images = batch.images.copy();
    const [n, channels, height, width] = images.shape;
    const color = surroundingsOf({ data: images.data, channels }, fill);
    for (let i = 0; i < n; i++) {
      const draws = random(i);
      const [top, left] = [draws.integer(height), draws.integer(width)].map((center) => center - (size >> 1));
      for (let c = 0; c < channels; c++) {
        for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
          const row = ((i * channels + c) * height + y) * width;
          images.data.fill(Number(color[c]), row + Math.max(0, left), row + Math.min(width, left + size));
        }
      }
    }
    return { ...batch, images };
  },
});
