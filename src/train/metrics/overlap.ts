/**
 * Intersection over union of regions, |A ∩ B| / |A ∪ B| (P. Jaccard, 1901): of the pixels of a class, from a confusion
 * matrix C,
 *
 *   IoU_k = C[k, k] / (Σ_b C[k, b] + Σ_a C[a, k] − C[k, k])
 *
 * and of boxes. The mean is that over classes, each over all pictures together, as in J. Long, E. Shelhamer, T. Darrell,
 * "Fully Convolutional Networks for Semantic Segmentation", 2015, section 5; classes that neither occur nor were predicted
 * are left out of it.
 */
import { checkArray, isFloat, NdArray, ShapeError, sameShape } from "../../array/index.ts";
import { formatType } from "../../graph/index.ts";
import { checkConfusion } from "./checks.ts";
import { margins, meanPresent, total } from "./class-metrics.ts";

/** The overlap of each class, 0 … 1, from a confusion matrix [classes, classes]; NaN for one that is on neither side. */
export function classIoU(confusion: NdArray): number[] {
  const { hits, occurring, predicted } = margins(confusion, checkConfusion("classIoU", confusion));
  return hits.map((hit, k) => hit / (occurring[k] + predicted[k] - hit));
}

/**
 * The mean overlap of the classes that occur or were predicted, 0 … 1, from a confusion matrix [classes, classes]; NaN
 * where there are none.
 * @example
 * // Maps of classes, i32 [n, height, width], with 255 at the borders of objects.
 * meanIoU(confusionMatrix(labels, predicted, 21, { ignore: 255 }));
 */
export const meanIoU = (confusion: NdArray): number => meanPresent(classIoU(confusion));

/** The share of pixels whose class is right, 0 … 1, from a confusion matrix [classes, classes]; NaN without pixels. */
export function pixelAccuracy(confusion: NdArray): number {
  const { hits, occurring } = margins(confusion, checkConfusion("pixelAccuracy", confusion));
  return total(hits) / total(occurring);
}

/** The edges of a box: left, top, right, bottom. */
export type Box = ArrayLike<number>;

/** The length of the intersection along an axis; 0 where there is none. */
const overlapAlong = (a: Box, b: Box, from: number): number =>
  Math.max(0, Math.min(a[from + 2], b[from + 2]) - Math.max(a[from], b[from]));

/** The area in both boxes. */
export const commonArea = (a: Box, b: Box): number => overlapAlong(a, b, 0) * overlapAlong(a, b, 1);

/** The area of a box; 0 where ends are exchanged. */
export const areaOf = (box: Box): number => commonArea(box, box);

/** Intersection over union of two boxes; NaN where neither covers anything. */
export function overlapOf(a: Box, b: Box): number {
  const intersection = commonArea(a, b);
  return intersection / (areaOf(a) + areaOf(b) - intersection);
}

/** Boxes [k, 4] as lists of their edges. @throws ShapeError unless they are that */
export function boxesOf(where: string, boxes: NdArray): Box[] {
  checkArray(where, "boxes", boxes);
  if (!isFloat(boxes.dtype) || boxes.shape.length !== 2 || boxes.shape[1] !== 4)
    throw new ShapeError(`${where}: needs boxes [k,4] in floats, got ${formatType(boxes)}`);
  return Array.from({ length: boxes.shape[0] }, (_, i) => boxes.row(i).data);
}

/**
 * The overlap of boxes in pairs, `f64` [k], 0 … 1. A box whose right end is left of its left one, or bottom above top,
 * covers nothing; where neither covers anything the overlap is NaN.
 * @param a floats [k, 4]: left, top, right, bottom, in any unit
 * @param b of the same shape
 * @throws ShapeError for other shapes and types
 */
export function boxIoU(a: NdArray, b: NdArray): NdArray {
  const [one, other] = [a, b].map((boxes) => boxesOf("boxIoU", boxes));
  if (!sameShape(a.shape, b.shape))
    throw new ShapeError(`boxIoU: needs two lists of boxes [k,4] in floats, got ${formatType(a)} and ${formatType(b)}`);
  return new NdArray(
    Float64Array.from(one, (box, i) => overlapOf(box, other[i])),
    [one.length],
    "f64",
  );
}

/**
 * The overlap of each box with each of others, `f64` [k, m], as of `boxIoU`.
 * @param a floats [k, 4]: left, top, right, bottom, in any unit
 * @param b floats [m, 4]
 * @throws ShapeError for other shapes and types
 */
export function pairwiseBoxIoU(a: NdArray, b: NdArray): NdArray {
  const [one, other] = [a, b].map((boxes) => boxesOf("pairwiseBoxIoU", boxes));
  const overlaps = one.flatMap((box) => other.map((another) => overlapOf(box, another)));
  return new NdArray(Float64Array.from(overlaps), [one.length, other.length], "f64");
}
