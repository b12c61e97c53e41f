/**
 * How near points are to where they belong. With the distance d of a predicted point from the true one and a length L of the
 * sample, such as that of the torso or of the head,
 *
 *   PCK@α = share of points with d ≤ α L
 *
 * Sources: Yang and Ramanan 2013, "Articulated Human Detection with Flexible Mixtures of Parts" (PCK; there L is the longer
 * side of the person's box); Andriluka, Pishchulin, Gehler, Schiele 2014, "2D Human Pose Estimation: New Benchmark and State
 * of the Art Analysis" (PCKh: α = 0.5, L the length of the head). Points whose true place is unknown, NaN, do not count; a
 * predicted NaN is wrong, and makes mean distances NaN.
 */
import { checkArray, isFloat, NdArray, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import { formatType } from "../../graph/index.ts";
import { either, type Kind, positive, readOptions, real, withDefault } from "../../options/index.ts";

/** The length L: in pixels, of each sample [n], or the distance of two points by number. */
export type ReferenceLength = number | NdArray | readonly [from: number, to: number];

/** Options of `keyPointMetrics`. */
export interface KeyPointOptions {
  /**
   * The length L: a number of pixels for all samples, floats [n], or two points by number, whose true distance it is in each
   * sample: neck and top of the head for PCKh, both eyes for faces. Samples whose length is unknown or 0 do not count.
   */
  readonly reference: ReferenceLength;
  /** α, the distance of a correct point as a share of the length. Default 0.1; 0.5 for PCKh. */
  readonly alpha?: number | undefined;
}

/** Figures of points; NaN where there are none. */
export interface KeyPointMetrics {
  /** PCK@α: the share of points that are near enough, 0 … 1. */
  readonly pck: number;
  /** The same of each point. */
  readonly perPoint: readonly number[];
  /** The mean distance in pixels, also in samples whose length is unknown. */
  readonly meanDistance: number;
  /** The mean distance as a share of the length. */
  readonly meanShare: number;
  /** The number of points that `pck` and `meanShare` count. */
  readonly count: number;
}

const lengthsKind: Kind<NdArray | readonly [number, number]> = {
  expects: "an NdArray of lengths [n], or two numbers of points [from, to]",
  read: (value) => {
    if (value instanceof NdArray) return value;
    const isPair = Array.isArray(value) && value.length === 2 && value.every((k) => Number.isInteger(k) && k >= 0);
    return isPair ? (value as unknown as readonly [number, number]) : undefined;
  },
};

const schema = { reference: either(positive(), lengthsKind), alpha: withDefault(real(0), 0.1) };

/**
 * Figures of predicted points.
 * @param points the true ones, floats [n, points, 2], x and y in pixels; NaN where unknown
 * @param predicted floats of the same shape
 * @throws ShapeError for other shapes and types, OptionError
 * @example keyPointMetrics(joints, guesses, { reference: [neck, headTop], alpha: 0.5 }).pck // PCKh
 */
export function keyPointMetrics(points: NdArray, predicted: NdArray, options: KeyPointOptions): KeyPointMetrics {
  const where = "keyPointMetrics";
  const { reference, alpha } = readOptions(where, schema, options);
  for (const array of [points, predicted]) checkArray(where, "points", array);
  const isFit = points.shape.length === 3 && points.shape[2] === 2 && sameShape(points.shape, predicted.shape);
  if (!isFit || !isFloat(points.dtype) || !isFloat(predicted.dtype))
    throw new ShapeError(
      `${where}: needs true and predicted points [n, points, 2] in floats, got ${formatType(points)} and ${formatType(predicted)}`,
    );
  const [n, count] = points.shape;
  const lengths = lengthsOf(where, reference, points);
  const known = Array.from({ length: n * count }, (_, at) => ({ at, distance: distanceAt(points, predicted, at) }))
    .filter(({ at }) => !Number.isNaN(points.data[2 * at] + points.data[2 * at + 1]))
    .map(({ at, distance }) => ({ distance, point: at % count, length: lengths[Math.floor(at / count)] }));
  const measured = known.filter(({ length }) => length > 0);
  const isNear = ({ distance, length }: { distance: number; length: number }): boolean => distance <= alpha * length;
  return {
    pck: shareOf(measured, isNear),
    perPoint: Array.from({ length: count }, (_, k) =>
      shareOf(
        measured.filter(({ point }) => point === k),
        isNear,
      ),
    ),
    meanDistance: meanOf(known.map(({ distance }) => distance)),
    meanShare: meanOf(measured.map(({ distance, length }) => distance / length)),
    count: measured.length,
  };
}

const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const shareOf = <T>(items: readonly T[], is: (item: T) => boolean): number => items.filter(is).length / items.length;

const distanceAt = (a: NdArray, b: NdArray, at: number): number =>
  Math.hypot(a.data[2 * at] - b.data[2 * at], a.data[2 * at + 1] - b.data[2 * at + 1]);

/** The length of each sample; NaN where it is unknown. */
function lengthsOf(where: string, reference: ReferenceLength, points: NdArray): ArrayLike<number> {
  const [n, count] = points.shape;
  if (typeof reference === "number") return new Float64Array(n).fill(reference);
  if (reference instanceof NdArray) {
    if (isFloat(reference.dtype) && sameShape(reference.shape, [n])) return reference.data;
    throw new ShapeError(
      `${where}: reference must be floats [${n}], a length for each sample, got ${formatType(reference)}`,
    );
  }
  const [from, to] = reference;
  if (Math.max(from, to) >= count)
    throw new OptionError(
      `${where}: reference has the points ${from} and ${to}; there are ${count}, 0 to ${count - 1}`,
    );
  return Float64Array.from({ length: n }, (_, i) => {
    const [a, b] = [from, to].map((k) => points.data.subarray(2 * (i * count + k), 2 * (i * count + k) + 2));
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  });
}
