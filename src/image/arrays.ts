/** Pictures as arrays and back: channels come first in arrays, as in networks, and last in pictures. */
import {
  checkArray,
  type DType,
  describeGiven,
  formatShape,
  NdArray,
  OptionError,
  ShapeError,
} from "../array/index.ts";
import { checkPicture, type Picture, type PictureData, roomFor } from "./picture.ts";

/** A picture as an array [channels, height, width]: `u8` from bytes, `f32` from floats. */
export function pictureToArray(picture: Picture): NdArray {
  checkPicture(picture, "pictureToArray");
  const { width, height, channels, data } = picture;
  const planes = roomFor(data, data.length);
  const area = width * height;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) planes[c * area + i] = data[i * channels + c];
  }
  return new NdArray(planes, [channels, height, width], data instanceof Uint8Array ? "u8" : "f32");
}

/**
 * An array [channels, height, width] or [height, width] as a picture: bytes from `u8`, floats from `f32`.
 * @throws ShapeError for arrays of other shapes or types
 */
export function arrayToPicture(array: NdArray): Picture {
  checkArray("arrayToPicture", "the picture", array);
  const { shape, dtype, data } = array;
  const [channels, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  if (!isPictureShape([channels, height, width], shape.length) || !isPictureType(dtype)) {
    throw new ShapeError(
      `arrayToPicture: ${dtype} ${formatShape(shape)}, expected u8 or f32 [channels,height,width], of 1 to 4 channels, ` +
        "or [height,width], none of them 0",
    );
  }
  const area = width * height;
  const pixels = roomFor(data as PictureData, data.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) pixels[i * channels + c] = data[c * area + i];
  }
  return { width, height, channels: channels as Picture["channels"], data: pixels };
}

const isPictureType = (dtype: DType): boolean => dtype === "u8" || dtype === "f32";

const isPictureShape = ([channels, height, width]: readonly number[], rank: number): boolean =>
  (rank === 2 || rank === 3) && channels >= 1 && channels <= 4 && height > 0 && width > 0;

/**
 * Pictures of one size as an array [count, channels, height, width], `u8` or `f32`.
 * @throws ShapeError if there are none, or they differ in size, channels or kind of values
 */
export function picturesToBatch(pictures: readonly Picture[]): NdArray {
  if (!Array.isArray(pictures))
    throw new OptionError(`picturesToBatch: expects a list of pictures, got ${describeGiven(pictures)}`);
  const arrays = pictures.map((picture) => pictureToArray(picture));
  const [first] = arrays;
  if (first === undefined) throw new ShapeError("picturesToBatch: no pictures, expected at least one");
  const batch = roomFor(first.data as PictureData, pictures.length * first.size);
  for (const [i, array] of arrays.entries()) {
    const [expected, got] = [first, array].map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`);
    if (got !== expected) {
      throw new ShapeError(`picturesToBatch: picture ${i} is ${got}, the first ${expected}; resize or convert it`);
    }
    batch.set(array.data, i * first.size);
  }
  return new NdArray(batch, [pictures.length, ...first.shape], first.dtype);
}

/** The pictures of an array [count, channels, height, width]. @throws ShapeError for arrays of other shapes or types */
export function batchToPictures(batch: NdArray): Picture[] {
  checkArray("batchToPictures", "the batch", batch);
  if (batch.shape.length !== 4) {
    throw new ShapeError(`batchToPictures: shape ${formatShape(batch.shape)}, expected [count,channels,height,width]`);
  }
  return Array.from({ length: batch.shape[0] }, (_, i) => arrayToPicture(batch.row(i)));
}
