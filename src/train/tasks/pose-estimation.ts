/**
 * Named points in a picture, such as joints or the corners of eyes, by regression of their coordinates. Networks predict
 * them as fractions of the picture's width and height; columns and answers are in pixels. Points that are NaN are unknown.
 */
import { array, type Shape } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { and, div, finite, lessEqual, mul, reshape, select, slice, sqrt, square, sub, sum } from "../../ops/index.ts";
import { optional, positive, real, text, withDefault } from "../../options/index.ts";
import { defineTask, type TaskFactory } from "./task.ts";
import { countTrue, orZero, sumWhere } from "./tensors.ts";

/** Options of `poseEstimation`. */
export interface PoseEstimationOptions {
  /** The column of the points [n, k, 2], x and y in pixels. Default: the only one with points. */
  readonly target?: string | undefined;
  /** The output [n, k, 2] or [n, 2 k], in fractions of the picture. Default: the network's only one, else `points`. */
  readonly output?: string | undefined;
  /** How near a point must be to count as correct, as a fraction of the picture's longer side. Default 0.1. */
  readonly within?: number | undefined;
  /** The error, as a fraction, at which the smooth L1 loss becomes linear. Default 0.1. */
  readonly beta?: number | undefined;
}

const sides = (input: Shape): [width: number, height: number] => {
  const [height, width] = input.slice(-2);
  return [width, height];
};
const pictureSides = (input: Shape): Tensor => constant(array([sides(input)]));

/** All points of a batch, one after the other: [n · k, 2]. */
const pointRows = (points: Tensor): Tensor => reshape(points, [-1, 2]);

/** Whether both coordinates are known, `bool` [n · k, 1]. */
const isKnown = (points: Tensor): Tensor => and(finite(slice(points, 1, 0, 1)), finite(slice(points, 1, 1, 2)));

/** Points with 0 in place of unknown ones: NaN times weight 0 would be NaN. */
const withoutUnknown = (points: Tensor): Tensor => select(finite(points), points, 0);

/**
 * Where named points are. Loss: smooth L1 of the fractions, over known points. Figures: `meanDistance` in pixels, and `pck`,
 * the share of points within that distance (Yang and Ramanan 2013).
 */
export const poseEstimation: TaskFactory<PoseEstimationOptions> = defineTask({
  type: "poseEstimation",
  options: {
    target: optional(text()),
    output: optional(text()),
    within: withDefault(real(0, 1), 0.1),
    beta: withDefault(positive(), 0.1),
  },
  targets: ({ target }) => ({ points: { kinds: ["points"], column: target, fixed: true } }),
  outputs: ({ shapes: { points = ["…"] }, options: { output } }) => ({
    points: {
      shape: ["n", ...points],
      reshaped: true,
      holds: "points in shares of the picture, x and y",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ points: given }, { points }, { input, options: { beta } }) => {
    const truth = pointRows(points);
    const target = div(withoutUnknown(truth), pictureSides(input));
    const there = isKnown(truth);
    return orZero(there, nn.smoothL1(pointRows(given), target, { beta, sampleWeights: there }));
  },
  tally: ({ points: given }, { points }, { input, options: { within } }) => {
    const truth = pointRows(points);
    const distance = sqrt(
      sum(square(sub(mul(pointRows(given), pictureSides(input)), withoutUnknown(truth))), 1, { keep: true }),
    );
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
  predict: ({ points }, { input }) => ({ points: reshape(mul(pointRows(points), pictureSides(input)), points.shape) }),
  answer: ({ points }) => ({
    text: Array.from(points.data, (x) => x.toFixed(1)).join(", "),
    json: points.toNested(),
  }),
});
