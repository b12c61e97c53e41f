/**
 * Elastic distortion. Each pixel is sampled at a smoothly varying displacement: numbers uniform in −1 … 1 for every pixel
 * and both axes, smoothed by a Gaussian of standard deviation σ and multiplied by α,
 *
 *   out(p) = in(p + d(p)),   d = α · G_σ ∗ u
 *
 * Source: Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual document analysis"
 * (2003), whose values for digits of 29×29 are the defaults.
 */
import { type NdArray, type Random, zeros } from "../../array/index.ts";
import {
  createRow,
  type Fill,
  nearestRow,
  planesOf,
  type Sampling,
  sampleRow,
  samplingOf,
  surroundingsOf,
} from "../../image/index.ts";
import { positive, real, withDefault } from "../../options/index.ts";
import { carryPlaces, maskFill, type Outline, type PointMap } from "./carry.ts";
import { type EdgeOptions, edgeOptions } from "./ranges.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `elastic`. */
export interface ElasticOptions extends EdgeOptions {
  /** α, the strength of the distortion. Default 34. */
  readonly alpha?: number | undefined;
  /** σ in pixels, above 0: larger is smoother and weaker. Default 4. */
  readonly sigma?: number | undefined;
}

/** A displacement for every pixel of a picture. */
interface DisplacementField {
  readonly width: number;
  readonly height: number;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
}

/**
 * Distorts each picture like a rubber sheet. Masks (nearest pixel), key points and boxes (bounding the distorted outline)
 * are transformed alike, provided that the distortion does not fold the picture, as it does when α is large and σ small.
 */
export const elastic: AugmentationFactory<ElasticOptions> = defineAugmentation({
  type: "elastic",
  options: { alpha: withDefault(real(0, 1e6), 34), sigma: withDefault(positive(), 4), ...edgeOptions },
  apply: ({ alpha, sigma, fill, ignoreIndex, leastVisible }, batch, { random }) => {
    const { images, masks } = batch;
    const [n, , height, width] = images.shape;
    const kernel = gaussianWeights(sigma, Math.max(width, height));
    const fields = Array.from({ length: n }, (_, i) => drawField(random(i), width, height, alpha, kernel));
    const planes = masks?.reshape([n, 1, height, width]);
    return {
      ...batch,
      images: displaced(images, fields, fill, sampleRow),
      ...(planes && {
        masks: displaced(planes, fields, maskFill(planes, fill, ignoreIndex), nearestRow).reshape([n, height, width]),
      }),
      ...carryPlaces(batch, fields.map(pointMap), { width, height, leastVisible }, outlineIn(width, height)),
    };
  },
});

/** Pictures [n, channels, height, width], each under its field. */
function displaced(
  images: NdArray,
  fields: readonly DisplacementField[],
  fill: Fill,
  takeRow: (sampling: Sampling, y: number) => void,
): NdArray {
  const [, ...shape] = images.shape;
  const out = zeros(images.shape, images.dtype);
  const around = surroundingsOf({ data: images.data, channels: shape[0] }, fill);
  const row = createRow(shape[2]);
  fields.forEach(({ width, height, dx, dy }, i) => {
    const sampling = samplingOf(planesOf(images.data, i, shape), planesOf(out.data, i, shape), around, row);
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        row.xs[x] = x + dx[at];
        row.ys[x] = y + dy[at];
      }
      takeRow(sampling, y);
    }
  });
  return out;
}

function drawField(
  random: Random,
  width: number,
  height: number,
  alpha: number,
  kernel: Float64Array,
): DisplacementField {
  const draw = (): Float64Array => {
    const noise = Float64Array.from({ length: width * height }, () => alpha * random.uniform(-1, 1));
    return smoothColumns(smoothRows(noise, width, height, kernel), width, height, kernel);
  };
  return { width, height, dx: draw(), dy: draw() };
}

/** Half a Gaussian, from its center, truncated at 3 σ or the longest axis; the whole sums to 1. */
function gaussianWeights(sigma: number, longest: number): Float64Array {
  const reach = Math.min(Math.ceil(3 * sigma), longest);
  const heights = Float64Array.from({ length: reach + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)));
  const sum = heights.reduce((a, b) => a + b) * 2 - heights[0];
  return heights.map((one) => one / sum);
}

/** The displacement is zero beyond the edges. */
function smoothRows(values: Float64Array, width: number, height: number, kernel: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < width; x++) {
      let sum = kernel[0] * values[row + x];
      for (let k = 1; k < kernel.length; k++) {
        if (x >= k) sum += kernel[k] * values[row + x - k];
        if (x + k < width) sum += kernel[k] * values[row + x + k];
      }
      out[row + x] = sum;
    }
  }
  return out;
}

const smoothColumns = (values: Float64Array, width: number, height: number, kernel: Float64Array): Float64Array =>
  transposeField(smoothRows(transposeField(values, width, height), height, width, kernel), height, width);

function transposeField(values: Float64Array, width: number, height: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[x * height + y] = values[y * width + x];
  return out;
}

/** Steps of the fixed-point iteration, which converges where the field does not fold. */
const FIXED_POINT_STEPS = 30;

/** The new position of point p: the q with q + d(q) = p, found as the limit of q ← p − d(q). */
const pointMap =
  (field: DisplacementField): PointMap =>
  (px, py) => {
    let [x, y] = [px, py];
    for (let step = 0; step < FIXED_POINT_STEPS; step++)
      [x, y] = [px - interpolate(field, field.dx, x, y), py - interpolate(field, field.dy, x, y)];
    return [x, y];
  };

/** The displacement at any position, interpolated; outside, that of the nearest pixel. */
function interpolate({ width, height }: DisplacementField, values: Float64Array, x: number, y: number): number {
  const [nearX, nearY] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
  const [i, j] = [Math.floor(nearX), Math.floor(nearY)];
  const [right, below] = [Math.min(i + 1, width - 1), Math.min(j + 1, height - 1)];
  const [u, v] = [nearX - i, nearY - j];
  const top = values[j * width + i] * (1 - u) + values[j * width + right] * u;
  const bottom = values[below * width + i] * (1 - u) + values[below * width + right] * u;
  return top * (1 - v) + bottom * v;
}

/** A straight line becomes a curve, which is sampled at every pixel inside the picture. */
const outlineIn =
  (width: number, height: number): Outline =>
  (...[left, top, right, bottom]) => {
    const [fromX, toX] = [Math.max(left, -0.5), Math.min(right, width - 0.5)];
    const [fromY, toY] = [Math.max(top, -0.5), Math.min(bottom, height - 0.5)];
    if (!(fromX < toX && fromY < toY)) return [];
    return [
      ...positionsAlong(fromX, toX).flatMap((x) => [[x, fromY] as const, [x, toY] as const]),
      ...positionsAlong(fromY, toY).flatMap((y) => [[fromX, y] as const, [toX, y] as const]),
    ];
  };

function positionsAlong(from: number, to: number): number[] {
  const steps = Math.ceil(to - from);
  return Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps);
}
