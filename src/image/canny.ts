/**
 * Edges after J. Canny 1986, "A Computational Approach to Edge Detection" (CMU 10-301, "Feature Engineering for CV"):
 *
 * 1. the gradient, by Sobel's kernels, after an optional Gaussian; 2. thinning: a pixel stays where the gradient is longer
 * than at both neighbors in its direction, one of four; 3. two thresholds: pixels above `high` are edges, and so are those
 * above `low` that are connected to them.
 *
 * Details that the paper leaves open are as in OpenCV's `Canny` (aperture 3): the picture's edge pixels are repeated beyond
 * it, of colors the channel with the longest gradient counts, and of two equally long gradients on a line the first stays.
 */
import { OptionError } from "../array/index.ts";
import { readOptions, real, withDefault, word } from "../options/index.ts";
import { filter } from "./filter.ts";
import { gradients } from "./gradients.ts";
import { kernels } from "./kernels.ts";
import { type BytePicture, expectPicture, type FloatPicture, type Picture, withoutAlpha } from "./picture.ts";

/** Options of `canny`. */
export interface CannyOptions {
  /** Gradients above it continue an edge. Counted as OpenCV does, for values of 0 … 255: default 100. */
  readonly low?: number | undefined;
  /** Gradients above it begin an edge; default 200. A step from black to white comes to 1020. */
  readonly high?: number | undefined;
  /** The standard deviation of the Gaussian before, in pixels; 0, the default, for none. */
  readonly sigma?: number | undefined;
  /** The norm of gradients: `l1` is |x| + |y|, the default, `l2` is √(x² + y²). */
  readonly norm?: "l1" | "l2" | undefined;
}

/** The kind and default of each option. */
export const cannyOptions = {
  low: withDefault(real(0), 100),
  high: withDefault(real(0), 200),
  sigma: withDefault(real(0), 0),
  norm: withDefault(word("l1", "l2"), "l1"),
};

/** Marks of pixels: 0 is none; edges are strong pixels and those connected to them. */
const WEAK = 1;
const EDGE = 255;

/**
 * The edges: one channel, 255 on an edge and 0 elsewhere.
 * @param picture of any kind; alpha is laid over white. The same bytes or floats give the same edges
 * @throws OptionError for options, and where `low` is above `high`
 */
export function canny(picture: Picture, options: CannyOptions = {}): BytePicture {
  expectPicture(picture, "canny");
  const { low, high, sigma, norm } = readOptions("canny", cannyOptions, options);
  if (low > high) throw new OptionError(`canny: low ${low} is above high ${high}; exchange them`);
  const values = inByteSteps(withoutAlpha(picture));
  const slopes = strongest(sigma > 0 ? filter(values, kernels.gaussian({ sigma })) : values, norm);
  // Squares compare as lengths do.
  const [weak, strong] = norm === "l2" ? [low ** 2, high ** 2] : [low, high];
  const data = thin(slopes, weak, strong);
  connect(data, picture.width);
  return { width: picture.width, height: picture.height, channels: 1, data };
}

/** In floats from 0 to 255, so that the sums of bytes are exact. */
function inByteSteps(picture: Picture): FloatPicture {
  const { data } = picture;
  return { ...picture, data: data instanceof Uint8Array ? new Float32Array(data) : data.map((value) => value * 255) };
}

interface GradientMap {
  readonly width: number;
  readonly height: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** The gradients' lengths, or their squares, with a frame of zeros one pixel wide around. */
  readonly lengths: Float32Array;
}

/** At every pixel the gradient of the channel where it is longest. */
function strongest(picture: FloatPicture, norm: "l1" | "l2"): GradientMap {
  const { width, height, channels } = picture;
  const all = gradients(picture, { border: "replicate" });
  const [x, y] = [new Float32Array(width * height), new Float32Array(width * height)];
  const lengths = new Float32Array((width + 2) * (height + 2));
  for (let pixel = 0; pixel < x.length; pixel++) {
    let longest = -1;
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) {
      const [dx, dy] = [all.x.data[i], all.y.data[i]];
      const length = norm === "l2" ? dx * dx + dy * dy : Math.abs(dx) + Math.abs(dy);
      if (length <= longest) continue;
      longest = length;
      x[pixel] = dx;
      y[pixel] = dy;
    }
    lengths[framed(pixel, width)] = longest;
  }
  return { width, height, x, y, lengths };
}

/** The index of a pixel in a picture with a frame. */
const framed = (pixel: number, width: number): number =>
  (Math.floor(pixel / width) + 1) * (width + 2) + (pixel % width) + 1;

/** tan 22.5°: directions closer to an axis are along it. */
const TANGENT = Math.SQRT2 - 1;

/** Marks the pixels where the gradient is longest along its direction: as an edge above `strong`, as weak above `weak`. */
function thin({ width, x, y, lengths }: GradientMap, weak: number, strong: number): Uint8Array {
  const marks = new Uint8Array(x.length);
  const down = width + 2;
  for (let pixel = 0; pixel < marks.length; pixel++) {
    const at = framed(pixel, width);
    const length = lengths[at];
    if (!(length > weak)) continue;
    const [across, along] = [Math.abs(x[pixel]), Math.abs(y[pixel])];
    const isLevel = along < across * TANGENT;
    const isUpright = along > across * (TANGENT + 2);
    const diagonal = x[pixel] < 0 !== y[pixel] < 0 ? down - 1 : down + 1;
    const step = isLevel ? 1 : isUpright ? down : diagonal;
    const [before, after] = [lengths[at - step], lengths[at + step]];
    const isRidge = length > before && (length > after || (length === after && (isLevel || isUpright)));
    if (isRidge) marks[pixel] = length > strong ? EDGE : WEAK;
  }
  return marks;
}

/** Makes edges of the weak pixels that touch one, at a side or a corner, and removes the others. */
function connect(marks: Uint8Array, width: number): void {
  const open: number[] = [];
  for (let pixel = 0; pixel < marks.length; pixel++) if (marks[pixel] === EDGE) open.push(pixel);
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const column = pixel % width;
    const [first, last] = [Math.max(0, column - 1) - column, Math.min(width - 1, column + 1) - column];
    for (let row = -width; row <= width; row += width) {
      for (let aside = first; aside <= last; aside++) {
        const neighbor = pixel + row + aside;
        if (marks[neighbor] !== WEAK) continue;
        marks[neighbor] = EDGE;
        open.push(neighbor);
      }
    }
  }
  for (let pixel = 0; pixel < marks.length; pixel++) if (marks[pixel] === WEAK) marks[pixel] = 0;
}
