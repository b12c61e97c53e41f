/**
 * The scale space of a picture (Lowe 2004, "Distinctive image features from scale-invariant keypoints", section 3):
 *
 *   L(x, y, σ) = G(x, y, σ) * I(x, y),   G the Gaussian of deviation σ
 *
 * It is stored in octaves. An octave has the levels σ · kⁱ, k = 2^(1/s), i = 0 … s + 2, of which level s is blurred twice
 * as much as level 0; every second sample of it is level 0 of the next octave. The first octave is that of the picture at
 * twice its size (section 3.3), which is taken to be blurred by 0.5 of its own pixels already. Deviations of Gaussians one
 * after another add up in squares, so that each level is made from the one before it.
 *
 * Outside its edges a picture is reflected, without repeating the edge itself.
 */

import { CapabilityError } from "../../array/index.ts";
import { reflected } from "../borders.ts";
import { type FloatPicture, resize } from "../picture.ts";

/** The scale space of larger pictures would take more than about two gigabytes. */
const MAX_SCALE_SPACE_PIXELS = 2 ** 24;
/** The assumed blur of the camera, in pixels. */
const CAMERA_SIGMA = 0.5;
/** The least deviation of a blur: below it there is nothing to blur, and the kernel's formula would divide by zero. */
const LEAST_SIGMA = 0.1;
/** Gaussians end at this many deviations, where they have fallen to 3e-4 of their height. */
const KERNEL_REACH = 4;

export interface Octave {
  /** −1 for the picture at twice its size, 0 at its own size, 1 at half of it, … */
  readonly index: number;
  /** In samples, one of which is 2^index pixels wide. */
  readonly width: number;
  /** In samples. */
  readonly height: number;
  /** `octaveLayers + 3` pictures, each blurred more than the one before: `levels[level][y · width + x]`. */
  readonly levels: readonly Float32Array[];
}

/** The position of sample `at` of an octave in the picture, along one axis: pixel centers have integer coordinates. */
export const toPixels = (at: number, { index }: Octave): number => at * 2 ** index - 0.25;

/** The blur of a level, in samples of its octave; levels may be fractional. */
export const sigmaOf = (level: number, octaveLayers: number, sigma: number): number =>
  sigma * 2 ** (level / octaveLayers);

/**
 * All octaves of a gray picture. A picture that is too small has none.
 * @throws CapabilityError for a picture that is too large
 */
export function buildOctaves(picture: FloatPicture, octaveLayers: number, sigma: number): Octave[] {
  const [width, height] = [2 * picture.width, 2 * picture.height];
  // The last octave has about four samples along the shorter side.
  const count = Math.round(Math.log2(Math.min(width, height)) - 2);
  if (!(count >= 1)) return [];
  if (picture.width * picture.height > MAX_SCALE_SPACE_PIXELS) {
    const size = `${picture.width}×${picture.height}`;
    throw new CapabilityError(
      `sift: the picture has ${size} pixels, at most ${MAX_SCALE_SPACE_PIXELS} fit; resize() it first`,
    );
  }
  const increments = blurIncrements(octaveLayers, sigma);
  const doubled = resize(picture, width, height).data;
  const base = blur(doubled, width, height, quadratureDifference(sigma, 2 * CAMERA_SIGMA));
  const octaves = [buildOctave(-1, base, width, height, increments)];
  while (octaves.length < count) {
    const last = octaves[octaves.length - 1];
    const half = everySecond(last.levels[octaveLayers], last.width, last.height);
    octaves.push(buildOctave(last.index + 1, half, last.width >> 1, last.height >> 1, increments));
  }
  return octaves;
}

/** The blur that leads from deviation `from` to deviation `to`. */
const quadratureDifference = (to: number, from: number): number =>
  Math.max(LEAST_SIGMA, Math.sqrt(Math.max(0, to ** 2 - from ** 2)));

/** The blurs from each level of an octave to the next one, in samples. */
const blurIncrements = (octaveLayers: number, sigma: number): number[] =>
  Array.from({ length: octaveLayers + 2 }, (_, i) =>
    quadratureDifference(sigmaOf(i + 1, octaveLayers, sigma), sigmaOf(i, octaveLayers, sigma)),
  );

function buildOctave(
  index: number,
  base: Float32Array,
  width: number,
  height: number,
  increments: readonly number[],
): Octave {
  const levels = [base];
  for (const [i, increment] of increments.entries()) levels.push(blur(levels[i], width, height, increment));
  return { index, width, height, levels };
}

function everySecond(data: Float32Array, width: number, height: number): Float32Array {
  const [columns, rows] = [width >> 1, height >> 1];
  const out = new Float32Array(columns * rows);
  for (let y = 0, i = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, i++) out[i] = data[2 * y * width + 2 * x];
  }
  return out;
}

/** The middle of a Gaussian, and its right half: weights of the offsets 0, 1, …; with the left half they add up to 1. */
function halfGaussian(sigma: number): Float64Array {
  const half = Float64Array.from({ length: Math.ceil(KERNEL_REACH * sigma) + 1 }, (_, k) =>
    Math.exp(-(k ** 2) / (2 * sigma ** 2)),
  );
  const sum = half.reduce((total, weight) => total + 2 * weight);
  return half.map((weight) => weight / sum);
}

/** A picture under a Gaussian: columns first, then rows. */
export function blur(data: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const weights = halfGaussian(sigma);
  const out = new Float32Array(data.length);
  const margin = weights.length - 1;
  // One row that was blurred downwards, with what lies beyond both of its ends.
  const row = new Float64Array(width + 2 * margin);
  const inside = row.subarray(margin, margin + width);
  for (let y = 0; y < height; y++) {
    blurDown(data, width, height, y, weights, inside);
    for (let k = 1; k <= margin; k++) {
      row[margin - k] = inside[reflected(-k, width)];
      row[margin + width - 1 + k] = inside[reflected(width - 1 + k, width)];
    }
    blurAcross(row, weights, out.subarray(y * width, (y + 1) * width));
  }
  return out;
}

/** Row `y` of the picture blurred along its columns. */
function blurDown(
  data: Float32Array,
  width: number,
  height: number,
  y: number,
  weights: Float64Array,
  out: Float64Array,
): void {
  for (let x = 0, i = y * width; x < width; x++) out[x] = weights[0] * data[i + x];
  for (let k = 1; k < weights.length; k++) {
    const weight = weights[k];
    const above = reflected(y - k, height) * width;
    const below = reflected(y + k, height) * width;
    for (let x = 0; x < width; x++) out[x] += weight * (data[above + x] + data[below + x]);
  }
}

/** A row with margins, blurred along itself. */
function blurAcross(row: Float64Array, weights: Float64Array, out: Float32Array): void {
  const margin = weights.length - 1;
  for (let x = 0; x < out.length; x++) {
    const center = x + margin;
    let sum = weights[0] * row[center];
    for (let k = 1; k <= margin; k++) sum += weights[k] * (row[center - k] + row[center + k]);
    out[x] = sum;
  }
}
