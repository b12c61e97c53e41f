/**
 * The places of points as maps of scores, one map for each point: convolutions with stride 2 bring the picture to the size of the
 * maps, an encoder and decoder with connections between their levels looks at them from near and from far. Sources: Tompson,
 * Jain, LeCun, Bregler 2014, "Joint Training of a Convolutional Network and a Graphical Model for Human Pose Estimation" (heat
 * maps); Newell, Yang, Deng 2016, "Stacked Hourglass Networks for Human Pose Estimation", of which this is one hourglass, with
 * the blocks of `unet`.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, integer, integers, oneOfNumbers, withDefault } from "../../options/index.ts";
import { hourglass } from "../segmentation/unet.ts";

/** Options of `poseMaps`. */
export interface PoseMapsOptions {
  /** The number of points. */
  readonly points: number;
  /** The pixels of the picture along a cell of the maps: 1, 2, 4 or 8. Default 2. */
  readonly stride?: number | undefined;
  /** The maps of each level, the first at the size of the maps, each further one at half of it. Default 32, 64, 96, 128. */
  readonly maps?: readonly number[] | undefined;
  /** The convolutions of a block. Default 2. */
  readonly convolutions?: number | undefined;
}

/** Halves maps: `maps` of them come out. A kernel of 4 has its middle where the cells have theirs, between two pixels. */
const halving = (maps: number): nn.Layer =>
  nn.sequential(
    nn.conv2d(maps, { kernel: 4, stride: 2, padding: 1, bias: false, initializer: "heNormalFanOut" }),
    nn.batchNorm2d(),
    nn.relu(),
  );

/**
 * Pictures [n, channels, height, width] to maps of scores [n, points, height / stride, width / stride], as `poseEstimation` takes
 * them. Height and width are multiples of the stride.
 * @throws OptionError for options that it does not take
 * @example await fit(poseMaps({ points: 14 }), train, { task: poseEstimation(), validation });
 */
export const poseMaps: (options: PoseMapsOptions) => nn.Layer = defineFactory({
  type: "poseMaps",
  options: {
    points: integer(1),
    stride: withDefault(oneOfNumbers(1, 2, 4, 8), 2),
    maps: withDefault(integers(1), [32, 64, 96, 128]),
    convolutions: withDefault(integer(1), 2),
  },
  make: ({ points, stride, maps, convolutions }) =>
    nn.sequential({
      stem: nn.sequential(...Array.from({ length: Math.log2(stride) }, () => halving(maps[0]))),
      levels: hourglass(maps, convolutions),
      scores: nn.conv2d(points, { kernel: 1 }),
    }),
});
