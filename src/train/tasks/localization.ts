/**
 * One box for each sample, or a fixed number of them, as left, top, right, bottom. Networks predict them as fractions of the
 * picture's width and height, about 0 … 1; columns and answers are in pixels.
 */
import { array, type Shape } from "../../array/index.ts";
import { constant, type Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { boxArea, boxIoU, div, greater, mul, reshape, select } from "../../ops/index.ts";
import { optional, positive, text, withDefault } from "../../options/index.ts";
import { defineTask, type TaskFactory } from "./task.ts";
import { countTrue, orZero, sumWhere, toFloats } from "./tensors.ts";

/** Options of `localization`. */
export interface LocalizationOptions {
  /** The column of the boxes [n, k, 4], in pixels. Default: the only one with boxes. */
  readonly target?: string | undefined;
  /** The output [n, 4] or [n, k, 4], in fractions of the picture. Default: the network's only one, else `boxes`. */
  readonly output?: string | undefined;
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

/** Four zeros are no box. `bool` [n · k, 1]. */
const isThere = (boxes: Tensor): Tensor => reshape(greater(boxArea(boxes), 0), [-1, 1]);

/**
 * Where objects are. Loss: smooth L1 of the fractions; samples without a box, four zeros, do not count. Figures: `meanIoU`,
 * the mean overlap with the true box; `found`, the share of boxes with an overlap above one half.
 */
export const localization: TaskFactory<LocalizationOptions> = defineTask({
  type: "localization",
  options: { target: optional(text()), output: optional(text()), beta: withDefault(positive(), 0.1) },
  targets: ({ target }) => ({ boxes: { kinds: ["boxes"], column: target, fixed: true } }),
  outputs: ({ shapes: { boxes = ["…"] }, options: { output } }) => ({
    boxes: {
      shape: ["n", ...boxes],
      reshaped: true,
      holds: "boxes in shares of the picture: left, top, right, bottom",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ boxes: given }, { boxes }, { input, options: { beta } }) => {
    const truth = boxRows(boxes);
    const there = isThere(truth);
    return orZero(
      there,
      nn.smoothL1(boxRows(given), div(truth, pictureLengths(input)), { beta, sampleWeights: there }),
    );
  },
  tally: ({ boxes: given }, { boxes }, { input }) => {
    const truth = boxRows(boxes);
    const overlaps = reshape(boxIoU(mul(boxRows(given), pictureLengths(input)), truth), [-1, 1]);
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
  predict: ({ boxes }, { input }) => ({
    boxes: reshape(mul(boxRows(boxes), pictureLengths(input)), boxes.shape),
  }),
  answer: ({ boxes }) => ({
    text: Array.from(boxes.data, (x) => x.toFixed(1)).join(", "),
    json: boxes.toNested(),
  }),
});
