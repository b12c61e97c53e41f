/**
 * Non-maximum suppression: of boxes that overlap, only the one with the highest score stays. With all sizes known beforehand:
 * in each of `most` steps the best box that is left is taken, and it and all that overlap it by more than a bound are
 * dropped. That chooses what going through all boxes in the order of their scores does, without a sort. Source: Girshick,
 * Donahue, Darrell, Malik 2014, "Rich feature hierarchies", section 2.3 (greedy, for each class by itself).
 */
import { isFloat, ShapeError, sameShape } from "../array/index.ts";
import { constant, expectTensors, fill, formatType, isTensor, located, type Tensor } from "../graph/index.ts";
import { integer, type Kind, optional, readOptions, real, withDefault } from "../options/index.ts";
import { boxIoU } from "./boxes.ts";
import { broadcastTo } from "./broadcast.ts";
import { and, equal, greater, greaterEqual, or, select } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { loop } from "./loop/loop.ts";
import { argMax, max } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { numbersBelow } from "./tables.ts";
import { topPositionsOp } from "./top-positions.ts";
import { transpose } from "./transpose.ts";

/** Options of `nonMaxSuppression` that are numbers. */
export interface SuppressionLimits {
  /** The overlap above which the box with the lower score is dropped, 0 … 1. Default 0.5. */
  readonly overlap?: number | undefined;
  /** The maximum number of boxes that stay. Default 100. */
  readonly most?: number | undefined;
  /** The score that a box must have. Default: any but NaN and −∞. */
  readonly least?: number | undefined;
  /** How many boxes with the highest scores are looked at; fewer take less time. Default: all. */
  readonly candidates?: number | undefined;
}

/** Options of `nonMaxSuppression`. */
export interface SuppressionOptions extends SuppressionLimits {
  /** The class of each box, `i32` [n, k]: boxes of different classes do not drop each other. Default: all of one. */
  readonly classes?: Tensor | undefined;
}

/** Schema of `SuppressionLimits`, with the defaults of this op and of its counterpart for arrays. */
export const suppressionLimits = {
  overlap: withDefault(real(0, 1), 0.5),
  most: withDefault(integer(1), 100),
  least: withDefault(real(), -Number.MAX_VALUE),
  candidates: optional(integer(1)),
};

const classesKind: Kind<Tensor> = {
  expects: "a tensor i32 [n, k]",
  read: (value) => (isTensor(value) && value.dtype === "i32" ? value : undefined),
};

/** Boxes of n pictures that compete. */
interface Candidates {
  readonly boxes: Tensor; // [n, k, 4]
  readonly scores: Tensor; // [n, k], −∞ for those that are out
  readonly classes: Tensor | undefined; // [n, k]
}

/**
 * The boxes that stay, by their positions among the k of each picture: `i32` [n, most], the highest score first, of equal
 * scores the first box; −1 in the places that are left over.
 * @param boxes [n, k, 4]: left, top, right, bottom, in any unit
 * @param scores [n, k]; boxes with NaN as their score are dropped
 * @throws ShapeError for other shapes and types, OptionError
 * @example const kept = nonMaxSuppression(boxes, scores, { classes: argMax(all, 2), overlap: 0.6 });
 */
export function nonMaxSuppression(boxes: Tensor, scores: Tensor, options: SuppressionOptions = {}): Tensor {
  const name = "nonMaxSuppression";
  expectTensors(name, boxes, scores);
  const schema = { ...suppressionLimits, classes: optional(classesKind) };
  const { classes, overlap, most, least, candidates } = readOptions(located(name), schema, options);
  const [n, k] = scores.shape;
  const isFit = sameShape(boxes.shape, [n, k, 4]) && scores.shape.length === 2;
  if (
    !isFit ||
    !isFloat(scores.dtype) ||
    boxes.dtype !== scores.dtype ||
    (classes && !sameShape(classes.shape, [n, k]))
  )
    throw new ShapeError(
      `${located(name)}: needs boxes [n, k, 4] and scores [n, k] of one type of floats, and classes [n, k] if any, got ` +
        [boxes, scores, ...(classes ? [classes] : [])].map(formatType).join(", "),
    );
  if (n * k === 0) return fill(-1, [n, most], "i32");
  const all = { boxes, scores: select(greaterEqual(scores, least), scores, -Infinity), classes };
  if (candidates === undefined || candidates >= k) return suppress(all, overlap, most);
  const top = topPositionsOp([all.scores], { axis: 1, k: candidates });
  const kept = suppress(pickCandidates(all, top), overlap, most);
  return select(greaterEqual(kept, 0), gather(top, kept, 1), -1);
}

/** The candidates at positions [n, m]. */
function pickCandidates({ boxes, scores, classes }: Candidates, positions: Tensor): Candidates {
  const picked = gather(scores, positions, 1);
  return { boxes: pickBoxes(boxes, positions), scores: picked, classes: classes && gather(classes, positions, 1) };
}

/** Boxes [n, k, 4] at positions [n, m]: [n, m, 4]. */
function pickBoxes(boxes: Tensor, positions: Tensor): Tensor {
  const [n, m] = positions.shape;
  return gather(boxes, broadcastTo(reshape(positions, [n, m, 1]), [n, m, 4]), 1);
}

function suppress({ boxes, scores, classes }: Candidates, overlap: number, most: number): Tensor {
  const [n, k] = scores.shape;
  const places = broadcastTo(constant(numbersBelow(k)), [n, k]);
  const { outputs } = loop(
    ([left]) => {
      const best = reshape(argMax(left, 1), [n, 1]);
      const isThere = greater(max(left, 1, { keep: true }), -Infinity);
      const isNear = greater(boxIoU(boxes, pickBoxes(boxes, best)), overlap);
      const rivals = classes ? and(isNear, equal(classes, broadcastTo(gather(classes, best, 1), [n, k]))) : isNear;
      const dropped = or(rivals, equal(places, broadcastTo(best, [n, k])));
      return { states: [select(dropped, -Infinity, left)], outputs: [reshape(select(isThere, best, -1), [n])] };
    },
    { states: [scores], sequences: [], steps: most, reverse: false },
  );
  return transpose(outputs[0], [1, 0]); // [most, n] to [n, most]
}
