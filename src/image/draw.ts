/**
 * Lines and circles, one pixel wide, drawn into a picture that is changed in place. Shapes are clipped first, so none takes
 * longer than the picture is large.
 */
import { describeGiven, OptionError } from "../array/index.ts";
import { type BytePicture, expectPicture } from "./picture.ts";

/** One byte for each channel of the picture. */
export type Color = readonly number[];

/** A point in pixels; the center of the first pixel is at 0, 0. */
export interface Point {
  /** In pixels to the right. */
  readonly x: number;
  /** In pixels downward. */
  readonly y: number;
}

/**
 * Draws a line with both of its ends.
 * @throws OptionError when a coordinate is not finite, or the color does not have a byte for each channel
 */
export function drawLine(picture: BytePicture, from: Point, to: Point, color: Color): void {
  checkDrawing("drawLine", picture, color, [from, to]);
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const part = insidePart(picture, from, dx, dy);
  if (part === undefined) return;
  const [begin, end] = part;
  // One pixel for each step along the longer axis.
  const steps = Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) * (end - begin));
  for (let step = 0; step <= steps; step++) {
    const t = steps === 0 ? begin : begin + ((end - begin) * step) / steps;
    setPixel(picture, Math.round(from.x + t * dx), Math.round(from.y + t * dy), color);
  }
}

/**
 * Draws a circle.
 * @param radius in pixels
 * @throws OptionError when a number is not finite or the radius negative, or the color does not have a byte for each channel
 */
export function drawCircle(picture: BytePicture, center: Point, radius: number, color: Color): void {
  checkDrawing("drawCircle", picture, color, [center]);
  if (!(radius >= 0 && radius < Infinity))
    throw new OptionError(`drawCircle: radius ${radius}, expected a number of at least 0`);
  // Steep parts have a pixel in each row, flat parts one in each column.
  const flat = radius * Math.SQRT1_2;
  for (const y of wholeNumbers(center.y - flat, center.y + flat, picture.height)) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (y - center.y) ** 2));
    for (const x of [center.x - half, center.x + half]) setPixel(picture, Math.round(x), y, color);
  }
  for (const x of wholeNumbers(center.x - flat, center.x + flat, picture.width)) {
    const half = Math.sqrt(Math.max(0, radius ** 2 - (x - center.x) ** 2));
    for (const y of [center.y - half, center.y + half]) setPixel(picture, x, Math.round(y), color);
  }
}

/** The rows, or columns, nearest to an interval, clipped to the picture. */
function* wholeNumbers(from: number, to: number, size: number): Generator<number> {
  const last = Math.min(size - 1, Math.round(to));
  for (let i = Math.max(0, Math.round(from)); i <= last; i++) yield i;
}

/**
 * The part of a line, from `begin` to `end` of its length 0 … 1, that lies in the picture; undefined if none does. Each
 * edge cuts off one end (Liang and Barsky 1984).
 */
function insidePart({ width, height }: BytePicture, from: Point, dx: number, dy: number): [number, number] | undefined {
  let [begin, end] = [0, 1];
  // Along each axis, the line's extent and the distance to the edge; pixels extend half a pixel around their centers.
  const edges = [
    [-dx, from.x + 0.5],
    [dx, width - 0.5 - from.x],
    [-dy, from.y + 0.5],
    [dy, height - 0.5 - from.y],
  ];
  for (const [way, room] of edges) {
    if (way === 0 && room < 0) return undefined;
    if (way > 0) end = Math.min(end, room / way);
    if (way < 0) begin = Math.max(begin, room / way);
  }
  return begin <= end ? [begin, end] : undefined;
}

function setPixel({ width, height, channels, data }: BytePicture, x: number, y: number, color: Color): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  for (let c = 0; c < channels; c++) data[(y * width + x) * channels + c] = color[c];
}

function checkDrawing(where: string, picture: BytePicture, color: Color, points: readonly Point[]): void {
  expectPicture(picture, where);
  const { channels } = picture;
  for (const point of points)
    if (typeof point?.x !== "number" || typeof point.y !== "number")
      throw new OptionError(`${where}: expects a place, { x, y }, got ${describeGiven(point)}`);
  if (!Array.isArray(color))
    throw new OptionError(`${where}: expects a color, one byte for each channel, got ${describeGiven(color)}`);
  if (color.length !== channels) {
    throw new OptionError(`${where}: a color of ${color.length} bytes, the picture has ${channels} channels`);
  }
  const bad = points.flatMap(({ x, y }) => [x, y]).find((number) => !Number.isFinite(number));
  if (bad !== undefined) throw new OptionError(`${where}: ${bad} is no place in a picture, expected finite numbers`);
}
