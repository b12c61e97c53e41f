/** Draws points into a picture. */
import { checkList, checkOptions, OptionError } from "../array/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import { drawLine, type Point } from "./draw.ts";
import { type BytePicture, type Picture, toBytes, toRgb } from "./picture.ts";

/** Options of `markPoints`. */
export interface MarkOptions {
  /** Red, green and blue in bytes. Default a strong red. */
  readonly color?: readonly [number, number, number] | undefined;
  /** The length of the arms of each cross, in pixels. Default 3. */
  readonly reach?: number | undefined;
}

const optionNames = namesOf<MarkOptions>({ color: true, reach: true });

/**
 * The picture in RGB with a cross at each point; clipped to the picture.
 * @throws OptionError unless the reach is an integer of at least 0
 */
export function markPoints(picture: Picture, points: readonly Point[], options: MarkOptions = {}): BytePicture {
  checkList("markPoints", "points, { x, y }", points);
  checkNames("markPoints", optionNames, options);
  const { color = [255, 40, 40], reach = 3 } = options;
  if (!Number.isInteger(reach) || reach < 0)
    throw new OptionError(`markPoints: reach ${reach}, expected a whole number from 0 on`);
  const opaque = toRgb(toBytes(picture));
  const marked = { ...opaque, data: opaque.data.slice() };
  for (const point of points) {
    checkOptions("markPoints: a point", point);
    const [x, y] = [Math.round(point.x), Math.round(point.y)];
    drawLine(marked, { x: x - reach, y }, { x: x + reach, y }, color);
    drawLine(marked, { x, y: y - reach }, { x, y: y + reach }, color);
  }
  return marked;
}
