/**
 * Ten views of every picture: crops of one size in the four corners and in the centre, and the mirror image of each.
 * A network that gives a class for each of them votes. Source: 11-785, testing on "10 crops"; A. Krizhevsky,
 * I. Sutskever, G. E. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012, section 4.1.
 */
import { allocate, dtypes, formatShape, NdArray, OptionError, ShapeError } from "../array/index.ts";
import { either, integer, type Kind, readAttributes, real, withDefault } from "../graph/index.ts";

export interface CropOptions {
  /** Of a crop, in pixels: one number for squares, or [height, width]. */
  readonly size: number | readonly [height: number, width: number];
  /** Pixels around the picture on each side before crops are taken. Default 0. */
  readonly padding?: number;
  /** What they hold, in the pictures' own unit: 0 … 255 for bytes. Default 0. */
  readonly fill?: number;
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
  fill: withDefault(real(), 0),
};

/**
 * Ten crops of each picture: [10, ...] of pictures [n, channels, height, width] becomes [10, n, channels, crop height,
 * crop width]. The first five are top left, top right, bottom left, bottom right and centre (the half pixel that may be
 * left over is cut off above and on the left), the other five their mirror images in the same order.
 * @throws ShapeError for what is no pictures, and for crops that are larger than the padded pictures
 */
export const tenCrop = (images: NdArray, options: CropOptions): NdArray =>
  stack([...crops(images, options, true)], images);

/** The first five of the ten crops, for pictures whose mirror images are something else, such as digits. */
export const fiveCrop = (images: NdArray, options: CropOptions): NdArray =>
  stack([...crops(images, options, false)], images);

function stack(parts: readonly NdArray[], { dtype }: NdArray): NdArray {
  const [{ size, shape }] = parts;
  const data = allocate(dtype, parts.length * size);
  for (const [i, part] of parts.entries()) data.set(part.data, i * size);
  return new NdArray(data, [parts.length, ...shape], dtype);
}

/** The crops one after the other, each made when it is asked for: all ten of a batch may be more than fits. */
export function* crops(images: NdArray, options: CropOptions, mirrored: boolean): Generator<NdArray> {
  const { size, padding, fill } = readAttributes("tenCrop", cropOptions, options);
  const [height, width] = typeof size === "number" ? [size, size] : size;
  checkCrops(images, height, width, padding);
  checkFill(images, fill);
  const [down, across] = [images.shape[2] + 2 * padding - height, images.shape[3] + 2 * padding - width];
  const corners = [0, down].flatMap((top) => [0, across].map((left) => [top, left]));
  const windows = [...corners, [Math.floor(down / 2), Math.floor(across / 2)]];
  for (const isMirrored of mirrored ? [false, true] : [false]) {
    for (const [top, left] of windows)
      yield cropAt(images, { top: top - padding, left: left - padding, height, width, fill, isMirrored });
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

function checkFill({ dtype }: NdArray, fill: number): void {
  if (dtypes[dtype].kind === "float" || (Number.isInteger(fill) && fill >= 0 && fill <= 255)) return;
  throw new OptionError(`tenCrop: fill must be an integer from 0 to 255 for pictures in ${dtype}, got ${fill}`);
}

interface Window {
  /** Where it begins in the picture; outside of it is `fill`. */
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly fill: number;
  readonly isMirrored: boolean;
}

function cropAt({ data, shape, dtype }: NdArray, { top, left, height, width, fill, isMirrored }: Window): NdArray {
  const [n, channels, fullHeight, fullWidth] = shape;
  const out = allocate(dtype, n * channels * height * width).fill(fill);
  // The columns of the window that lie in the picture.
  const [first, end] = [Math.max(0, -left), Math.min(width, fullWidth - left)];
  for (let plane = 0; plane < n * channels; plane++) {
    for (let y = Math.max(0, -top); y < Math.min(height, fullHeight - top); y++) {
      const from = (plane * fullHeight + top + y) * fullWidth + left;
      const to = (plane * height + y) * width;
      if (first < end) out.set(data.subarray(from + first, from + end), to + first);
    }
  }
  if (isMirrored) for (let row = 0; row < out.length; row += width) out.subarray(row, row + width).reverse();
  return new NdArray(out, [n, channels, height, width], dtype);
}
