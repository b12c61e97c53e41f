/**
 * The confusion matrix, C[a, b] = how many samples of class a were predicted as class b, from which most class metrics
 * follow; and the most confused classes.
 */
import { DataError, type NdArray, zeros } from "../../array/index.ts";
import { atLeastOne } from "../checks.ts";
import { checkConfusion, checkPairs } from "./checks.ts";

/** Options of `confusionMatrix`. */
export interface ConfusionOptions {
  /** The label for "unknown", such as 255 at the borders of objects; not counted. */
  readonly ignore?: number | undefined;
}

/** The largest count that an `i32` holds. */
const MOST_COUNTED = 2 ** 31 - 1;

/**
 * The confusion matrix, `i32` [classes, classes], the label's class in the row, the predicted one in the column. All zero if
 * there is nothing to count.
 * @param labels `i32` of any shape: [n] for classes of pictures, [n, height, width] for classes of pixels
 * @param predicted `i32` of the same shape
 * @throws ShapeError for other shapes and types, DataError for a number that names no class, OptionError for a number of
 *   classes that is not at least 1
 */
export function confusionMatrix(
  labels: NdArray,
  predicted: NdArray,
  classes: number,
  { ignore }: ConfusionOptions = {},
): NdArray {
  atLeastOne("confusionMatrix", "classes", classes);
  checkPairs("confusionMatrix", labels, predicted, classes, ignore);
  if (labels.size > MOST_COUNTED)
    throw new DataError(`confusionMatrix: ${labels.size} labels are too many to count in i32; count them in parts`);
  const confusion = zeros([classes, classes], "i32");
  countConfusions(confusion, labels, predicted, ignore);
  return confusion;
}

/** Adds to a confusion matrix; labels and predicted classes are already checked. */
export function countConfusions(confusion: NdArray, labels: NdArray, predicted: NdArray, ignore?: number): void {
  const [classes] = confusion.shape;
  for (let i = 0; i < labels.size; i++) {
    if (labels.data[i] !== ignore) confusion.data[labels.data[i] * classes + predicted.data[i]]++;
  }
}

/** A pair of confused classes. */
export interface ConfusedPair {
  /** The true class. */
  readonly label: number;
  /** The predicted class. */
  readonly predicted: number;
  /** The number of samples. */
  readonly count: number;
  /** Their share of all samples of the true class, 0 … 1. */
  readonly share: number;
}

/**
 * The pairs of confused classes, the most frequent first, ties by class. (a, b) and (b, a) are two pairs.
 * @param confusion [classes, classes], as `confusionMatrix` gives it
 * @param most the maximum number of pairs; default all
 */
export function confusedPairs(confusion: NdArray, most = Infinity): ConfusedPair[] {
  const classes = checkConfusion("confusedPairs", confusion);
  const rows = Array.from({ length: classes }, (_, label) => pairsOf(label, confusion.row(label).data));
  return rows
    .flat()
    .sort((a, b) => b.count - a.count)
    .slice(0, most);
}

function pairsOf(label: number, row: ArrayLike<number>): ConfusedPair[] {
  const counts = Array.from(row);
  const total = counts.reduce((a, b) => a + b, 0);
  return counts
    .map((count, predicted) => ({ label, predicted, count, share: count / total }))
    .filter(({ predicted, count }) => count > 0 && predicted !== label);
}
