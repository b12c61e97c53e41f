/**
 * Changes of color. With values in 0 … 1, gray g = 0.299 R + 0.587 G + 0.114 B (BT.601) and m the mean of g over the
 * picture, amounts drawn for each picture change a value v in this order, clipped to 0 … 1 after each:
 *
 *   brightness b   v ← b v               contrast c   v ← m + c (v − m)
 *   saturation s   v ← g + s (v − g)     hue h        the hue of HSV ← hue + h, in turns of the color circle
 *
 * Source: Krizhevsky et al. 2012 for the idea; the amounts are those of torchvision's ColorJitter.
 */
import { allocate, NdArray, ShapeError, sizeOf } from "../../array/index.ts";
import { type Kind, real, withDefault } from "../../options/index.ts";
import { drawUniform, type Interval, symmetricRange } from "./ranges.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `colorJitter`. */
export interface ColorJitterOptions {
  /** The brightness factor: r for max(0, 1 − r) … 1 + r, or [low, high]. Default 0, which changes nothing. */
  readonly brightness?: number | Interval | undefined;
  /** The contrast factor, of the distance from the mean gray: r, or [low, high]. Default 0, which changes nothing. */
  readonly contrast?: number | Interval | undefined;
  /** The saturation factor, of the distance from the pixel's gray: r, or [low, high]. Default 0, which changes nothing. */
  readonly saturation?: number | Interval | undefined;
  /** Shift of the hue, as a fraction of the color circle, at most ½: r for −r … r, or [low, high]. Default 0. */
  readonly hue?: number | Interval | undefined;
}

/** A range around 1, which changes nothing. */
const aroundOne: Kind<Interval> = {
  expects: "a number r of at least 0, for max(0, 1 − r) to 1 + r, or [low, high] of at least 0",
  read: (value) => {
    const range = symmetricRange().read(value);
    if (range === undefined) return undefined;
    if (typeof value === "number") return [Math.max(0, 1 - value), 1 + value];
    return range[0] >= 0 ? range : undefined;
  },
};

/**
 * Changes brightness, contrast, saturation and hue of each picture at random. Pictures are gray or RGB, with values in 0 … 1
 * or bytes; saturation and hue do not apply to gray ones.
 * @throws ShapeError for pictures with other channels
 */
export const colorJitter: AugmentationFactory<ColorJitterOptions> = defineAugmentation({
  type: "colorJitter",
  options: {
    brightness: withDefault(aroundOne, [1, 1] as const),
    contrast: withDefault(aroundOne, [1, 1] as const),
    saturation: withDefault(aroundOne, [1, 1] as const),
    hue: withDefault(symmetricRange(0.5), [0, 0] as const),
  },
  apply: ({ brightness, contrast, saturation, hue }, batch, { random }) => ({
    ...batch,
    images: recolor("colorJitter", batch.images, (planes, i) => {
      const draws = random(i);
      brighten(planes, drawUniform(draws, brightness));
      spreadOut(planes, drawUniform(draws, contrast));
      if (planes.length !== 3) return;
      saturate(planes, drawUniform(draws, saturation));
      turnHues(planes, drawUniform(draws, hue));
    }),
  }),
});

/** Options of `gray`. */
export interface GrayOptions {
  /** The probability that a picture is made gray, 0 … 1. Default 0.1. */
  readonly probability?: number | undefined;
}

/**
 * Makes some pictures gray: all three channels become their gray value. Gray pictures are not changed.
 * @throws ShapeError for pictures that are neither gray nor RGB
 */
export const gray: AugmentationFactory<GrayOptions> = defineAugmentation({
  type: "gray",
  options: { probability: withDefault(real(0, 1), 0.1) },
  apply: ({ probability }, batch, { random }) => ({
    ...batch,
    images: recolor("gray", batch.images, (planes, i) => {
      if (random(i).chance(probability) && planes.length === 3) saturate(planes, 0);
    }),
  }),
});

/** The channels of a picture, in 0 … 1. */
type ColorPlanes = readonly Float64Array[];

/** Copies pictures and changes the colors of each copy in place. */
function recolor(type: string, images: NdArray, change: (planes: ColorPlanes, i: number) => void): NdArray {
  const [n, channels, ...rest] = images.shape;
  if (channels !== 1 && channels !== 3)
    throw new ShapeError(`${type}: is for pictures that are gray or RGB, got ${channels} channels`);
  const size = sizeOf(rest);
  const data = allocate(images.dtype, images.size);
  const values = new Float64Array(channels * size);
  const planes = Array.from({ length: channels }, (_, c) => values.subarray(c * size, (c + 1) * size));
  const [unit, rounding] = images.dtype === "u8" ? [255, 0.5] : [1, 0];
  for (let i = 0; i < n; i++) {
    const start = i * values.length;
    for (let k = 0; k < values.length; k++) values[k] = images.data[start + k] / unit;
    change(planes, i);
    for (let k = 0; k < values.length; k++) data[start + k] = values[k] * unit + rounding;
  }
  return new NdArray(data, images.shape, images.dtype);
}

const cut = (value: number): number => Math.min(Math.max(value, 0), 1);

function brighten(planes: ColorPlanes, factor: number): void {
  if (factor === 1) return;
  for (const plane of planes) for (let i = 0; i < plane.length; i++) plane[i] = cut(factor * plane[i]);
}

const grayAt = ([red, green, blue]: ColorPlanes, i: number): number =>
  blue === undefined ? red[i] : 0.299 * red[i] + 0.587 * green[i] + 0.114 * blue[i];

function spreadOut(planes: ColorPlanes, factor: number): void {
  if (factor === 1) return;
  let sum = 0;
  for (let i = 0; i < planes[0].length; i++) sum += grayAt(planes, i);
  const mean = sum / planes[0].length;
  for (const plane of planes) for (let i = 0; i < plane.length; i++) plane[i] = cut(mean + factor * (plane[i] - mean));
}

function saturate(planes: ColorPlanes, factor: number): void {
  if (factor === 1) return;
  for (let i = 0; i < planes[0].length; i++) {
    const value = grayAt(planes, i);
    for (const plane of planes) plane[i] = cut(value + factor * (plane[i] - value));
  }
}

/**
 * HSV and back in one step: the largest and the smallest of the three values stay, and so value and saturation. On the
 * circle of six sixths each value lies highest for two, falls for one, lies lowest for two, and rises for one.
 */
function turnHues([red, green, blue]: ColorPlanes, turns: number): void {
  if (turns === 0) return;
  for (let i = 0; i < red.length; i++) {
    const [r, g, b] = [red[i], green[i], blue[i]];
    const most = Math.max(r, g, b);
    const range = most - Math.min(r, g, b);
    if (range === 0) continue;
    const hue = most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const turned = hue + 6 * turns;
    red[i] = most - range * distance(turned, 5);
    green[i] = most - range * distance(turned, 3);
    blue[i] = most - range * distance(turned, 1);
  }
}

/** How far a value lies below the largest, as a fraction of the range: max(0, min(k, 4 − k, 1)) with k = (n + hue) mod 6. */
function distance(hue: number, n: number): number {
  const k = (((n + hue) % 6) + 6) % 6;
  return Math.max(0, Math.min(k, 4 - k, 1));
}
