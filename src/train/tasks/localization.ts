/**
 * One box for each sample, or a fixed number of them, as left, top, right, bottom, or as four corner points. Networks predict
 * them as fractions of the picture's width and height, about 0 … 1; columns and answers are in pixels. The lecture's network
 * gives the four corners and is trained by their squared errors, beside a class: `together` with `classification`. Source of
 * that: CMU 11-785, "Convolutional networks", what else they predict.
 */
import { array, type Shape } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import { annotate } from "../../image/index.ts";
import * as nn from "../../nn/index.ts";
import { boxArea, boxIoU, concat, div, greater, matmul, mul, reshape, select, slice } from "../../ops/index.ts";
import { flag, optional, positive, text, withDefault, word } from "../../options/index.ts";
import { frameOf } from "./answers.ts";
import { defineTask, type TaskFactory } from "./task.ts";
import { countTrue, orZero, sumWhere, toFloats } from "./tensors.ts";
import { boxesInPicture } from "./view.ts";

/** Options of `localization`. */
export interface LocalizationOptions {
  /** The column of the boxes [n, k, 4], in pixels. Default: the only one with boxes. */
  readonly target?: string | undefined;
  /**
   * The output [n, 4] or [n, k, 4], with `corners` [n, 8] or [n, k, 8], in fractions of the picture. Default: the network's only
   * one, else `boxes`.
   */
  readonly output?: string | undefined;
  /**
   * Whether the output has the four corners of each box as points: left top, right top, right bottom, left bottom. Each edge of
   * the box is the mean of its two corners. Default false.
   */
  readonly corners?: boolean | undefined;
  /** The loss of the fractions: `smoothL1`, or `squared`, the lectures' L2. Default `smoothL1`. */
  readonly loss?: "smoothL1" | "squared" | undefined;
  /** The error, as a fraction, at which the smooth L1 loss becomes linear. Default 0.1. */
  readonly beta?: number | undefined;
}

/** Lengths of a picture along x, y, x, y. */
const pictureLengths = (input: Shape): Tensor => {
  const [height, width] = input.slice(-2);
  return constant(array([[width, height, width, height]]));
};

/** All boxes of a batch, one after the other: [n · k, 4]. */
const boxRows = (boxes: Tensor): Tensor => reshape(toFloats(boxes), [-1, 4]);

/** What a network gives, each a row: [n · k, 4], or corners [n · k, 8]. */
const givenRows = (given: Tensor, corners: boolean): Tensor => reshape(given, [-1, corners ? 8 : 4]);

/** The edge of a box that each number of its corners is: left top, right top, right bottom, left bottom. */
const EDGES_OF_CORNERS = [0, 1, 2, 1, 2, 3, 0, 3];

/** Which corners' numbers are an edge, each counting half: [8, 4]. */
const meanOfCorners = (): Tensor =>
  constant(array(EDGES_OF_CORNERS.map((edge) => [0, 1, 2, 3].map((k) => (k === edge ? 0.5 : 0)))));

/** The edges of each box: [n · k, 4]. */
const edgeRows = (given: Tensor, corners: boolean): Tensor =>
  corners ? matmul(givenRows(given, true), meanOfCorners()) : givenRows(given, false);

/** The numbers that the network is to give for boxes [n · k, 4]. */
const wantedRows = (edges: Tensor, corners: boolean): Tensor =>
  corners
    ? concat(EDGES_OF_CORNERS.map((edge) => slice(edges, 1, edge, edge + 1)), 1) // biome-ignore format: two cases
    : edges;

/** Four zeros are no box. `bool` [n · k, 1]. */
const isThere = (boxes: Tensor): Tensor => reshape(greater(boxArea(boxes), 0), [-1, 1]);

/**
 * Where objects are. Loss: smooth L1 of the fractions; samples without a box, four zeros, do not count. Figures: `meanIoU`,
 * the mean overlap with the true box; `found`, the share of boxes with an overlap above one half.
 */
export const localization: TaskFactory<LocalizationOptions> = defineTask({
  type: "localization",
  options: {
    target: optional(text()),
    output: optional(text()),
    corners: withDefault(flag(), false),
    loss: withDefault(word("smoothL1", "squared"), "smoothL1" as const),
    beta: withDefault(positive(), 0.1),
  },
  targets: ({ target }) => ({ boxes: { kinds: ["boxes"], column: target, fixed: true } }),
  outputs: ({ shapes: { boxes }, options: { output, corners } }) => ({
    boxes: {
      shape: ["n", ...(boxes === undefined ? ["…"] : [...boxes.slice(0, -1), corners ? 8 : 4])],
      reshaped: true,
      holds: corners
        ? "corners of boxes in shares of the picture: left top, right top, right bottom, left bottom, each x and y"
        : "boxes in shares of the picture: left, top, right, bottom",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ boxes: given }, { boxes }, { input, options: { beta, loss, corners } }) => {
    const truth = boxRows(boxes);
    const there = isThere(truth);
    const pair = [givenRows(given, corners), wantedRows(div(truth, pictureLengths(input)), corners)] as const;
    const weights = { sampleWeights: there };
    return orZero(
      there,
      loss === "squared" ? nn.meanSquaredError(...pair, weights) : nn.smoothL1(...pair, { beta, ...weights }),
    );
  },
  tally: ({ boxes: given }, { boxes }, { input, options: { corners } }) => {
    const truth = boxRows(boxes);
    const overlaps = reshape(boxIoU(mul(edgeRows(given, corners), pictureLengths(input)), truth), [-1, 1]);
    const there = isThere(truth);
    return {
      overlap: sumWhere(there, overlaps),
      found: countTrue(greater(select(there, overlaps, 0), 0.5)),
      boxes: countTrue(there),
    };
  },
  figures: ({ sums: { overlap, found, boxes } }) => ({
    meanIoU: overlap.item() / boxes.item(),
    found: found.item() / boxes.item(),
  }),
  best: "meanIoU",
  shares: ["meanIoU", "found"],
  predict: ({ boxes }, { input, options: { corners } }) => ({
    boxes: reshape(
      mul(edgeRows(boxes, corners), pictureLengths(input)),
      boxes.shape.map((length, axis) => (corners && axis === boxes.shape.length - 1 ? length / 2 : length)),
    ),
  }),
  answer: ({ boxes }, scene) => {
    const inPicture = boxesInPicture(boxes, scene);
    return { text: Array.from(inPicture.data, (x) => x.toFixed(1)).join(", "), json: inPicture.toNested() };
  },
  draw: ({ boxes }, picture, scene) => {
    const all = boxesInPicture(boxes, scene).reshape([boxes.size / 4, 4]);
    return annotate(
      picture,
      Array.from({ length: all.shape[0] }, (_, k) => frameOf(all.row(k).data, k)),
    );
  },
});
