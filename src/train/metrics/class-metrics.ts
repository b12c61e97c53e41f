/**
 * Metrics of each class k, and their means, from a confusion matrix C. With TP = C[k, k]:
 *
 *   precision = TP / Σ_a C[a, k]    recall = TP / Σ_b C[k, b]    F1 = 2 TP / (Σ_a C[a, k] + Σ_b C[k, b])
 *   accuracy = Σ_k C[k, k] / Σ C    balanced accuracy = mean of the recalls
 *
 * Precision and recall: C. J. van Rijsbergen, "Information Retrieval", 2nd edition 1979, chapter 7; F1 is their harmonic
 * mean. Balanced accuracy: K. H. Brodersen et al., "The balanced accuracy and its posterior distribution", 2010.
 *
 * A share of nothing, 0 / 0, is NaN: the precision of a class that was never predicted, the recall of one that does not
 * occur, the F1 of one that neither occurs nor was predicted. Means go over the classes that occur, and a class that occurs
 * and was never predicted has a precision of 0 in them, so that ignoring a class is no advantage.
 */
import type { NdArray } from "../../array/index.ts";
import { checkConfusion } from "./checks.ts";

/** Shares, 0 … 1. */
export interface ClassShares {
  /** The share of the predictions of this class that are correct. */
  readonly precision: number;
  /** The share of the samples of this class that are predicted as such. */
  readonly recall: number;
  /** The harmonic mean of precision and recall. */
  readonly f1: number;
}

/** The figures of one class. */
export interface ClassMetrics extends ClassShares {
  /** The number of samples of the class. */
  readonly support: number;
}

/** The figures of a classification. */
export interface ClassificationMetrics {
  /** The number of samples. */
  readonly count: number;
  /** The number of samples classified correctly. */
  readonly correct: number;
  /** The share of samples classified correctly; NaN without samples. */
  readonly accuracy: number;
  /** The mean recall of the classes that occur. */
  readonly balancedAccuracy: number;
  /** For each class, in their order. */
  readonly perClass: readonly ClassMetrics[];
  /** Means over the classes that occur, weighted equally. */
  readonly macro: ClassShares;
  /** Means over the classes that occur, weighted by their number of samples. */
  readonly weighted: ClassShares;
}

/** Precision, recall and F1 of each class, their means, and accuracy, from a confusion matrix [classes, classes]. */
export function classMetrics(confusion: NdArray): ClassificationMetrics {
  const classes = checkConfusion("classMetrics", confusion);
  const { hits, occurring, predicted } = margins(confusion, classes);
  const perClass = hits.map((hit, k) => ({
    precision: hit / predicted[k],
    recall: hit / occurring[k],
    f1: (2 * hit) / (predicted[k] + occurring[k]),
    support: occurring[k],
  }));
  const macro = meanOf(perClass, () => 1);
  const [count, correct] = [total(occurring), total(hits)];
  return {
    ...{ count, correct, accuracy: correct / count },
    balancedAccuracy: macro.recall,
    perClass,
    macro,
    weighted: meanOf(perClass, ({ support }) => support),
  };
}

/** The sum of numbers. */
export const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** The mean of the numbers that are not NaN; NaN if there are none. */
export function meanPresent(values: readonly number[]): number {
  const present = values.filter((value) => !Number.isNaN(value));
  return total(present) / present.length;
}

/** The diagonal of a square matrix, and the sums of its rows and columns. */
export function margins({ data }: NdArray, classes: number) {
  const range = Array.from({ length: classes }, (_, k) => k);
  return {
    hits: range.map((k) => data[k * classes + k]),
    occurring: range.map((k) => total(range.map((b) => data[k * classes + b]))),
    predicted: range.map((k) => total(range.map((a) => data[a * classes + k]))),
  };
}

function meanOf(rows: readonly ClassMetrics[], weightOf: (row: ClassMetrics) => number): ClassShares {
  const occurring = rows.filter(({ support }) => support > 0);
  const weight = total(occurring.map(weightOf));
  const mean = (name: keyof ClassShares): number =>
    total(occurring.map((row) => weightOf(row) * (Number.isNaN(row[name]) ? 0 : row[name]))) / weight;
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}
