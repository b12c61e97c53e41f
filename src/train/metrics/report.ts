/** All metrics of probabilities and labels in one record. */
import { checkArray, checkObject, type NdArray, OptionError, ShapeError } from "../../array/index.ts";
import type { Samples } from "../../data/index.ts";
import { formatType } from "../../graph/index.ts";
import { checkNames, type Kind, namesOf } from "../../options/index.ts";
import { atLeastOne } from "../checks.ts";
import { type Calibration, calibration } from "./calibration.ts";
import { type ClassificationMetrics, type ClassMetrics, classMetrics } from "./class-metrics.ts";
import { type ConfusedPair, confusedPairs, confusionMatrix } from "./confusion.ts";
import { type Mistake, worstMistakes } from "./mistakes.ts";
import { brierScore, negativeLogLikelihood } from "./proper-scores.ts";
import { predictedClasses, topKAccuracy } from "./top-k.ts";

/** All metrics of probabilities and labels. */
export interface EvaluationReport extends Omit<ClassificationMetrics, "perClass"> {
  /** The negative log-likelihood, in nats a sample. */
  readonly loss: number;
  /** The mean squared distance of the probabilities from the true labels, 0 … 2. */
  readonly brierScore: number;
  /** The share of samples whose class is among the first k, by k. */
  readonly topK: Readonly<Record<number, number>>;
  /** The confusion matrix `i32` [classes, classes]: true class in the row, predicted class in the column. */
  readonly confusion: NdArray;
  /** The metrics of each class, with its name, in the order of the classes. */
  readonly perClass: readonly (ClassMetrics & { readonly name: string })[];
  /** How well confidences agree with accuracies. */
  readonly calibration: Calibration;
  /** The most confused pairs of classes, the most frequent first. */
  readonly confused: readonly ConfusedPair[];
  /** The mistakes made with the largest confidence, the largest first. */
  readonly mistakes: readonly Mistake[];
}

/** Options of `reportOn`. */
export interface ReportOptions {
  /** The k of top-k accuracy. Default: 1, and 5 with more than 5 classes. */
  readonly topK?: readonly number[] | undefined;
  /** The number of confidence bins of the calibration. Default 15. */
  readonly bins?: number | undefined;
  /** The maximum number of confused pairs. Default 10. */
  readonly confused?: number | undefined;
  /** The maximum number of mistakes. Default 20. */
  readonly mistakes?: number | undefined;
}

const reportNames = namesOf<ReportOptions>({ topK: true, bins: true, confused: true, mistakes: true });

/** Whether to report, or how much of it. */
export const reportKind: Kind<boolean | ReportOptions> = {
  expects: `true, false or some of { ${reportNames.join(", ")} }`,
  read: (value) => {
    if (typeof value === "boolean") return value;
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord && Object.keys(value).every((name) => reportNames.includes(name)) ? value : undefined;
  },
};

/**
 * All metrics of probabilities, floats [n, classes], against the labels of a data set.
 * @throws ShapeError unless there is a row for each sample and a column for each class
 */
export function reportOn(
  probabilities: NdArray,
  data: Pick<Samples, "name" | "labels" | "classes">,
  options: ReportOptions = {},
): EvaluationReport {
  checkArray("reportOn", "probabilities", probabilities);
  checkObject("a data set, { name, labels, classes }", data);
  checkNames("reportOn", reportNames, options);
  const { name, labels, classes } = data;
  const { topK = classes.length > 5 ? [1, 5] : [1], bins, confused = 10, mistakes = 20 } = options;
  for (const [what, most] of Object.entries({ confused, mistakes })) notNegative(what, most);
  if (probabilities.shape[1] !== classes.length)
    throw new ShapeError(
      `data set ${name} has ${classes.length} classes, got probabilities ${formatType(probabilities)}`,
    );
  const predicted = predictedClasses(probabilities);
  const confusion = confusionMatrix(labels, predicted, classes.length);
  const { perClass, ...metrics } = classMetrics(confusion);
  return {
    ...metrics,
    loss: negativeLogLikelihood(probabilities, labels),
    brierScore: brierScore(probabilities, labels),
    topK: Object.fromEntries(
      topK.map((k) => [atLeastOne("reportOn", "topK", k), topKAccuracy(probabilities, labels, k)]),
    ),
    confusion,
    perClass: perClass.map((one, k) => ({ name: classes[k], ...one })),
    calibration: calibration(probabilities, labels, { bins }),
    confused: confusedPairs(confusion, confused),
    mistakes: worstMistakes(probabilities, labels, mistakes),
  };
}

function notNegative(what: string, value: number): void {
  if (value === Infinity || (Number.isInteger(value) && value >= 0)) return;
  throw new OptionError(`reportOn: ${what} must be an integer of at least 0, or Infinity, got ${value}`);
}
