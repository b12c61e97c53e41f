/** Crops: parts of pictures, at random places or in the center. Moves of whole pixels, exact. */
import { formatShape, type Shape, ShapeError } from "../../array/index.ts";
import type { AffineMatrix } from "../../image/index.ts";
import { optional, withDefault } from "../../options/index.ts";
import { NO_EDGES, placeBatch } from "./place.ts";
import { type EdgeOptions, edgeOptions, type Size, sizeKind } from "./ranges.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `randomCrop`. */
export interface RandomCropOptions extends EdgeOptions {
  /** Of the crop, in pixels: one number for squares, or [height, width]. Default: as the pictures. */
  readonly size?: number | Size | undefined;
  /** How many pixels are put around a picture first: one number, or [above and below, left and right]. Default 0. */
  readonly padding?: number | Size | undefined;
}

/** The map that puts the pixel (left, top) where the crop begins. */
const shift = (left: number, top: number): AffineMatrix => [1, 0, -left, 0, 1, -top];

/**
 * A part of each picture at a random place, all places equally likely; with padding, beyond the edges as well. Masks,
 * boxes and key points go along. Source for crops of padded pictures: He et al. 2016, 4 pixels around those of CIFAR.
 * @throws ShapeError when it is used on pictures that are too small
 */
export const randomCrop: AugmentationFactory<RandomCropOptions> = defineAugmentation({
  type: "randomCrop",
  options: { size: optional(sizeKind(1)), padding: withDefault(sizeKind(0), [0, 0] as const), ...edgeOptions },
  shape: ({ size, padding }, shape) => cropShape("randomCrop", shape, size, padding),
  apply: ({ size, padding, ...edges }, batch, { random }) => {
    const [, ...shape] = batch.images.shape;
    const [, height, width] = cropShape("randomCrop", shape, size, padding);
    const [down, across] = [shape[1] + 2 * padding[0] - height, shape[2] + 2 * padding[1] - width];
    return placeBatch(batch, { width, height, ...edges }, (i) => {
      const draws = random(i);
      const top = draws.integer(down + 1) - padding[0];
      return shift(draws.integer(across + 1) - padding[1], top);
    });
  },
});

/** Options of `centerCrop`. */
export interface CenterCropOptions {
  /** Of the crop, in pixels: one number for squares, or [height, width]. */
  readonly size: number | Size;
}

/**
 * The middle of each picture; where it does not lie on a pixel, half a pixel is cut off more below and on the right.
 * Masks, boxes and key points go along.
 * @throws ShapeError when it is used on pictures that are too small
 */
export const centerCrop: AugmentationFactory<CenterCropOptions> = defineAugmentation({
  type: "centerCrop",
  options: { size: sizeKind(1) },
  shape: ({ size }, shape) => cropShape("centerCrop", shape, size),
  apply: ({ size: [height, width] }, batch) => {
    const matrix = middle(batch.images, height, width);
    return placeBatch(batch, { width, height, ...NO_EDGES }, () => matrix);
  },
});

/** The map that puts the middle of pictures […, height, width] into a frame of a size. @throws ShapeError when they are too small */
export function middle({ shape }: { readonly shape: Shape }, height: number, width: number): AffineMatrix {
  const [, ...picture] = shape;
  cropShape("centerCrop", picture, [height, width]);
  return shift(Math.floor((picture[2] - width) / 2), Math.floor((picture[1] - height) / 2));
}

function cropShape(type: string, shape: Shape, size: Size | undefined, [down, across]: Size = [0, 0]): Shape {
  const [channels, height, width] = shape;
  const [cropHeight, cropWidth] = size ?? [height, width];
  if (cropHeight <= height + 2 * down && cropWidth <= width + 2 * across) return [channels, cropHeight, cropWidth];
  const padded = down + across > 0 ? ` with ${formatShape([down, across])} pixels around them` : "";
  throw new ShapeError(
    `${type}: ${cropHeight}×${cropWidth} cannot be cut out of pictures of ${height}×${width}${padded}; choose a smaller size`,
  );
}
