/** One class for each sample: cross-entropy by default, accuracy decides. The default of `fit`. */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { argMax, cast, equal, matmul, oneHot, softmax, sum, transpose } from "../../ops/index.ts";
import { optional, text, withDefault } from "../../options/index.ts";
import { type LossChoice, lossKind, lossOf, type TrainingWeights, trainingLoss, weightsKind } from "../losses.ts";
import { type EvaluationReport, type ReportOptions, reportKind, reportOn } from "../metrics/index.ts";
import { classAnswer } from "./answers.ts";
import { axisLength, defineTask, type SceneOf, type TaskFactory, type Tensors, type Totals } from "./task.ts";

/** Options of `classification`. */
export interface ClassificationOptions {
  /** The column of the classes. Default: the only one with classes. */
  readonly target?: string | undefined;
  /** The output with the scores [n, classes]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** A loss of scores and labels, or the name of one. Default `crossEntropy`. */
  readonly loss?: LossChoice | undefined;
  /**
   * Class weights of the training loss: a number for each class, or `balanced`, which gives all classes the same weight, n /
   * (K · n[class]) from the training labels (as scikit-learn has it). For `crossEntropy`, `negativeLogLikelihood` and
   * `multiMargin` by name. The validation loss is not weighted. Default: all 1.
   */
  readonly classWeights?: TrainingWeights | undefined;
  /**
   * Whether evaluation gives the full report on probabilities, or its options; this keeps the probabilities of all samples.
   * Default false.
   */
  readonly report?: boolean | ReportOptions | undefined;
}

/** The details of an evaluation of `classification`. */
export interface ClassificationDetails {
  /** The number of samples classified correctly. */
  readonly correct: number;
  /** `i32` [classes, classes]: true class in the row, predicted class in the column. */
  readonly confusion: NdArray;
  /** With the option `report`: figures of likelihood, calibration and each class, and the worst mistakes. */
  readonly report?: EvaluationReport | undefined;
}

const options = {
  target: optional(text()),
  output: optional(text()),
  loss: optional(lossKind),
  classWeights: optional(weightsKind),
  report: withDefault(reportKind, false),
};

type Here = SceneOf<typeof options>;

/** Class numbers `i32` [n]; of probabilities [n, classes], after augmentation that mixes labels, those of the largest. */
const toClasses = (labels: Tensor): Tensor => (labels.shape.length === 2 ? argMax(labels, 1) : cast(labels, "i32"));

/** The confusion matrix, `f32` [classes, classes]: true class in the row, predicted class in the column. */
function confusionOf(labels: Tensor, scores: Tensor): Tensor {
  const classes = scores.shape[1];
  return matmul(transpose(oneHot(toClasses(labels), classes), [1, 0]), oneHot(argMax(scores, 1), classes));
}

/**
 * One class for each sample. Figures: `accuracy`, the share of samples whose class has the largest score; details:
 * `confusion` [classes, classes], the true class in the row. Source: CMU 11-785, "Training".
 */
export const classification: TaskFactory<ClassificationOptions, ClassificationDetails> = defineTask({
  type: "classification",
  options,
  targets: ({ target }) => ({ labels: { kinds: ["class"], column: target } }),
  outputs: ({ names: { labels }, options: { output } }) => ({
    scores: {
      shape: ["n", axisLength(labels, "classes")],
      holds: "scores, one for each class",
      names: output === undefined ? undefined : [output],
    },
  }),
  loss: ({ scores }, { labels }, scene) => lossFor(scene)(scores, labels),
  tally: ({ scores }, { labels }) => ({
    correct: sum(cast(equal(argMax(scores, 1), toClasses(labels)), "f32")),
  }),
  detail: ({ scores }, { labels }) => ({ confusion: confusionOf(labels, scores) }),
  figures: ({ sums: { correct }, count }) => ({ accuracy: correct.item() / count }),
  collect: ({ scores }, { labels }, { options: { report } }): Tensors =>
    report === false ? {} : { probabilities: softmax(scores, 1), labels: toClasses(labels) },
  details: (totals, { names: { labels: classes }, options: { report } }) => ({
    correct: totals.sums.correct.item(),
    confusion: totals.sums.confusion.cast("i32"),
    ...(report !== false && { report: reportFrom(totals, classes, report === true ? {} : report) }),
  }),
  best: "accuracy",
  trainingOnly: ["loss", "classWeights", "report"],
  shares: ["accuracy"],
  predict: ({ scores }) => ({ probabilities: softmax(scores, 1) }),
  answer: ({ probabilities }, { names: { labels } }) => classAnswer(probabilities, labels),
});

/** Numbers mistakes by their samples in the original data set. */
function reportFrom({ collected, rows }: Totals, classes: readonly string[], given: ReportOptions): EvaluationReport {
  const { probabilities, labels } = collected;
  const report = reportOn(probabilities, { name: "evaluated", labels, classes }, given);
  const mistakes = report.mistakes.map((mistake) => ({ ...mistake, sample: rows?.[mistake.sample] ?? mistake.sample }));
  return { ...report, mistakes };
}

const lossFor = ({ training, options: { loss, classWeights }, counts }: Here) =>
  training ? trainingLoss(loss, classWeights, counts?.labels) : lossOf(loss);
