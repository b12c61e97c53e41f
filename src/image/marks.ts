/** Points drawn into a picture, to look at what was found. */
import { OptionError } from "../array/index.ts";
import { type BytePicture, type Picture, toBytes, withoutAlpha } from "./picture.ts";

export interface MarkOptions {
  /** Red, green and blue in bytes. Default a strong red. */
  readonly colour?: readonly [number, number, number];
  /** How far the arms of each cross reach from its middle, in pixels. Default 3. */
  readonly reach?: number;
}

/**
 * The picture in RGB with a cross at each point; what lies outside of it is left out.
 * @throws OptionError for a reach that is not a whole number from 0 on
 */
export function markPoints(
  picture: Picture,
  points: readonly { readonly x: number; readonly y: number }[],
  { colour = [255, 40, 40], reach = 3 }: MarkOptions = {},
): BytePicture {
  if (!Number.isInteger(reach) || reach < 0)
    throw new OptionError(`markPoints: reach ${reach}, expected a whole number from 0 on`);
  const { width, height, channels, data } = withoutAlpha(toBytes(picture));
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < out.length; i++) out[i] = data[channels === 3 ? i : Math.floor(i / 3)];
  const dot = (x: number, y: number): void => {
    if (x >= 0 && x < width && y >= 0 && y < height) out.set(colour, (y * width + x) * 3);
  };
  for (const point of points) {
    const [x, y] = [Math.round(point.x), Math.round(point.y)];
    for (let i = -reach; i <= reach; i++) {
      dot(x + i, y);
      dot(x, y + i);
    }
  }
  return { width, height, channels: 3, data: out };
}
