/**
 * Numbers as colors: maps of activations, attributions and filters become pictures.
 *
 * Magnitudes use a cubehelix, whose brightness rises evenly, so that it reads the same in gray (Green 2011, "A colour scheme
 * for the display of astronomical intensity images"):
 *
 *   rgb(λ) = λ + a · M (cos φ, sin φ),    φ = 2π (s/3 + 1 + r λ),    a = h λ (1 − λ) / 2
 *
 * Signed values go from blue over white, which is 0, to red: the scheme RdBu of ColorBrewer, safe for color-blind eyes.
 */
import { describeGiven, NdArray, OptionError, ShapeError } from "../array/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import type { Rgb } from "./grid-layout.ts";
import { type BytePicture, type Picture, resize, toBytes, toRgb } from "./picture.ts";

/**
 * `gray` from black to white, `sequential` for magnitudes from black to white in color, `heat` from black over red to yellow,
 * which is told from the gray of a picture under it, `diverging` around 0.
 */
export type ColorScale = "gray" | "sequential" | "heat" | "diverging";

/** Options of `colorize`. */
export interface ColorizeOptions {
  /** Default: `diverging` if a value is negative, else `sequential`. */
  readonly scale?: ColorScale | undefined;
  /**
   * The values at both ends of the scale; what lies outside gets the color of the end. Default: [0, largest] without negative
   * values, [−m, m] with m the largest magnitude for `diverging`, and [smallest, largest] otherwise.
   */
  readonly range?: readonly [low: number, high: number] | undefined;
}

/** Options of `overlay`. The default scale is `heat` where `colorize` has `sequential`. */
export interface OverlayOptions extends ColorizeOptions {
  /** How much of the color covers the picture where the value is strongest, 0 to 1. Default 0.7. */
  readonly opacity?: number | undefined;
}

/** Where a value lies on a scale, 0 … 1, as a color. */
const colors: Readonly<Record<ColorScale, (share: number) => Rgb>> = {
  gray: (share) => [255 * share, 255 * share, 255 * share],
  sequential: cubehelix,
  heat: between([0, 0, 0], [120, 10, 40], [215, 50, 30], [250, 150, 20], [255, 240, 90]),
  diverging: between([5, 48, 97], [67, 147, 195], [247, 247, 247], [214, 96, 77], [103, 0, 31]),
};

/** The names of the color scales. */
export const colorScales = Object.keys(colors) as readonly ColorScale[];

/** NaN is magenta, which no scale has. */
const NAN_COLOR: Rgb = [255, 0, 255];

const [START, ROTATIONS, HUE] = [0.5, -1.5, 1.2];

function cubehelix(share: number): Rgb {
  const phase = 2 * Math.PI * (START / 3 + 1 + ROTATIONS * share);
  const amplitude = (HUE * share * (1 - share)) / 2;
  const [cos, sin] = [amplitude * Math.cos(phase), amplitude * Math.sin(phase)];
  return [
    255 * (share - 0.14861 * cos + 1.78277 * sin),
    255 * (share - 0.29227 * cos - 0.90649 * sin),
    255 * (share + 1.97294 * cos),
  ];
}

/** Linear between evenly spaced colors. */
function between(...stops: readonly Rgb[]): (share: number) => Rgb {
  return (share) => {
    const at = Math.min(stops.length - 2, Math.floor(share * (stops.length - 1)));
    const [from, to, part] = [stops[at], stops[at + 1], share * (stops.length - 1) - at];
    return from.map((value, c) => value + (to[c] - value) * part) as unknown as Rgb;
  };
}

const optionNames = namesOf<ColorizeOptions>({ scale: true, range: true });

/** A scale with both ends, as `colorize` would choose it for values. */
export interface ValueScale {
  /** The colors. */
  readonly scale: ColorScale;
  /** The values at both ends. */
  readonly range: readonly [low: number, high: number];
}

/**
 * The scale for values, so that several maps can share one. Values that are not finite are left out.
 * @throws OptionError for an unknown scale and a range that does not rise
 */
export function valueScale(values: ArrayLike<number>, options: ColorizeOptions = {}): ValueScale {
  checkNames("colorize", optionNames, options);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const scale = options.scale ?? (low < 0 ? "diverging" : "sequential");
  if (!colorScales.includes(scale))
    throw new OptionError(`colorize: scale ${describeGiven(scale)}, expected one of ${colorScales.join(", ")}`);
  return { scale, range: checkedRange(options.range) ?? usualRange(scale, low, high) };
}

function usualRange(scale: ColorScale, low: number, high: number): readonly [number, number] {
  if (low > high) return [0, 1];
  const most = Math.max(Math.abs(low), Math.abs(high));
  if (scale === "diverging") return most > 0 ? [-most, most] : [-1, 1];
  const from = Math.min(0, low);
  return high > from ? [from, high] : [from, from + 1];
}

function checkedRange(range: ColorizeOptions["range"]): ColorizeOptions["range"] {
  if (range === undefined) return undefined;
  const [low = Number.NaN, high = Number.NaN, ...rest]: readonly number[] = Array.isArray(range) ? range : [];
  if (Number.isFinite(low) && Number.isFinite(high) && low < high && rest.length === 0) return range;
  throw new OptionError(`colorize: range ${describeGiven(range)}, expected two numbers that rise, such as [-1, 1]`);
}

/** Where a value lies between both ends, 0 … 1; NaN stays NaN. */
const shareOf = (value: number, [low, high]: ValueScale["range"]): number =>
  Math.min(1, Math.max(0, (value - low) / (high - low)));

/**
 * A map in colors. NaN is magenta.
 * @param map [height, width]
 * @throws ShapeError for other shapes, OptionError for invalid options
 */
export function colorize(map: NdArray, options: ColorizeOptions = {}): BytePicture {
  const [height, width] = checkedMap("colorize", map).shape;
  const { scale, range } = valueScale(map.data, options);
  const data = new Uint8Array(3 * map.size);
  for (let i = 0; i < map.size; i++) data.set(bytesOf(map.data[i], scale, range), 3 * i);
  return { width, height, channels: 3, data };
}

function bytesOf(value: number, scale: ColorScale, range: ValueScale["range"]): Rgb {
  if (Number.isNaN(value)) return NAN_COLOR;
  return colors[scale](shareOf(value, range)).map((x) => Math.min(255, Math.max(0, Math.round(x)))) as unknown as Rgb;
}

const overlayNames = namesOf<OverlayOptions>({ scale: true, range: true, opacity: true });

/**
 * A map in colors over a picture in gray: the map is brought to the picture's size, and covers more where it is stronger, so
 * that the picture is seen where there is nothing to say.
 * @param map [height, width], of any size
 * @throws ShapeError for other shapes, OptionError for invalid options
 */
export function overlay(picture: Picture, map: NdArray, options: OverlayOptions = {}): BytePicture {
  checkNames("overlay", overlayNames, options);
  const { opacity = 0.7, scale: chosen, range: given } = options;
  if (!(opacity >= 0 && opacity <= 1))
    throw new OptionError(`overlay: opacity ${opacity}, expected a share from 0 to 1`);
  const [height, width] = checkedMap("overlay", map).shape;
  const usual = valueScale(map.data, { scale: chosen, range: given });
  const { scale, range } =
    chosen === undefined && usual.scale === "sequential" ? ({ ...usual, scale: "heat" } as const) : usual;
  const base = toRgb(toBytes(picture));
  const plane = { width, height, channels: 1, data: Float32Array.from(map.data) } as const;
  const values = resize(plane, base.width, base.height).data;
  const data = new Uint8Array(base.data.length);
  for (let i = 0; i < values.length; i++) {
    const [r, g, b] = base.data.subarray(3 * i, 3 * i + 3);
    const gray = 0.299 * r + 0.587 * g + 0.114 * b;
    const cover = Number.isNaN(values[i]) ? 1 : opacity * strength(values[i], scale, range);
    const color = bytesOf(values[i], scale, range);
    for (let c = 0; c < 3; c++) data[3 * i + c] = Math.round(gray + (color[c] - gray) * cover);
  }
  return { width: base.width, height: base.height, channels: 3, data };
}

/** How far a value is from the one that says nothing: the middle of a diverging scale, else its low end. */
const strength = (value: number, scale: ColorScale, range: ValueScale["range"]): number => {
  const share = shareOf(value, range);
  return scale === "diverging" ? Math.abs(2 * share - 1) : share;
};

/** @throws ShapeError unless it is an array [height, width] with elements */
function checkedMap(where: string, map: NdArray): NdArray {
  if (map instanceof NdArray && map.shape.length === 2 && map.size > 0) return map;
  const got = map instanceof NdArray ? `[${map.shape}]` : describeGiven(map);
  throw new ShapeError(`${where}: expects a map [height, width], got ${got}`);
}

/** A legend: the scale from its low to its high end, left to right. @param size [height, width] in pixels */
export function colorBar(
  { scale, range: [low, high] }: ValueScale,
  [height, width]: readonly [number, number],
): BytePicture {
  const across = Float32Array.from({ length: width }, (_, x) => low + ((high - low) * x) / Math.max(1, width - 1));
  const values = new Float32Array(height * width).map((_, i) => across[i % width]);
  return colorize(new NdArray(values, [height, width], "f32"), { scale, range: [low, high] });
}
