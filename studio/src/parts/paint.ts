/** Values as colors, the same everywhere: signed values diverge from the neutral color at 0, magnitudes rise from it to the ink. */

export type Rgb = readonly [number, number, number];

/** The colors of values in the current theme. */
export interface Palette {
  readonly negative: Rgb;
  readonly zero: Rgb;
  readonly positive: Rgb;
  readonly ink: Rgb;
}

/** Small values stay visible: a tenth of the scale has a seventh of the color. */
const GAMMA = 0.85;

/** Reads the palette of an element's theme. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const numbers = (name: string): Rgb => style.getPropertyValue(name).split(",").map(Number) as unknown as Rgb;
  const hex = Number.parseInt(style.getPropertyValue("--ink").trim().slice(1), 16);
  return {
    negative: numbers("--neg"),
    zero: numbers("--zero"),
    positive: numbers("--pos"),
    ink: [hex >> 16, (hex >> 8) & 255, hex & 255],
  };
}

export const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  from.map((value, i) => Math.round(value + (to[i] - value) * share)) as unknown as Rgb;

/** How much of the full color a value has at a scale, from 0 to 1; NaN has none. */
export const shareOf = (value: number, scale: number): number =>
  scale > 0 && !Number.isNaN(value) ? Math.min(1, Math.abs(value) / scale) ** GAMMA : 0;

/** The color of a value at a scale; NaN has none. */
export function colorOf(value: number, scale: number, palette: Palette, signed = true): Rgb {
  if (Number.isNaN(value)) return [255, 0, 255];
  const end = signed ? (value < 0 ? palette.negative : palette.positive) : palette.ink;
  return mix(palette.zero, end, shareOf(value, scale));
}

export const cssOf = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** The largest magnitude among finite values; 0 for none. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > largest) largest = Math.abs(values[i]);
  return largest;
}

/** A map [height, width] as pixels, one for each value. */
export function pixelsOf(
  values: ArrayLike<number>,
  [height, width]: readonly [number, number],
  { scale, palette, signed = true }: { readonly scale: number; readonly palette: Palette; readonly signed?: boolean },
): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) image.data.set([...colorOf(values[i], scale, palette, signed), 255], 4 * i);
  return image;
}

/** A picture, bytes [channels, height, width] of one or three channels, as pixels: gray ones are ink on the surface. */
export function pictureOf(
  bytes: ArrayLike<number>,
  [channels, height, width]: readonly number[],
  palette: Palette,
): ImageData {
  if (channels === 1) return pixelsOf(bytes, [height, width], { scale: 255, palette, signed: false });
  const image = new ImageData(width, height);
  const size = height * width;
  for (let i = 0; i < size; i++) image.data.set([bytes[i], bytes[size + i], bytes[2 * size + i], 255], 4 * i);
  return image;
}
