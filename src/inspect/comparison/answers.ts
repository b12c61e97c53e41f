/** Which answers of two classifiers differ on a data set, and what that changes in the confusions. */
import { DataError, NdArray } from "../../array/index.ts";
import type { Samples } from "../../data/index.ts";
import type { Model } from "../../nn/index.ts";
import { predictedClasses, predictProbabilities, singleView } from "../../train/index.ts";
import type { DataOptions } from "../batches.ts";

/** A sample whose answer changed. */
export interface ChangedAnswer {
  /** Its number in the data set. */
  readonly sample: number;
  /** Its class, as a number. */
  readonly label: number;
  /** The class that the first network names. */
  readonly before: number;
  /** The class that the second network names. */
  readonly after: number;
}

/** The answers of two classifiers on the same samples. */
export interface AnswerComparison {
  /** The number of samples. */
  readonly count: number;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** The shares of right answers. */
  readonly accuracy: { readonly before: number; readonly after: number };
  /** The samples whose answers changed, in order. */
  readonly changed: readonly ChangedAnswer[];
  /** How many answers became right. */
  readonly gained: number;
  /** How many answers became wrong. */
  readonly lost: number;
  /** How many answers are wrong in another way. */
  readonly otherwise: number;
  /** `i32` [classes, classes]: row label, column answer; how many more samples the second network has there. */
  readonly confusionChange: NdArray;
}

/**
 * Compares what two classifiers answer.
 * @throws DataError for data without a class for each sample, and for networks of other classes; ShapeError where samples do
 *   not fit
 */
export async function compareAnswers(
  first: Model,
  second: Model,
  data: Samples,
  { engine, batch, workers }: Pick<DataOptions, "engine" | "batch" | "workers"> = {},
): Promise<AnswerComparison> {
  if (data.labels === undefined)
    throw new DataError(
      `data set ${data.name}: answers are compared on samples with classes; it has columns of its own`,
    );
  const answersOf = async (model: Model): Promise<NdArray> =>
    predictedClasses(await predictProbabilities(singleView(model, { engine }), data, { batch, workers }));
  const [before, after] = [(await answersOf(first)).data, (await answersOf(second)).data];
  const labels = data.labels.data;
  const all = Array.from(labels, (label, sample) => ({
    sample,
    label,
    before: before[sample],
    after: after[sample],
  }));
  const changed = all.filter((one) => one.before !== one.after);
  const rightShare = (of: "before" | "after"): number => all.filter((one) => one[of] === one.label).length / all.length;
  const gained = changed.filter((one) => one.after === one.label).length;
  const lost = changed.filter((one) => one.before === one.label).length;
  const classes = data.classes.length;
  const confusion = new Int32Array(classes * classes);
  for (const one of changed) {
    confusion[one.label * classes + one.after]++;
    confusion[one.label * classes + one.before]--;
  }
  return {
    count: all.length,
    classes: data.classes,
    accuracy: { before: rightShare("before"), after: rightShare("after") },
    changed,
    gained,
    lost,
    otherwise: changed.length - gained - lost,
    confusionChange: new NdArray(confusion, [classes, classes], "i32"),
  };
}
