/**
 * Ten views of every picture: crops of one size in the four corners and in the center, and the mirror image of each. A
 * network's predictions for them are combined by vote. Source: 11-785, testing on "10 crops"; A. Krizhevsky, I. Sutskever,
 * G. E. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 4.1.
 */
import { allocate, checkArray, dtypes, formatShape, NdArray, OptionError, ShapeError } from "../../array/index.ts";
import { type AffineMatrix, type Fill, fillKind, warpPlanes } from "../../image/index.ts";
import { either, integer, type Kind, readOptions, withDefault } from "../../options/index.ts";

/** Options of `tenCrop` and `fiveCrop`. */
export interface CropOptions {
  /** The size of a crop in pixels: one number for squares, or [height, width]. */
  readonly size: number | readonly [height: number, width: number];
  /** Padding on each side before cropping, in pixels. Default 0. */
  readonly padding?: number | undefined;
  /**
   * The padding: values in the pictures' own unit (0 … 255 for bytes), or how the picture is continued. Default `reflect`,
   * which disturbs networks trained without padding least.
   */
  readonly fill?: Fill | undefined;
}

const pair: Kind<readonly [number, number]> = {
  expects: "[height, width], integers of at least 1",
  read: (value) =>
    Array.isArray(value) && value.length === 2 && value.every((n) => Number.isInteger(n) && n >= 1)
      ? [value[0], value[1]]
      : undefined,
};

const cropOptions = {
  size: either(integer(1), pair),
  padding: withDefault(integer(0), 0),
  fill: withDefault(fillKind, "reflect" as const),
};

/**
 * Ten crops of each picture: [10, ...] of pictures [n, channels, height, width] becomes [10, n, channels, crop height, crop
 * width]. The first five are top left, top right, bottom left, bottom right and center (if the margins are odd, one pixel
 * more is cut off below and on the right), the other five their mirror images in the same order.
 * @throws ShapeError unless they are pictures, and for crops larger than the padded pictures
 */
export const tenCrop = (images: NdArray, options: CropOptions): NdArray =>
  stackParts([...crops(images, options, 10)], images);

/** The first five of the ten crops, for pictures whose mirror images mean something else, such as digits. */
export const fiveCrop = (images: NdArray, options: CropOptions): NdArray =>
  stackParts([...crops(images, options, 5)], images);

function stackParts(parts: readonly NdArray[], { dtype }: NdArray): NdArray {
  const [{ size, shape }] = parts;
  const data = allocate(dtype, parts.length * size);
  for (const [i, part] of parts.entries()) data.set(part.data, i * size);
  return new NdArray(data, [parts.length, ...shape], dtype);
}

/** The numbers of crops: the center alone, with the corners, or those and their mirror images. */
export type CropCount = 1 | 5 | 10;

/** The crops one by one, made on demand: all ten of a batch may not fit into memory. */
export function* crops(images: NdArray, options: CropOptions, count: CropCount): Generator<NdArray> {
  checkArray("tenCrop", "images", images);
  const { size, padding, fill } = readOptions("tenCrop", cropOptions, options);
  const [height, width] = typeof size === "number" ? [size, size] : size;
  checkCrops(images, height, width, padding);
  checkFill(images, fill);
  const [down, across] = [images.shape[2] + 2 * padding - height, images.shape[3] + 2 * padding - width];
  const corners = [0, down].flatMap((top) => [0, across].map((left) => [top, left]));
  const center = [Math.floor(down / 2), Math.floor(across / 2)];
  const cut = { height, width, fill, interpolation: "nearest" } as const;
  for (const isMirrored of count === 10 ? [false, true] : [false]) {
    for (const [top, left] of count === 1 ? [center] : [...corners, center]) {
      const [x, y] = [left - padding, top - padding];
      const matrix: AffineMatrix = isMirrored ? [-1, 0, width - 1 + x, 0, 1, -y] : [1, 0, -x, 0, 1, -y];
      yield warpPlanes(
        images,
        Array.from({ length: images.shape[0] }, () => matrix),
        cut,
      );
    }
  }
}

/** @throws ShapeError unless crops of the size can be taken from pictures [n, channels, height, width], padded */
export function checkCrops({ shape }: Pick<NdArray, "shape">, height: number, width: number, padding: number): void {
  if (shape.length !== 4)
    throw new ShapeError(`crops: needs pictures [n, channels, height, width], got ${formatShape(shape)}`);
  const missing = Math.max(height - shape[2], width - shape[3]);
  if (missing <= 2 * padding) return;
  throw new ShapeError(
    `crops: ${height}×${width} do not fit into pictures of ${shape[2]}×${shape[3]} with a padding of ${padding}; ` +
      `it takes ${Math.ceil(missing / 2)}`,
  );
}

/** @throws OptionError for values that the pictures' type cannot hold */
function checkFill({ dtype }: NdArray, fill: Fill): void {
  if (dtypes[dtype].kind === "float" || typeof fill === "string") return;
  const wrong = [fill].flat().find((value) => !Number.isInteger(value) || value < 0 || value > 255);
  if (wrong === undefined) return;
  throw new OptionError(`tenCrop: fill must be integers from 0 to 255 for pictures in ${dtype}, got ${wrong}`);
}
