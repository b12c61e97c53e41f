/**
 * The Dice loss of masks: one minus the overlap of what is predicted and what is there, class by class, so that a class of
 * few pixels counts as much as one of many. With the probability p of the class in each pixel, and g, 1 where it is there,
 *
 *   1 − (2 Σ p g + s) / (Σ p + Σ g + s)
 *
 * Sources: L. Dice 1945; Milletari, Navab, Ahmadi 2016, "V-Net" (with squares in the denominator); this form with sums:
 * Drozdzal, Vorontsov, Chartrand, Kadoury, Pal 2016, "The Importance of Skip Connections".
 */
import { isFloat, OptionError, sameShape } from "../../array/index.ts";
import { expectTensors, located, type Tensor } from "../../graph/index.ts";
import {
  add,
  and,
  broadcastTo,
  div,
  equal,
  greaterEqual,
  less,
  mul,
  oneHot,
  reshape,
  select,
  sigmoid,
  softmax,
  sub,
  sum,
} from "../../ops/index.ts";
import { flag, integer, optional, readOptions, real, withDefault } from "../../options/index.ts";
import {
  type ClassWeights,
  checkClasses,
  classesFirst,
  classWeightsKind,
  counted,
  ignoredAmong,
  weightTable,
} from "./classification.ts";
import { type LossOptions, lossOptions, reduceLosses, weigh, withoutLeftOut } from "./reduction.ts";

/** Options of `diceLoss`. */
export interface DiceOptions extends Pick<LossOptions, "reduction"> {
  /** Class weights of the losses, also used in the mean; 0 leaves a class out, such as background. Default: all 1. */
  readonly classWeights?: ClassWeights | undefined;
  /** A class number whose pixels are ignored, such as unlabeled ones. Default: none. */
  readonly ignoreIndex?: number | undefined;
  /** s, which keeps the loss small for classes that are rightly absent. Default 1. */
  readonly smooth?: number | undefined;
  /** Whether sums go over all samples of the batch, which is steadier for rare classes. Default false: over each sample. */
  readonly overBatch?: boolean | undefined;
  /** Whether classes exclude each other (softmax), or not (sigmoid), as a single map does not. Default true. */
  readonly exclusive?: boolean | undefined;
}

const diceOptions = {
  reduction: lossOptions.reduction,
  classWeights: optional(classWeightsKind),
  ignoreIndex: optional(integer()),
  smooth: withDefault(real(0), 1),
  overBatch: withDefault(flag(), false),
  exclusive: withDefault(flag(), true),
};

/**
 * The Dice loss of scores (logits) [n, classes, …] at class numbers `i32` [n, …], or at shares of the classes in 0 … 1 of the
 * scores' shape and type. The losses are [n, classes], or [1, classes] over the batch; with `smooth` 0, that of a class that
 * is neither predicted nor there is 0. Class numbers that do not exist give NaN, but for `ignoreIndex`.
 * @throws ShapeError, OptionError
 */
export function diceLoss(scores: Tensor, target: Tensor, options: DiceOptions = {}): Tensor {
  const name = "diceLoss";
  expectTensors(name, scores, target);
  const given = readOptions(located(name), diceOptions, options);
  const { classWeights, smooth, overBatch, reduction } = given;
  const { chances, shares } = comparable(name, scores, target, given);
  const axes = chances.shape.map((_, axis) => axis).filter((axis) => axis > 1 || (axis === 0 && overBatch));
  const total = (x: Tensor): Tensor => reshape(sum(x, axes), [overBatch ? 1 : x.shape[0], x.shape[1]]);
  const both = add(mul(total(mul(chances, shares)), 2), smooth);
  const all = add(add(total(chances), total(shares)), smooth);
  const isEmpty = equal(all, 0);
  const losses = select(isEmpty, 0, sub(1, div(both, select(isEmpty, 1, all)))); // [n, classes]
  const table = classWeights && weightTable(name, classWeights, scores, counted(target, given.ignoreIndex));
  const weights = table && broadcastTo(table, losses.shape);
  return reduceLosses(name, weights ? weigh(losses, weights) : losses, { reduction }, weights);
}

/** Probabilities and targets [n, classes, …], 0 where pixels are ignored. */
function comparable(
  name: string,
  scores: Tensor,
  target: Tensor,
  { ignoreIndex, exclusive }: { readonly ignoreIndex: number | undefined; readonly exclusive: boolean },
): { readonly chances: Tensor; readonly shares: Tensor } {
  const chancesOf = (x: Tensor): Tensor => (exclusive ? softmax(x, 1) : sigmoid(x));
  if (isFloat(target.dtype) && target.dtype === scores.dtype && sameShape(target.shape, scores.shape)) {
    if (ignoreIndex === undefined) return { chances: chancesOf(scores), shares: target };
    throw new OptionError(`${located(name)}: ignoreIndex is for class numbers; give those, or targets without it`);
  }
  checkClasses(name, scores, target, " or shares of the scores' shape and type");
  const ignored = ignoredAmong(target, ignoreIndex);
  const [n, ...rest] = target.shape;
  const perPixel = (map: Tensor): Tensor => reshape(map, [n, 1, ...rest]);
  const classes = counted(target, ignoreIndex);
  const isClass = and(greaterEqual(classes, ignored === undefined ? 0 : -1), less(classes, scores.shape[1]));
  const indicators = classesFirst(oneHot(classes, scores.shape[1], scores.dtype));
  const shares = select(perPixel(isClass), indicators, Number.NaN);
  const chances = chancesOf(withoutLeftOut(name, scores, target.shape, {}, ignored));
  return { chances: ignored === undefined ? chances : select(perPixel(ignored), 0, chances), shares };
}
