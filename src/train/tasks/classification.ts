/** One class for each sample: cross-entropy by default, accuracy decides. What `fit` does unless it is told otherwise. */
import type { NdArray } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { argMax, cast, equal, matmul, oneHot, softmax, sum, transpose } from "../../ops/index.ts";
import { optional, text, withDefault } from "../../options/index.ts";
import { type LossChoice, lossKind, lossOf, type TrainingWeights, trainingLoss, weightsKind } from "../losses.ts";
import { type EvaluationReport, type ReportOptions, reportKind, reportOn } from "../metrics/index.ts";
import { classAnswer } from "./answers.ts";
import { countOf, defineTask, type SceneOf, type TaskFactory, type Tensors, type Totals } from "./task.ts";

/** Options of `classification`. */
export interface ClassificationOptions {
  /** The column of the classes. Default: the only one with classes. */
  readonly target?: string | undefined;
  /** The output with the scores [n, classes]. Default: the network's only one, else `scores`. */
  readonly output?: string | undefined;
  /** From scores and labels to the number that becomes small, or the name of a loss. Default `crossEntropy`. */
  readonly loss?: LossChoice | undefined;
  /**
   * What losses of each class are multiplied by while training: a number for each, or `balanced`, by which all classes
   * count the same, n / (K · n[class]) from the training labels (as scikit-learn has it). For `crossEntropy`,
   * `negativeLogLikelihood` and `multiMargin` by name. The loss on validation data is not weighed. Default: all 1.
   */
  readonly classWeights?: TrainingWeights | undefined;
  /**
   * Whether evaluation tells all there is to tell of probabilities, or how much of it; the probabilities of all samples are
   * kept for it. Default false.
   */
  readonly report?: boolean | ReportOptions | undefined;
}

/** What an evaluation of `classification` tells besides its figures. */
export interface ClassificationDetails {
  /** How many samples' classes have the largest score. */
  readonly correct: number;
  /** `i32` [classes, classes], in the order of the classes: how often the row's class was taken for the column's. */
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

/** Class numbers `i32` [n]; of probabilities [n, classes], which steps that mix labels make, those of the largest. */
const classesOf = (labels: Tensor): Tensor => (labels.shape.length === 2 ? argMax(labels, 1) : cast(labels, "i32"));

/** How often the row's class was taken for the column's, `f32` [classes, classes]. */
function confusionOf(labels: Tensor, scores: Tensor): Tensor {
  const classes = scores.shape[1];
  return matmul(transpose(oneHot(classesOf(labels), classes), [1, 0]), oneHot(argMax(scores, 1), classes));
}

/**
 * Telling classes apart. Figures: `accuracy`, the share of samples whose class has the largest score; details:
 * `confusion` [classes, classes], the label's class in the row. Source: CMU 11-785, "Training".
 */
export const classification: TaskFactory<ClassificationOptions, ClassificationDetails> = defineTask({
  type: "classification",
  options,
  targets: ({ target }) => ({ labels: { kinds: ["class"], column: target } }),
  outputs: ({ names: { labels }, options: { output } }) => ({
    scores: {
      shape: ["n", countOf(labels, "classes")],
      holds: "scores, one for each class",
      names: output === undefined ? undefined : [output],
    },
  }),
  loss: ({ scores }, { labels }, scene) => lossFor(scene)(scores, labels),
  tally: ({ scores }, { labels }) => ({
    correct: sum(cast(equal(argMax(scores, 1), classesOf(labels)), "f32")),
  }),
  detail: ({ scores }, { labels }) => ({ confusion: confusionOf(labels, scores) }),
  figures: ({ sums: { correct }, count }) => ({ accuracy: correct.item() / count }),
  collect: ({ scores }, { labels }, { options: { report } }): Tensors =>
    report === false ? {} : { probabilities: softmax(scores, 1), labels: classesOf(labels) },
  details: (totals, { names: { labels: classes }, options: { report } }) => ({
    correct: totals.sums.correct.item(),
    confusion: totals.sums.confusion.cast("i32"),
    ...(report !== false && { report: reportFrom(totals, classes, report === true ? {} : report) }),
  }),
  best: "accuracy",
  shares: ["accuracy"],
  predict: ({ scores }) => ({ probabilities: softmax(scores, 1) }),
  answer: ({ probabilities }, { names: { labels } }) => classAnswer(probabilities, labels),
});

/** Mistakes have the numbers that samples have in the data set as it was given. */
function reportFrom({ collected, rows }: Totals, classes: readonly string[], given: ReportOptions): EvaluationReport {
  const { probabilities, labels } = collected;
  const report = reportOn(probabilities, { name: "evaluated", labels, classes }, given);
  const mistakes = report.mistakes.map((mistake) => ({ ...mistake, sample: rows?.[mistake.sample] ?? mistake.sample }));
  return { ...report, mistakes };
}

const lossFor = ({ training, options: { loss, classWeights }, counts }: Here) =>
  training ? trainingLoss(loss, classWeights, counts?.labels) : lossOf(loss);
