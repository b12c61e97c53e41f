/** Crops, flips and quarter turns of pictures: pixels move, values do not change. */
import { checkOptions, OptionError } from "../array/index.ts";
import { checkPicture, type Picture, type PictureData, roomFor } from "./picture.ts";

/** A part of a picture, in pixels from its upper left corner. */
export interface Rectangle {
  /** The left edge, in pixels from the left. */
  readonly x: number;
  /** The top edge, in pixels from the top. */
  readonly y: number;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** The index in the source, y · width + x, of the pixel at (x, y) of the result. */
type SourcePosition = (x: number, y: number) => number;

function movePixels<Data extends PictureData>(
  picture: Picture<Data>,
  width: number,
  height: number,
  source: SourcePosition,
) {
  const { channels, data } = picture;
  const out = roomFor(data, width * height * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = source(x, y) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c];
    }
  }
  return { width, height, channels, data: out };
}

/** The part of a picture inside a rectangle. @throws OptionError if it is empty or reaches outside */
export function crop<Data extends PictureData>(picture: Picture<Data>, part: Rectangle): Picture<Data> {
  checkPicture(picture, "crop");
  checkOptions("crop", part);
  const { x, y, width, height } = part;
  const whole = [x, y, width, height].every(Number.isInteger) && x >= 0 && y >= 0 && width > 0 && height > 0;
  if (!whole || x + width > picture.width || y + height > picture.height) {
    throw new OptionError(
      `crop: ${width}×${height} pixels from (${x}, ${y}) on, expected whole numbers and a part of the ` +
        `${picture.width}×${picture.height} pixels that there are`,
    );
  }
  return movePixels(picture, width, height, (column, row) => (y + row) * picture.width + x + column);
}

/** Flips horizontally. */
export function flipHorizontally<Data extends PictureData>(picture: Picture<Data>): Picture<Data> {
  checkPicture(picture, "flipHorizontally");
  const { width, height } = picture;
  return movePixels(picture, width, height, (x, y) => y * width + width - 1 - x);
}

/** Flips vertically. */
export function flipVertically<Data extends PictureData>(picture: Picture<Data>): Picture<Data> {
  checkPicture(picture, "flipVertically");
  const { width, height } = picture;
  return movePixels(picture, width, height, (x, y) => (height - 1 - y) * width + x);
}

/**
 * Rotates clockwise by n · 90°; counter-clockwise for negative n.
 * @throws OptionError unless n is an integer
 */
export function quarterTurns<Data extends PictureData>(picture: Picture<Data>, n: number): Picture<Data> {
  checkPicture(picture, "quarterTurns");
  if (!Number.isInteger(n)) throw new OptionError(`quarterTurns: ${n} turns, expected a whole number`);
  const { width, height } = picture;
  const turns = [
    () => movePixels(picture, width, height, (x, y) => y * width + x),
    () => movePixels(picture, height, width, (x, y) => (height - 1 - x) * width + y),
    () => movePixels(picture, width, height, (x, y) => (height - 1 - y) * width + width - 1 - x),
    () => movePixels(picture, height, width, (x, y) => x * width + width - 1 - y),
  ];
  return turns[((n % 4) + 4) % 4]();
}
