/**
 * The two forms in which networks give points: coordinates [n, k, 2] in fractions of the picture, and maps of scores
 * [n, k, h, w], whose expected place (`softArgMax`) is the point. In losses and sums points are rows, [n · k, 2].
 */
import { array, type Shape, ShapeError } from "../../array/index.ts";
import { constant, formatType, type Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { and, div, finite, heatMaps, maximum, mul, reshape, select, slice, softArgMax, sum } from "../../ops/index.ts";

/** Width and height of the pictures that a network takes. */
export const sides = (input: Shape): [width: number, height: number] => {
  const [height, width] = input.slice(-2);
  return [width, height];
};
const pictureSides = (input: Shape): Tensor => constant(array([sides(input)]));

/** All points of a batch, one after the other: [n · k, 2]. */
export const pointRows = (points: Tensor): Tensor => reshape(points, [-1, 2]);

/** Whether both coordinates are known, `bool` [n · k, 1]. */
export const isKnown = (points: Tensor): Tensor => and(finite(slice(points, 1, 0, 1)), finite(slice(points, 1, 1, 2)));

/** Points with 0 in place of unknown ones: NaN times weight 0 would be NaN. */
export const withoutUnknown = (points: Tensor): Tensor => select(finite(points), points, 0);

/** Whether an output is maps rather than coordinates. */
export const isMaps = (output: Tensor): boolean => output.shape.length === 4;

/** The pixels of the picture along a cell of the maps. @throws ShapeError where that is no whole number, or two */
export function strideOf(maps: Tensor, input: Shape): number {
  const [width, height] = sides(input);
  const [h, w] = maps.shape.slice(-2);
  const stride = width / w;
  if (height / h === stride && Number.isInteger(stride)) return stride;
  throw new ShapeError(
    `poseEstimation: maps ${formatType(maps)} do not divide pictures of ${height}×${width} into square cells of whole pixels; ` +
      "give pictures whose sides the network's stride divides",
  );
}

/** Points of either form, in pixels: [n · k, 2]. */
export const pointsInPixels = (output: Tensor, input: Shape): Tensor =>
  isMaps(output)
    ? pointRows(softArgMax(output, { stride: strideOf(output, input) }))
    : mul(pointRows(output), pictureSides(input));

/** Smooth L1 of fractions of the picture, over known points. */
export const coordinateLoss = (output: Tensor, truth: Tensor, input: Shape, beta: number): Tensor =>
  nn.smoothL1(
    div(pointsInPixels(output, input), pictureSides(input)),
    div(withoutUnknown(truth), pictureSides(input)),
    { beta, sampleWeights: isKnown(truth) },
  );

/** The least sum of a map that is divided by it: that of a point far outside of the picture is 0, and it does not count. */
const LEAST = 1e-6;

/**
 * Cross-entropy of softmax(maps) over all cells with Gaussians around the known points, each with the sum 1.
 * @param sigma of the Gaussians, in cells
 */
export function mapLoss(maps: Tensor, points: Tensor, input: Shape, sigma: number): Tensor {
  const stride = strideOf(maps, input);
  const [n, k, h, w] = maps.shape;
  const rows = (all: Tensor): Tensor => reshape(all, [n * k, h * w]);
  const gaussians = rows(heatMaps(points, { size: [h, w], stride, sigma: sigma * stride }));
  const target = div(gaussians, maximum(sum(gaussians, 1, { keep: true }), LEAST));
  return nn.crossEntropy(rows(maps), target, { sampleWeights: reshape(isKnown(pointRows(points)), [n * k]) });
}
