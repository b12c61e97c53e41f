/** Non-maximum suppression of boxes in arrays; `ops/non-max-suppression.ts` has the rule, and does the same in programs. */
import { checkArray, isFloat, NdArray, ShapeError, sameShape } from "../array/index.ts";
import { formatType } from "../graph/index.ts";
import { type SuppressionLimits, suppressionLimits } from "../ops/index.ts";
import { type Kind, optional, readOptions } from "../options/index.ts";
import { boxesOf, overlapOf } from "./metrics/index.ts";

/** Options of `nonMaxSuppression`. */
export interface BoxSuppressionOptions extends SuppressionLimits {
  /** The class of each box, `i32` [k]: boxes of different classes do not drop each other. Default: all of one. */
  readonly classes?: NdArray | undefined;
}

const classesKind: Kind<NdArray> = {
  expects: "an NdArray i32 [k]",
  read: (value) => (value instanceof NdArray && value.dtype === "i32" ? value : undefined),
};

/**
 * The boxes that stay, `i32` [kept], by their positions: the highest score first, of equal scores the first box. The op of
 * the same name does this for pictures in a program, in the precision of its tensors: where an overlap is the bound but for
 * rounding, they may differ.
 * @param boxes floats [k, 4]: left, top, right, bottom, in any unit
 * @param scores floats [k]; boxes with NaN as their score are dropped
 * @throws ShapeError for other shapes and types, OptionError
 */
export function nonMaxSuppression(boxes: NdArray, scores: NdArray, options: BoxSuppressionOptions = {}): NdArray {
  const where = "nonMaxSuppression";
  const schema = { ...suppressionLimits, classes: optional(classesKind) };
  const { classes, overlap, most, least, candidates } = readOptions(where, schema, options);
  const all = boxesOf(where, boxes);
  checkArray(where, "scores", scores);
  const fits = (array: NdArray): boolean => sameShape(array.shape, [all.length]);
  if (!isFloat(scores.dtype) || !fits(scores) || (classes && !fits(classes)))
    throw new ShapeError(
      `${where}: needs a score, and a class if any, for each of ${formatType(boxes)}, got ` +
        [scores, ...(classes ? [classes] : [])].map(formatType).join(", "),
    );
  const order = [...scores.data.keys()]
    .filter((i) => scores.data[i] >= least)
    .sort((a, b) => (scores.data[a] === scores.data[b] ? a - b : scores.data[b] > scores.data[a] ? 1 : -1))
    .slice(0, candidates);
  const isRival = (a: number, b: number): boolean =>
    (classes === undefined || classes.data[a] === classes.data[b]) && overlapOf(all[a], all[b]) > overlap;
  const kept = keepBest(order, isRival, most);
  return new NdArray(Int32Array.from(kept), [kept.length], "i32");
}

/** Of boxes in the order of their scores, those that no better one drops. */
function keepBest(order: readonly number[], isRival: (a: number, b: number) => boolean, most: number): number[] {
  const kept: number[] = [];
  for (const i of order) {
    if (kept.length === most) break;
    if (!kept.some((better) => isRival(better, i))) kept.push(i);
  }
  return kept;
}
