/**
 * Named points in a picture, such as joints or the corners of eyes. Networks give their coordinates in fractions of the picture,
 * or a map of scores for each; columns and answers are in pixels. Points that are NaN are unknown.
 */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { add, and, cast, lessEqual, mul, reshape, sqrt, square, sub, sum } from "../../ops/index.ts";
import { optional, positive, real, text, withDefault, word } from "../../options/index.ts";
import {
  coordinateLoss,
  isKnown,
  isMaps,
  mapLoss,
  pointRows,
  pointsInPixels,
  sides,
  withoutUnknown,
} from "./point-outputs.ts";
import { lengthsOf, pointNumbers, type Reference, referenceKind } from "./point-reference.ts";
import { drawSkeleton } from "./skeleton.ts";
import { defineTask, type TaskFactory, type Tensors } from "./task.ts";
import { countTrue, orZero, sumWhere } from "./tensors.ts";
import { pointsInPicture } from "./view.ts";

/** What networks that give maps are trained with. */
export type PoseLoss = "coordinates" | "maps" | "both";

/** Options of `poseEstimation`. */
export interface PoseEstimationOptions {
  /** The column of the points [n, k, 2], x and y in pixels. Default: the only one with points. */
  readonly target?: string | undefined;
  /**
   * The output: [n, k, 2] or [n, 2 k], in fractions of the picture, or maps of scores [n, k, h, w]. Default: the network's only
   * one, else `points`.
   */
  readonly output?: string | undefined;
  /** How near a point must be to count as correct, as a fraction of the picture's longer side. Default 0.1. */
  readonly within?: number | undefined;
  /**
   * Two points, by name or number, whose distance in each picture is a length to compare errors with: neck and head top for PCKh,
   * the outer corners of both eyes for faces. Default: none.
   */
  readonly reference?: Reference | undefined;
  /** How near a point must be for `pckOfReference`, as a share of that length. Default 0.5, as of PCKh. */
  readonly withinReference?: number | undefined;
  /**
   * What counts, where the network gives maps: the distances of their expected places, `coordinates`; cross-entropy with
   * Gaussians, `maps`; or the sum, `both`. Networks that give coordinates always have the first. Default `both`.
   */
  readonly loss?: PoseLoss | undefined;
  /** The standard deviation of the Gaussians, in cells of the maps. Default 1. */
  readonly sigma?: number | undefined;
  /** The error, as a fraction of the picture, at which the smooth L1 loss becomes linear. Default 0.1. */
  readonly beta?: number | undefined;
}

/** How one point is found. */
export interface PointFigures {
  /** The mean distance in pixels; NaN for a point that is nowhere known. */
  readonly distance: number;
  /** The share within the distance that `pck` allows. */
  readonly pck: number;
}

/** The details of an evaluation of `poseEstimation`. */
export interface PoseEstimationDetails {
  /** Of each point, by name, or by number where points have none. */
  readonly points: Readonly<Record<string, PointFigures>>;
}

const losses: Readonly<Record<PoseLoss, (near: () => Tensor, maps: () => Tensor) => Tensor>> = {
  coordinates: (near) => near(),
  maps: (_, maps) => maps(),
  both: (near, maps) => add(near(), maps()),
};

/** Errors of all points, [n · k, 1], and which of them count. */
function errorsOf({ points: given }: Tensors, { points }: Tensors, input: readonly number[], within: number) {
  const truth = pointRows(points);
  const there = isKnown(truth);
  const distance = sqrt(sum(square(sub(pointsInPixels(given, input), withoutUnknown(truth))), 1, { keep: true }));
  return { there, distance, near: and(there, lessEqual(distance, within * Math.max(...sides(input)))) };
}

/** The sum over the samples of what each point has: [n · k, 1] to [k]. */
const perPoint = (rows: Tensor, points: Tensor): Tensor => sum(reshape(cast(rows, "f32"), points.shape.slice(0, 2)), 0);

/**
 * Where named points are. Loss: smooth L1 of fractions of the picture, over known points, and for maps cross-entropy. Figures:
 * `meanDistance` in pixels of the network's input, and `pck`, the share of points within a part of its longer side (Yang and
 * Ramanan 2013); with a `reference` also `shareOfReference`, the mean distance in shares of that length, and `pckOfReference`.
 * Details: `points`, distance and `pck` of each.
 */
export const poseEstimation: TaskFactory<PoseEstimationOptions, PoseEstimationDetails> = defineTask({
  type: "poseEstimation",
  options: {
    target: optional(text()),
    output: optional(text()),
    within: withDefault(real(0, 1), 0.1),
    reference: optional(referenceKind),
    withinReference: withDefault(real(0), 0.5),
    loss: withDefault(word<PoseLoss>("both", "coordinates", "maps"), "both"),
    sigma: withDefault(positive(), 1),
    beta: withDefault(positive(), 0.1),
  },
  targets: ({ target }) => ({ points: { kinds: ["points"], column: target, fixed: true } }),
  outputs: ({ names, shapes, options: { output } }) => {
    const row = shapes.points ?? (names.points ? [names.points.length, 2] : ["…"]);
    return {
      points: {
        shape: ["n", ...row],
        reshaped: true,
        alternative: ["n", row[0], "h", "w"],
        holds: "points in fractions of the picture, x and y, or a map of scores for each",
        names: output ? [output] : undefined,
      },
    };
  },
  loss: ({ points: given }, { points }, { input, options: { loss, sigma, beta } }) => {
    const truth = pointRows(points);
    const value = losses[isMaps(given) ? loss : "coordinates"](
      () => coordinateLoss(given, truth, input, beta),
      () => mapLoss(given, points, input, sigma),
    );
    return orZero(isKnown(truth), value);
  },
  tally: (outputs, targets, { input, names, options: { within, reference, withinReference } }) => {
    const { there, distance, near } = errorsOf(outputs, targets, input, within);
    const sums = { distance: sumWhere(there, distance), near: countTrue(near), points: countTrue(there) };
    if (reference === undefined) return sums;
    const pair = pointNumbers(reference, names.points, targets.points.shape[1]);
    const { lengths, measured } = lengthsOf(targets.points, pair, there);
    return {
      ...sums,
      shares: sumWhere(measured, distance.div(lengths)),
      nearReference: countTrue(and(measured, lessEqual(distance, mul(lengths, withinReference)))),
      measured: countTrue(measured),
    };
  },
  detail: (outputs, targets, { input, options: { within } }) => {
    const { there, distance, near } = errorsOf(outputs, targets, input, within);
    const { points } = targets;
    return {
      pointDistance: perPoint(distance.mul(cast(there, "f32")), points),
      pointNear: perPoint(near, points),
      pointCount: perPoint(there, points),
    };
  },
  figures: ({ sums: { distance, near, points, shares, nearReference, measured } }) => ({
    meanDistance: distance.item() / points.item(),
    pck: near.item() / points.item(),
    ...(measured && {
      shareOfReference: shares.item() / measured.item(),
      pckOfReference: nearReference.item() / measured.item(),
    }),
  }),
  details: ({ sums: { pointDistance, pointNear, pointCount } }, { names }) => ({
    points: Object.fromEntries(
      Array.from(pointCount.data, (count, k) => [
        names.points?.[k] ?? String(k),
        { distance: pointDistance.data[k] / count, pck: pointNear.data[k] / count },
      ]),
    ),
  }),
  best: "meanDistance",
  shares: ["pck", "shareOfReference", "pckOfReference"],
  lowerIsBetter: ["meanDistance", "shareOfReference"],
  predict: ({ points }, { input }) => ({
    points: reshape(pointsInPixels(points, input), [points.shape[0], -1, 2]),
  }),
  answer: ({ points }, scene) => {
    const places = pointsInPicture(points, scene);
    const found = namesOfPoints(points, scene.names.points).map((name, k) => {
      const [x, y] = places.data.subarray(2 * k, 2 * k + 2);
      return { name, x, y };
    });
    const text = found.map(({ name, x, y }) => `${name} ${x.toFixed(1)}, ${y.toFixed(1)}`).join("; ");
    return { text, json: { points: found } };
  },
  draw: ({ points }, picture, scene) =>
    drawSkeleton(picture, pointsInPicture(points, scene), namesOfPoints(points, scene.names.points)),
});

/** Points without names are called by number. */
const namesOfPoints = ({ shape: [count] }: NdArray, names: readonly string[] | undefined): readonly string[] =>
  names ?? Array.from({ length: count }, (_, k) => String(k));
