/**
 * Corners after C. Harris & M. Stephens 1988, "A Combined Corner and Edge Detector" (CMU 10-301, "Feature Engineering for
 * CV"). With the slopes g over a block of pixels around each one,
 *
 *   M = Σ [ gₓ²  gₓ g_y ; gₓ g_y  g_y² ],   R = det M − k (trace M)²
 *
 * R is large at corners, negative along edges, near 0 in flat areas. Shi & Tomasi 1994, "Good Features to Track", take the
 * smaller eigenvalue of M in its place. Slopes are scaled as in OpenCV's `cornerHarris`, and R is the same.
 */
import { integer, optional, readOptions, real, type Schema, withDefault, word } from "../options/index.ts";
import { filter } from "./filter.ts";
import { gradients } from "./gradients.ts";
import { boxSize, sobelSize } from "./kernels.ts";
import { expectPicture, type FloatPicture, type Picture, toFloats, toGray } from "./picture.ts";
import type { Kernel } from "./sliding.ts";

/** Options of `harrisResponse`. */
export interface HarrisOptions {
  /** Side of the square of summation, in pixels. Default 2. */
  readonly block?: number | undefined;
  /** Size of Sobel's kernels, 1, 3, 5 or 7. Default 3. */
  readonly aperture?: number | undefined;
  /** k, from 0 to 0.25: the larger, the fewer edges count as corners. Default 0.04. */
  readonly k?: number | undefined;
  /** `harris` is R, the default; `shiTomasi` the smaller eigenvalue of M. */
  readonly measure?: "harris" | "shiTomasi" | undefined;
}

/** Options of `harris`. */
export interface CornerOptions extends HarrisOptions {
  /** The response that a corner needs, as a share of the largest one. Default 0.01. */
  readonly threshold?: number | undefined;
  /** The minimum distance of corners, in pixels. Default 10. */
  readonly distance?: number | undefined;
  /** The maximum number of corners, the strongest first. Default: all. */
  readonly count?: number | undefined;
}

/** A corner of a picture. */
export interface Corner {
  /** In pixels from the left. */
  readonly x: number;
  /** In pixels from the top. */
  readonly y: number;
  /** The corner strength, above 0; comparable within a picture only. */
  readonly response: number;
}

const responseSchema = {
  block: withDefault(boxSize, 2),
  aperture: withDefault(sobelSize, 3),
  k: withDefault(real(0, 0.25), 0.04),
  measure: withDefault(word("harris", "shiTomasi"), "harris"),
} satisfies Schema;

/** The kind and default of each option. */
export const cornerOptions = {
  ...responseSchema,
  threshold: withDefault(real(0, 1), 0.01),
  distance: withDefault(real(0), 10),
  count: optional(integer(0)),
} satisfies Schema;

/**
 * The response at every pixel, in one channel. Beyond its edges the picture is mirrored.
 * @param picture of any kind; colors are converted to gray
 * @throws OptionError for options
 */
export function harrisResponse(picture: Picture, options: HarrisOptions = {}): FloatPicture {
  expectPicture(picture, "harris");
  const { block, aperture, k, measure } = readOptions("harrisResponse", responseSchema, options);
  const sums = filter(gradientProducts(toGray(toFloats(picture)), aperture, block), ones(block));
  const data = new Float32Array(sums.data.length / 3);
  for (let i = 0; i < data.length; i++) {
    const [xx, xy, yy] = [sums.data[3 * i], sums.data[3 * i + 1], sums.data[3 * i + 2]];
    data[i] =
      measure === "harris"
        ? xx * yy - xy * xy - k * (xx + yy) ** 2
        : (xx + yy) / 2 - Math.sqrt(((xx - yy) / 2) ** 2 + xy * xy);
  }
  return { width: picture.width, height: picture.height, channels: 1, data };
}

/** gₓ², gₓ g_y and g_y² as three channels. */
function gradientProducts(gray: FloatPicture, size: number, block: number): FloatPicture {
  const { x, y } = gradients(gray, { size });
  const scale = 1 / (2 ** (size - 1) * block);
  const data = new Float32Array(3 * gray.data.length);
  for (let i = 0; i < gray.data.length; i++) {
    const [gx, gy] = [x.data[i] * scale, y.data[i] * scale];
    data[3 * i] = gx * gx;
    data[3 * i + 1] = gx * gy;
    data[3 * i + 2] = gy * gy;
  }
  return { width: gray.width, height: gray.height, channels: 3, data };
}

const ones = (side: number): Kernel => Array.from({ length: side }, () => Array<number>(side).fill(1));

/**
 * The corners, strongest first: pixels with a response above the threshold that none of their eight neighbors exceeds. A
 * corner suppresses weaker ones nearer than `distance`. The outermost pixels lack neighbors and are no corners.
 * @param picture of any kind; colors are converted to gray
 * @throws OptionError for options
 */
export function harris(picture: Picture, options: CornerOptions = {}): Corner[] {
  const { threshold, distance, count, ...how } = readOptions("harris", cornerOptions, options);
  const response = harrisResponse(picture, how);
  return thinOut(localMaxima(response, threshold), response, distance, count ?? Infinity);
}

/** Local maxima above `threshold` times the largest response, and above 0; strongest first, then from the top. */
function localMaxima({ width, height, data }: FloatPicture, threshold: number): Corner[] {
  const largest = data.reduce((most, response) => Math.max(most, response), 0);
  const found: Corner[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const response = data[y * width + x];
      if (response > 0 && response > threshold * largest && isPeak(data, y * width + x, width))
        found.push({ x, y, response });
    }
  }
  return found.sort((one, other) => other.response - one.response);
}

function isPeak(data: Float32Array, at: number, width: number): boolean {
  for (let row = at - width; row <= at + width; row += width) {
    for (let i = row - 1; i <= row + 1; i++) if (data[i] > data[at]) return false;
  }
  return true;
}

/** Drops corners that are near to a stronger one. */
function thinOut(
  corners: readonly Corner[],
  { width, height }: FloatPicture,
  distance: number,
  count: number,
): Corner[] {
  const isTaken = new Uint8Array(width * height);
  const kept: Corner[] = [];
  for (const corner of corners) {
    if (kept.length >= count) break;
    if (isTaken[corner.y * width + corner.x]) continue;
    kept.push(corner);
    takeDisc(isTaken, width, height, corner, distance);
  }
  return kept;
}

/** Takes the pixels that are nearer than `radius`. */
function takeDisc(isTaken: Uint8Array, width: number, height: number, { x, y }: Corner, radius: number): void {
  const reach = Math.min(Math.ceil(radius), width + height);
  for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
    for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
      if ((row - y) ** 2 + (column - x) ** 2 < radius ** 2) isTaken[row * width + column] = 1;
    }
  }
}
