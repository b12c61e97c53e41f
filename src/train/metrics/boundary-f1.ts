/**
 * How well the boundaries of classes are found, in each picture and class: with the boundary pixels T of the true map and P of
 * the predicted one, Euclidean distances d between centers of pixels, and θ = tolerance · diagonal of the picture,
 *
 *   precision = |{p ∈ P : d(p, T) < θ}| / |P|     recall = |{t ∈ T : d(t, P) < θ}| / |T|
 *   F1 = 2 · precision · recall / (precision + recall)
 *
 * Source: Csurka, Larlus, Perronnin 2013, "What is a good evaluation measure for semantic segmentation?", section 2.2, with
 * their 0.75 % as the default. What is left open there is decided so: a pixel belongs to the boundary of its class if one of
 * its four neighbors in the picture is of another class, so the picture's edges are no boundary. F1 is 0 if only one of the
 * maps has a boundary of the class, and NaN if none has. The figure of a picture is the mean over the classes with a
 * boundary in one of the maps, and that of all is the mean over pictures; the figure of a class is its mean over pictures.
 * Where the label is to be ignored, the prediction is, too, and no boundary is made.
 */
import type { NdArray } from "../../array/index.ts";
import { formatShape, ShapeError } from "../../array/index.ts";
import { integer, optional, positive, readOptions, withDefault } from "../../options/index.ts";
import { atLeastOne } from "../checks.ts";
import { checkPairs } from "./checks.ts";
import { meanPresent } from "./class-metrics.ts";

/** Options of `boundaryF1`. */
export interface BoundaryOptions {
  /** The label for "unknown", such as 255 at the borders of objects. Default: none. */
  readonly ignore?: number | undefined;
  /** The distance below which boundaries agree, as a share of the picture's diagonal. Default 0.0075. */
  readonly tolerance?: number | undefined;
}

/** F1 of boundaries, 0 … 1; NaN where there is no boundary. */
export interface BoundaryMetrics {
  /** The mean over pictures. */
  readonly mean: number;
  /** The mean over pictures of each class. */
  readonly perClass: readonly number[];
  /** Of each picture, the mean over its classes. */
  readonly perPicture: readonly number[];
}

const schema = { ignore: optional(integer()), tolerance: withDefault(positive(), 0.0075) };

/** In place of a class: no boundary, or unknown. */
const NONE = -1;

/**
 * F1 of the boundaries between classes.
 * @param labels `i32` [n, height, width]
 * @param predicted `i32` of the same shape
 * @throws ShapeError for other shapes and types, DataError for a number that names no class, OptionError
 */
export function boundaryF1(
  labels: NdArray,
  predicted: NdArray,
  classes: number,
  options: BoundaryOptions = {},
): BoundaryMetrics {
  const where = "boundaryF1";
  const { ignore, tolerance } = readOptions(where, schema, options);
  atLeastOne(where, "classes", classes);
  checkPairs(where, labels, predicted, classes, ignore);
  if (labels.shape.length !== 3)
    throw new ShapeError(`${where}: needs maps [n, height, width], got ${formatShape(labels.shape)}`);
  const [n, height, width] = labels.shape;
  const near = offsetsWithin(tolerance * Math.hypot(width, height));
  const scores = Array.from({ length: n }, (_, i) => {
    const [truth, guess] = [labels.row(i).data, predicted.row(i).data];
    const isIgnored = (at: number): boolean => truth[at] === ignore;
    const [there, found] = [truth, guess].map((map) => boundariesOf(map, isIgnored, height, width));
    return scoresOf(there, found, near, { height, width, classes });
  });
  const perPicture = scores.map(meanPresent);
  const perClass = Array.from({ length: classes }, (_, k) => meanPresent(scores.map((own) => own[k])));
  return { mean: meanPresent(perPicture), perClass, perPicture };
}

/** Steps to all pixels at a distance below a radius, the nearest first. */
function offsetsWithin(radius: number): (readonly [dx: number, dy: number])[] {
  const reach = Math.ceil(radius);
  const range = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return range
    .flatMap((dy) => range.map((dx) => [dx, dy] as const))
    .filter(([dx, dy]) => Math.hypot(dx, dy) < radius)
    .sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
}

/** The class of each pixel that belongs to a boundary. */
function boundariesOf(
  map: ArrayLike<number>,
  isIgnored: (at: number) => boolean,
  height: number,
  width: number,
): Int32Array {
  const differs = (at: number, other: number): boolean => !isIgnored(other) && map[other] !== map[at];
  return Int32Array.from({ length: height * width }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const isBoundary =
      !isIgnored(at) &&
      ((x > 0 && differs(at, at - 1)) ||
        (x + 1 < width && differs(at, at + 1)) ||
        (y > 0 && differs(at, at - width)) ||
        (y + 1 < height && differs(at, at + width)));
    return isBoundary ? map[at] : NONE;
  });
}

interface Extent {
  readonly height: number;
  readonly width: number;
  readonly classes: number;
}

/** F1 of each class in a picture. */
function scoresOf(
  there: Int32Array,
  found: Int32Array,
  near: readonly (readonly [number, number])[],
  extent: Extent,
): number[] {
  const [precision, recall] = [sharesNear(found, there, near, extent), sharesNear(there, found, near, extent)];
  return precision.map((p, k) => {
    const r = recall[k];
    if (Number.isNaN(p) && Number.isNaN(r)) return Number.NaN;
    return p > 0 && r > 0 ? (2 * p * r) / (p + r) : 0;
  });
}

/** For each class the share of boundary pixels with one of the other map nearby; NaN where there are none. */
function sharesNear(
  from: Int32Array,
  to: Int32Array,
  near: readonly (readonly [number, number])[],
  { height, width, classes }: Extent,
): number[] {
  const [hits, all] = [new Float64Array(classes), new Float64Array(classes)];
  for (const [at, k] of from.entries()) {
    if (k === NONE) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    const isNear = near.some(([dx, dy]) => {
      const [nextX, nextY] = [x + dx, y + dy];
      return nextX >= 0 && nextX < width && nextY >= 0 && nextY < height && to[nextY * width + nextX] === k;
    });
    all[k]++;
    hits[k] += +isNear;
  }
  return Array.from(hits, (count, k) => count / all[k]);
}
