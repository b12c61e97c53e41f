/** The number of samples of each class, and weights that balance them. */
import { DataError } from "../array/index.ts";
import { checkParts } from "./check-parts.ts";
import { isDataTable, namedClasses } from "./columns/table.ts";
import type { DataTable, Samples } from "./dataset.ts";

/**
 * Labels and the names of their classes: a data set with `labels`, or one with a column of classes, the first of which is
 * used.
 */
export type ClassLabels = Pick<Samples, "labels" | "classes"> | DataTable;

const labelsAndClasses = (where: string, data: ClassLabels): Pick<Samples, "labels" | "classes"> =>
  isDataTable(data) ? namedClasses(where, data, undefined) : checkParts(data, "labels", "classes");

/** The number of samples of each class, in the order of the classes. @throws DataError for a label outside the classes */
export function classCounts(data: ClassLabels): number[] {
  const { labels, classes } = labelsAndClasses("classCounts", data);
  const counts = new Array<number>(classes.length).fill(0);
  for (const [i, label] of labels.data.entries()) {
    if (!(label in counts))
      throw new DataError(`classCounts: label ${i} is ${label}; there are ${classes.length} classes, counted from 0`);
    counts[label]++;
  }
  return counts;
}

/**
 * Weights that give all classes the same total weight: n / (K · n[class]) of n samples in the K classes that occur; 0 for a
 * class without samples. Source: scikit-learn's `class_weight="balanced"`, after King and Zeng 2001.
 * @example crossEntropy(scores, labels, { classWeights: balancedWeights(train) })
 */
export const balancedWeights = (data: ClassLabels): number[] => balanced(classCounts(data));

/** n / (K · n[class]) of classes with n[class] samples, of which K occur; 0 for the others. */
export function balanced(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const occurring = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : total / (occurring * count)));
}
