/**
 * The places of points as numbers: a trunk of convolutions that halves the maps level by level, and linear layers that see all of
 * them, the last with 2 k numbers for k points. Source: Toshev and Szegedy 2014, "DeepPose: Human Pose Estimation via Deep Neural
 * Networks"; CMU 11-785, one trunk for several tasks, has fourteen joints.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, integers, real, withDefault } from "../../options/index.ts";
import { block } from "../segmentation/parts.ts";

/** Options of `poseRegression`. */
export interface PoseRegressionOptions {
  /** The number of points. */
  readonly points: number;
  /** The maps of each level; after a level they have half the size. Default 32, 64, 128, 256. */
  readonly maps?: readonly number[] | undefined;
  /** The units of the layer between the trunk and the numbers. Default 256. */
  readonly units?: number | undefined;
  /** The rate of dropout before the numbers, 0 to 1. Default 0. */
  readonly dropout?: number | undefined;
}

/** The middle of the picture, where every point is expected before training. */
const MIDDLE = { type: "constant", value: 0.5 } as const;

/**
 * Pictures [n, channels, height, width] to points [n, 2 k] in fractions of the picture, x and y in turns, as `poseEstimation`
 * takes them. A model is for one size of pictures.
 * @throws OptionError for options that it does not take
 * @example await fit(poseRegression({ points: 14 }), train, { task: poseEstimation(), validation });
 */
export const poseRegression: (options: PoseRegressionOptions) => nn.Layer = defineFactory({
  type: "poseRegression",
  options: {
    points: integer(1),
    maps: withDefault(integers(1), [32, 64, 128, 256]),
    units: withDefault(integer(1), 256),
    dropout: withDefault(real(0, 1), 0),
  },
  make: ({ points, maps, units, dropout }) =>
    nn.sequential({
      trunk: nn.sequential(...maps.flatMap((count) => [block(count), nn.maxPool2d(2)])),
      flat: nn.flatten(),
      units: nn.linear(units, { initializer: "heNormal" }),
      relu: nn.relu(),
      dropout: nn.dropout(dropout),
      points: nn.linear(2 * points, { initializer: "zeros", biasInitializer: MIDDLE }),
    }),
});
