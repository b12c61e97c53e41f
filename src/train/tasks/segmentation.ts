/** A class for each pixel. Source: J. Long, E. Shelhamer, T. Darrell, "Fully Convolutional Networks", 2015. */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { argMax, cast, equal, matmul, mul, not, oneHot, reshape, transpose } from "../../ops/index.ts";
import { integer, optional, text } from "../../options/index.ts";
import { type TrainingWeights, weightsKind } from "../losses.ts";
import { classIoU, meanIoU, total } from "../metrics/index.ts";
import { classNamesOf } from "./answers.ts";
import { axisLength, defineTask, type TaskFactory } from "./task.ts";

/** The details of an evaluation of `segmentation`. */
export interface SegmentationDetails {
  /** `f64` [classes, classes], in pixels: true class in the row, predicted class in the column. */
  readonly confusion: NdArray;
  /** Intersection over union of each class by name; NaN for one that neither occurs nor was predicted. */
  readonly classIoU: Readonly<Record<string, number>>;
}

/** Options of `segmentation`. */
export interface SegmentationOptions {
  /** The column of the masks, class numbers [n, height, width]. Default: the only one with masks. */
  readonly target?: string | undefined;
  /** The output with the scores [n, classes, height, width]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** A class number that stands for "unknown", such as 255 at the borders of objects: not learned, not counted. */
  readonly ignore?: number | undefined;
  /** Class weights of the training loss. Default: all 1. */
  readonly classWeights?: readonly number[] | undefined;
}

/** The confusion matrix, `f32` [classes, classes], true class in the row, without ignored pixels. */
function confusionOf(scores: Tensor, mask: Tensor, ignore: number | undefined): Tensor {
  const classes = scores.shape[1];
  const [truth, predicted] = [mask, argMax(scores, 1)].map((map) => reshape(cast(map, "i32"), [-1]));
  const rows = oneHot(truth, classes);
  const counted =
    ignore === undefined ? rows : mul(rows, reshape(cast(not(equal(truth, ignore)), "f32"), [rows.shape[0], 1]));
  return matmul(transpose(counted, [1, 0]), oneHot(predicted, classes));
}

/** The share of all pixels on the diagonal. */
function shareOnDiagonal({ data, shape: [classes] }: NdArray): number {
  return total(Array.from({ length: classes }, (_, k) => data[k * (classes + 1)])) / total(data);
}

/**
 * A class for each pixel. Figures: `meanIoU`, the mean over classes of intersection over union, all pictures together;
 * `pixelAccuracy`. Details: `confusion`, and `classIoU` by name.
 */
export const segmentation: TaskFactory<SegmentationOptions, SegmentationDetails> = defineTask({
  type: "segmentation",
  options: {
    target: optional(text()),
    output: optional(text()),
    ignore: optional(integer()),
    classWeights: optional(weightsKind),
  },
  targets: ({ target }) => ({ mask: { kinds: ["mask"], column: target } }),
  outputs: ({ names, shapes: { mask = ["height", "width"] }, options: { output } }) => ({
    scores: {
      shape: ["n", axisLength(names.mask, "classes"), ...mask],
      holds: "scores, a map for each class",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ scores }, { mask }, { training, options: { ignore, classWeights } }) =>
    nn.crossEntropy(scores, cast(mask, "i32"), {
      ignoreIndex: ignore,
      classWeights: training ? (classWeights as TrainingWeights | undefined) : undefined,
    }),
  tally: ({ scores }, { mask }, { options: { ignore } }) => ({ confusion: confusionOf(scores, mask, ignore) }),
  figures: ({ sums: { confusion } }) => ({ meanIoU: meanIoU(confusion), pixelAccuracy: shareOnDiagonal(confusion) }),
  details: ({ sums: { confusion } }, { names: { mask } }) => ({
    confusion,
    classIoU: Object.fromEntries(classIoU(confusion).map((overlap, k) => [mask?.[k] ?? String(k), overlap])),
  }),
  best: "meanIoU",
  shares: ["meanIoU", "pixelAccuracy"],
  predict: ({ scores }) => ({ mask: argMax(scores, 1) }),
  answer: ({ mask }, { names }) => {
    const pixels = Array.from(mask.data);
    const classes = [...new Set(pixels)].sort((a, b) => a - b);
    const found = classes.map((k) => ({
      class: classNamesOf([k], names.mask)[0],
      share: pixels.filter((one) => one === k).length / mask.size,
    }));
    const text = found.map((one) => `${one.class} ${(100 * one.share).toFixed(1)} %`).join(", ");
    return { text, json: { classes: found, mask: mask.toNested() }, picture: drawn(mask, names.mask?.length ?? 2) };
  },
});

/** Gray levels, evenly spaced over the classes. */
function drawn({ data, shape: [height, width] }: NdArray, classes: number) {
  const levels = Uint8Array.from(data, (k) => Math.round((255 * k) / Math.max(1, classes - 1)));
  return { width, height, channels: 1 as const, data: levels };
}
