/** What networks for segmentation share. */
import * as nn from "../../nn/index.ts";
import { integer, integers, type Schema, withDefault } from "../../options/index.ts";
import { conv } from "../blocks.ts";

/** Options of a network for segmentation. */
export interface SegmentationNetworkOptions {
  /** The number of classes, with background if it is one. */
  readonly classes: number;
  /** The maps of each level, the first at the size of the picture, each further one at half of it. Default 32, 64, 128, 256. */
  readonly maps?: readonly number[] | undefined;
  /** The convolutions of a block. Default 2. */
  readonly convolutions?: number | undefined;
}

/** The schema of `SegmentationNetworkOptions`. */
export const segmentationOptions = {
  classes: integer(1),
  maps: withDefault(integers(1), [32, 64, 128, 256]),
  convolutions: withDefault(integer(1), 2),
} satisfies Schema;

/** 3×3 convolutions to some numbers of maps, each with batch normalization and ReLU; they keep the size. */
export const block = (...maps: readonly number[]): nn.Layer =>
  nn.sequential(...maps.flatMap((count) => [conv(count), nn.batchNorm2d(), nn.relu()]));

/** Scores of the classes for each pixel. */
export const pixelScores = (classes: number): nn.Layer => nn.conv2d(classes, { kernel: 1 });

/** The same number some times. */
export const repeated = (value: number, count: number): number[] => new Array<number>(count).fill(value);
