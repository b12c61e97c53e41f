/**
 * Named points in a picture, such as joints or the corners of eyes. Networks give their coordinates in fractions of the picture,
 * or a map of scores for each; columns and answers are in pixels. Points that are NaN are unknown.
 */
import { OptionError } from "../../array/index.ts";
import { isTensor, type Tensor } from "../../graph/index.ts";
import { add, and, div, greater, lessEqual, mul, reshape, select, slice, sqrt, square, sub, sum, cast } from "../../ops/index.ts";
import { optional, positive, real, text, withDefault, word } from "../../options/index.ts";
import { coordinateLoss, isKnown, isMaps, mapLoss, pointRows, pointsInPixels, sides, withoutUnknown } from "./point-outputs.ts";
import { defineTask, type TaskFactory } from "./task.ts";
import { countTrue, orZero, sumWhere } from "./tensors.ts";

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
   * What counts, where the network gives maps: the distance of their expected places, `coordinates`; cross-entropy with Gaussians,
   * `maps`; or the sum, `both`. Coordinates have the first alone. Default `both`.
   */
  readonly loss?: PoseLoss | undefined;
  /** The standard deviation of the Gaussians, in cells of the maps. Default 1. */
  readonly sigma?: number | undefined;
  /** The error, as a fraction, at which the smooth L1 loss becomes linear. Default 0.1. */
  readonly beta?: number | undefined;
  readonly weight?: number | undefined;
}

export const poseEstimation: TaskFactory<PoseEstimationOptions> = defineTask({
  type: "poseEstimation",
  options: {
    target: optional(text()),
    output: optional(text()),
    within: withDefault(real(0, 1), 0.1),
    loss: withDefault(word<PoseLoss>("both", "coordinates", "maps"), "both" as const),
    sigma: withDefault(positive(), 1),
    beta: withDefault(positive(), 0.1),
    weight: withDefault(positive(), 1),
  },
  targets: ({ target }) => ({ points: { kinds: ["points"], column: target, fixed: true } }),
  outputs: ({ shapes: { points = ["points", 2] }, options: { output } }) => ({
    points: {
      shape: ["n", ...points],
      reshaped: true,
      alternative: ["n", points[0], "h", "w"],
      holds: "points in fractions of the picture, x and y, or a map of scores for each",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ points: given }, { points }, { input, options: { loss, beta, sigma, weight } }) => {
    const truth = pointRows(points);
    const near = (): Tensor => mul(coordinateLoss(given, truth, input, beta), weight);
    const value =
      !isMaps(given) || loss === "coordinates"
        ? near()
        : loss === "maps"
          ? mapLoss(given, points, input, sigma)
          : add(near(), mapLoss(given, points, input, sigma));
    return orZero(isKnown(truth), value);
  },
  tally: ({ points: given }, { points }, { input, options: { within } }) => {
    const truth = pointRows(points);
    const distance = sqrt(sum(square(sub(pointsInPixels(given, input), withoutUnknown(truth))), 1, { keep: true }));
    const there = isKnown(truth);
    const near = lessEqual(distance, within * Math.max(...sides(input)));
    return { distance: sumWhere(there, distance), near: countTrue(and(near, there)), points: countTrue(there) };
  },
  figures: ({ sums: { distance, near, points } }) => ({
    meanDistance: distance.item() / points.item(),
    pck: near.item() / points.item(),
  }),
  best: "meanDistance",
  shares: ["pck"],
  lowerIsBetter: ["meanDistance"],
  predict: ({ points }, { input }) => {
    const [n, k] = points.shape;
    return { points: reshape(pointsInPixels(points, input), isMaps(points) ? [n, k, 2] : points.shape) };
  },
  answer: ({ points }) => ({
    text: Array.from(points.data, (x) => x.toFixed(1)).join(", "),
    json: points.toNested(),
  }),
});
