/** A class for each pixel. Source: J. Long, E. Shelhamer, T. Darrell, "Fully Convolutional Networks", 2015. */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import {
  type BytePicture,
  categoryColor,
  type Picture,
  paintRectangle,
  type Rectangle,
  type Rgb,
  toBytes,
  toRgb,
} from "../../image/index.ts";
import * as nn from "../../nn/index.ts";
import { add, argMax, cast, equal, greaterEqual, matmul, oneHot, reshape, select, transpose } from "../../ops/index.ts";
import { flag, integer, optional, text, withDefault, word } from "../../options/index.ts";
import { type TrainingWeights, weightsKind } from "../losses.ts";
import { type BoundaryMetrics, boundaryF1, classIoU, meanIoU, pixelAccuracy } from "../metrics/index.ts";
import { classNamesOf } from "./answers.ts";
import { oncePer } from "./once-per.ts";
import { axisLength, defineTask, type TaskFactory, type Tensors, type Totals } from "./task.ts";
import { orZero } from "./tensors.ts";
import { viewOf } from "./view.ts";

/** The details of an evaluation of `segmentation`. */
export interface SegmentationDetails {
  /** `f64` [classes, classes], in pixels: true class in the row, predicted class in the column. */
  readonly confusion: NdArray;
  /** Intersection over union of each class by name; NaN for one that neither occurs nor was predicted. */
  readonly classIoU: Readonly<Record<string, number>>;
  /** F1 of the boundaries of each class by name, with the option `boundaries`; NaN for one without a boundary. */
  readonly classBoundaryF1?: Readonly<Record<string, number>> | undefined;
}

/** Options of `segmentation`. */
export interface SegmentationOptions {
  /** The column of the masks, class numbers [n, height, width]. Default: the only one with masks. */
  readonly target?: string | undefined;
  /** The output with the scores [n, classes, height, width]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** A further class number that is not learned and not counted. Pixels of unknown class, 255 of bytes or −1 of integers, never are. */
  readonly ignore?: number | undefined;
  /**
   * The loss: `crossEntropy`; `focal`, in which easy pixels count less; `dice`, the overlap of each class, however few its
   * pixels; `crossEntropyDice`, the sum of the two. Default `crossEntropy`.
   */
  readonly loss?: SegmentationLoss | undefined;
  /** Class weights of the training loss, or `balanced`: by the pixels of each batch. Default: all 1. */
  readonly classWeights?: TrainingWeights | undefined;
  /** Whether boundaries are measured, too, for which all maps are kept until the end. Default false. */
  readonly boundaries?: boolean | undefined;
}

type PixelLoss = (scores: Tensor, mask: Tensor, options: nn.FocalOptions & nn.DiceOptions) => Tensor;

const losses = {
  crossEntropy: nn.crossEntropy,
  focal: nn.focal,
  dice: nn.diceLoss,
  crossEntropyDice: (...given) => add(nn.crossEntropy(...given), nn.diceLoss(...given)),
} satisfies Record<string, PixelLoss>;

/** The name of a loss of pixels. */
export type SegmentationLoss = keyof typeof losses;

/** What pixels that do not count are taken for; `oneHot` of it is zeros. */
const UNKNOWN = -1;

/** The classes of pixels, `i32`; −1 where they are unknown, which bytes say by 255, or to be ignored. */
function known(mask: Tensor, ignore: number | undefined): Tensor {
  const classes = cast(mask, "i32");
  const without = (map: Tensor, unknown: number): Tensor => select(equal(map, unknown), UNKNOWN, map);
  const read = mask.dtype === "u8" ? without(classes, 255) : classes;
  return ignore === undefined ? read : without(read, ignore);
}

/** How often the row's class was taken for the column's, `f32` [classes, classes], without pixels that do not count. */
function confusionOf(scores: Tensor, mask: Tensor): Tensor {
  const classes = scores.shape[1];
  const [truth, predicted] = [mask, argMax(scores, 1)].map((map) => oneHot(reshape(map, [-1]), classes));
  return matmul(transpose(truth, [1, 0]), predicted);
}

/** How well boundaries are found; `undefined` unless maps were collected. */
const boundariesOf = oncePer(
  ({ sums: { confusion }, collected: { truth, predicted } }: Totals): BoundaryMetrics | undefined =>
    truth && boundaryF1(truth, predicted, confusion.shape[0], { ignore: UNKNOWN }),
);

const byName = (values: readonly number[], names: readonly string[] | undefined): Record<string, number> =>
  Object.fromEntries(values.map((value, k) => [names?.[k] ?? String(k), value]));

/**
 * A class for each pixel. Figures: `meanIoU`, the mean over classes of intersection over union, all pictures together;
 * `pixelAccuracy`; with `boundaries` `boundaryF1`, within 0.75 % of the diagonal. Details: `confusion`, and `classIoU` by name.
 */
export const segmentation: TaskFactory<SegmentationOptions, SegmentationDetails> = defineTask({
  type: "segmentation",
  options: {
    target: optional(text()),
    output: optional(text()),
    ignore: optional(integer()),
    loss: withDefault(word<SegmentationLoss>("crossEntropy", "focal", "dice", "crossEntropyDice"), "crossEntropy"),
    classWeights: optional(weightsKind),
    boundaries: withDefault(flag(), false),
  },
  targets: ({ target }) => ({ mask: { kinds: ["mask"], column: target } }),
  outputs: ({ names, shapes: { mask = ["height", "width"] }, options: { output } }) => ({
    scores: {
      shape: ["n", axisLength(names.mask, "classes"), ...mask],
      holds: "scores, a map for each class",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ scores }, { mask }, { training, options: { ignore, loss, classWeights } }) => {
    const truth = known(mask, ignore);
    const value = losses[loss](scores, truth, {
      ignoreIndex: UNKNOWN,
      classWeights: training ? classWeights : undefined,
    });
    return orZero(greaterEqual(truth, 0), value);
  },
  tally: ({ scores }, { mask }, { options: { ignore } }) => ({ confusion: confusionOf(scores, known(mask, ignore)) }),
  collect: ({ scores }, { mask }, { options: { ignore, boundaries } }): Tensors =>
    boundaries ? { truth: known(mask, ignore), predicted: argMax(scores, 1) } : {},
  figures: (totals) => {
    const { confusion } = totals.sums;
    const boundaries = boundariesOf(totals);
    return {
      ...{ meanIoU: meanIoU(confusion), pixelAccuracy: pixelAccuracy(confusion) },
      ...(boundaries && { boundaryF1: boundaries.mean }),
    };
  },
  details: (totals, { names: { mask } }) => {
    const { confusion } = totals.sums;
    const boundaries = boundariesOf(totals);
    return {
      ...{ confusion, classIoU: byName(classIoU(confusion), mask) },
      ...(boundaries && { classBoundaryF1: byName(boundaries.perClass, mask) }),
    };
  },
  best: "meanIoU",
  trainingOnly: ["classWeights", "boundaries"],
  shares: ["meanIoU", "pixelAccuracy", "boundaryF1"],
  predict: ({ scores }) => ({ mask: argMax(scores, 1) }),
  answer: ({ mask }, { names }) => {
    const pixels = Array.from(mask.data);
    const classes = [...new Set(pixels)].sort((a, b) => a - b);
    const found = classes.map((k) => ({
      class: classNamesOf([k], names.mask)[0],
      share: pixels.filter((one) => one === k).length / mask.size,
    }));
    const text = found.map((one) => `${one.class} ${(100 * one.share).toFixed(1)} %`).join(", ");
    return { text, json: { classes: found, mask: mask.toNested() } };
  },
  draw: ({ mask }, picture, scene) => paintClasses(picture, mask, viewOf(scene), scene.names.mask),
});

/** How much of a class's color covers the picture. */
const COVER = 0.55;

/** The class of this name has no color: there the picture is seen as it is. */
const BACKGROUND = "background";

/** The classes in colors over the part of the picture that they are of. */
function paintClasses(
  picture: Picture,
  { data, shape: [height, width] }: NdArray,
  view: Rectangle,
  names: readonly string[] = [],
): BytePicture {
  const base = toRgb(toBytes(picture));
  const canvas = { ...base, data: base.data.slice() };
  const [left, top] = [Math.round(view.x), Math.round(view.y)];
  paintRectangle(canvas, left, top, Math.round(view.width), Math.round(view.height), (column, row) => {
    const [x, y] = [
      Math.floor(((column + 0.5) * width) / view.width),
      Math.floor(((row + 0.5) * height) / view.height),
    ];
    const label = data[Math.min(height - 1, y) * width + Math.min(width - 1, x)];
    if (names[label] === BACKGROUND) return undefined;
    const at = 3 * ((top + row) * base.width + left + column);
    return categoryColor(label).map((value, c) =>
      Math.round(base.data[at + c] + COVER * (value - base.data[at + c])),
    ) as unknown as Rgb;
  });
  return canvas;
}
