/** Attributions as pixels: over the picture, or alone; signed ones in both colors. */
import { colorOf, mix, type Palette, type Rgb } from "../../../parts/paint.ts";

/** The share of places that the scale ends at, since single strong pixels would leave the rest pale; as in the library. */
const PERCENTILE = 0.99;
/** How strong the picture is under a map. */
const UNDER = 0.4;

export function scaleOf(values: ArrayLike<number>): number {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.floor(PERCENTILE * (sizes.length - 1))] || sizes[sizes.length - 1] || 1;
}

/** @param picture bytes [channels, height, width] under the map; without it the map is alone */
export function mapPixels(
  values: ArrayLike<number>,
  [height, width]: readonly [number, number],
  palette: Palette,
  picture?: ArrayLike<number>,
): ImageData {
  const image = new ImageData(width, height);
  const size = width * height;
  const scale = scaleOf(values);
  for (let i = 0; i < size; i++) {
    const share = Math.min(1, Math.abs(values[i]) / scale);
    const ground =
      picture === undefined ? palette.zero : mix(palette.zero, palette.ink, UNDER * darkness(picture, i, size));
    const strong: Rgb = values[i] < 0 ? palette.negative : palette.positive;
    const color = picture === undefined ? colorOf(values[i], scale, palette) : mix(ground, strong, 0.9 * share);
    image.data.set([...color, 255], 4 * i);
  }
  return image;
}

/** How much ink a pixel has: of gray pictures the value, of colors what is missing to white. */
function darkness(picture: ArrayLike<number>, i: number, size: number): number {
  if (picture.length === size) return picture[i] / 255;
  return 1 - (picture[i] + picture[size + i] + picture[2 * size + i]) / (3 * 255);
}
