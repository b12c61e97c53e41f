/** Several classes at once: a binary decision for each class, by binary cross-entropy of scores. */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { and, cast, equal, greater, greaterEqual, min, sigmoid, sum } from "../../ops/index.ts";
import { optional, real, text, withDefault } from "../../options/index.ts";
import { yesAnswer } from "./answers.ts";
import { axisLength, defineTask, type TaskFactory } from "./task.ts";
import { countTrue } from "./tensors.ts";

/** Options of `multiLabelClassification`. */
export interface MultiLabelClassificationOptions {
  /** The column with several classes for each sample. Default: the only one. */
  readonly target?: string | undefined;
  /** The output with the scores [n, classes]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** The weight of the loss of positive classes. Above 1, fewer are missed. Default 1. */
  readonly positiveWeight?: number | undefined;
}

const yes = (scores: Tensor): Tensor => greater(scores, 0);
const countPerClass = (condition: Tensor): Tensor => sum(cast(condition, "f32"), 0);

/** The mean over the classes that occur or were predicted of 2 hits / (occurring + predicted). */
function macroF1(hits: NdArray, occurring: NdArray, predicted: NdArray): number {
  const scores = Array.from(hits.data, (hit, k) => (2 * hit) / (occurring.data[k] + predicted.data[k]));
  const defined = scores.filter((score) => !Number.isNaN(score));
  return defined.reduce((a, b) => a + b, 0) / defined.length;
}

/**
 * Which of several classes apply. A class counts as predicted where its probability is above one half. Figures: `macroF1`,
 * the mean over classes of the harmonic mean of precision and recall; `exactMatch`, the share of samples with all classes
 * right; `hamming`, the share of single decisions that are correct.
 */
export const multiLabelClassification: TaskFactory<MultiLabelClassificationOptions> = defineTask({
  type: "multiLabelClassification",
  options: { target: optional(text()), output: optional(text()), positiveWeight: withDefault(real(0), 1) },
  targets: ({ target }) => ({ labels: { kinds: ["multiLabel"], column: target } }),
  outputs: ({ names: { labels }, options: { output } }) => ({
    scores: {
      shape: ["n", axisLength(labels, "classes")],
      holds: "scores, one for each class",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ scores }, { labels }, { options: { positiveWeight } }) =>
    nn.binaryCrossEntropy(scores, cast(labels, "f32"), { positiveWeight }),
  tally: ({ scores }, { labels }) => {
    const truth = greaterEqual(cast(labels, "f32"), 0.5);
    const right = equal(cast(yes(scores), "f32"), cast(truth, "f32"));
    return {
      hits: countPerClass(and(yes(scores), truth)),
      occurring: countPerClass(truth),
      predicted: countPerClass(yes(scores)),
      right: countTrue(right),
      exact: sum(min(cast(right, "f32"), 1)),
    };
  },
  figures: ({ sums: { hits, occurring, predicted, right, exact }, count }) => ({
    macroF1: macroF1(hits, occurring, predicted),
    exactMatch: exact.item() / count,
    hamming: right.item() / (count * hits.size),
  }),
  best: "macroF1",
  shares: ["macroF1", "exactMatch", "hamming"],
  predict: ({ scores }) => ({ probabilities: sigmoid(scores) }),
  answer: ({ probabilities }, { names: { labels } }) => yesAnswer(probabilities, labels),
});
