/** Crops at random positions or in the center. Shifts by whole pixels are exact. */
import { formatShape, type Shape, ShapeError } from "../../array/index.ts";
import type { AffineMatrix } from "../../image/index.ts";
import { optional, withDefault } from "../../options/index.ts";
import { NO_EDGES, placeBatch } from "./place.ts";
import { type EdgeOptions, edgeOptions, type Size, sizeKind } from "./ranges.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `randomCrop`. */
export interface RandomCropOptions extends EdgeOptions {
  /** The crop's size in pixels: one number for squares, or [height, width]. Default: that of the pictures. */
  readonly size?: number | Size | undefined;
  /** Padding before cropping, in pixels: one number, or [vertical, horizontal]. Default 0. */
  readonly padding?: number | Size | undefined;
}

/** The map that moves pixel (left, top) to the crop's origin. */
const shiftMatrix = (left: number, top: number): AffineMatrix => [1, 0, -left, 0, 1, -top];

/**
 * A crop of each picture at a uniformly random position; with padding, beyond the edges as well. Masks, boxes and key points
 * are cropped alike. Source for crops of padded pictures: He et al. 2016, 4 pixels around those of CIFAR.
 * @throws ShapeError for pictures that are too small
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
      return shiftMatrix(draws.integer(across + 1) - padding[1], top);
    });
  },
});

/** Options of `centerCrop`. */
export interface CenterCropOptions {
  /** The crop's size in pixels: one number for squares, or [height, width]. */
  readonly size: number | Size;
}

/**
 * The center crop of each picture; if the margins are odd, one pixel more is cut off below and on the right. Masks, boxes
 * and key points are cropped alike.
 * @throws ShapeError for pictures that are too small
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

/** The map of a center crop of pictures […, height, width]. @throws ShapeError when they are too small */
export function middle({ shape }: { readonly shape: Shape }, height: number, width: number): AffineMatrix {
  const [, ...picture] = shape;
  cropShape("centerCrop", picture, [height, width]);
  return shiftMatrix(Math.floor((picture[2] - width) / 2), Math.floor((picture[1] - height) / 2));
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
