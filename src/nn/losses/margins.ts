/** Hinge losses, as of support vector machines: zero once the correct answer leads by a margin. */
import { located, type Tensor } from "../../graph/index.ts";
import { add, equal, mul, oneHot, relu, reshape, select, square, sub, sum, take } from "../../ops/index.ts";
import { type Kind, optional, readOptions, real, withDefault } from "../../options/index.ts";
import {
  type ClassWeights,
  checkClasses,
  classesFirst,
  classWeightsKind,
  pickClass,
  weightTable,
} from "./classification.ts";
import { type LossOptions, lossOfPairs, lossOptions, reduceLosses, weigh, withoutLeftOut } from "./reduction.ts";

const isPower = (value: unknown): value is 1 | 2 => value === 1 || value === 2;

const powerKind: Kind<1 | 2> = {
  expects: "1 or 2",
  read: (value) => (isPower(value) ? value : undefined),
};

/** Options of `hinge`. */
export interface HingeOptions extends LossOptions {
  /** The margin. Default 1. */
  readonly margin?: number | undefined;
  /** The power of the missing margin, 1 (default) or 2. */
  readonly power?: 1 | 2 | undefined;
}

const hingeOptions = { ...lossOptions, margin: withDefault(real(), 1), power: withDefault(powerKind, 1 as const) };

/**
 * The hinge loss, max(0, margin − t x)^power, of scores x and targets t of −1 or 1 of the same shape and type (Cortes and
 * Vapnik 1995). @throws ShapeError, OptionError
 */
export function hinge(scores: Tensor, target: Tensor, options: HingeOptions = {}): Tensor {
  const { margin, power, ...reduction } = readOptions(located("hinge"), hingeOptions, options);
  return lossOfPairs("hinge", scores, target, reduction, (scores, target) => {
    const missing = relu(sub(margin, mul(target, scores)));
    return power === 1 ? missing : square(missing);
  });
}

/** Options of `multiMargin`. */
export interface MultiMarginOptions extends LossOptions {
  /** The margin by which the correct class should lead. Default 1. */
  readonly margin?: number | undefined;
  /** The power of the missing margin, 1 (default) or 2. */
  readonly power?: 1 | 2 | undefined;
  /** Class weights of the losses, not used in the mean. Default: all 1. */
  readonly classWeights?: ClassWeights | undefined;
}

const multiMarginOptions = {
  ...lossOptions,
  margin: withDefault(real(), 1),
  power: withDefault(powerKind, 1 as const),
  classWeights: optional(classWeightsKind),
};

/**
 * The multi-class hinge loss, w[class] / K · Σ_{k ≠ class} max(0, margin − x[class] + x_k)^power, of scores x [n, classes,
 * …] at class numbers `i32` [n, …] (Crammer and Singer 2001, summed over all rivals as PyTorch's `multi_margin_loss`).
 * @throws ShapeError, OptionError
 */
export function multiMargin(scores: Tensor, classes: Tensor, options: MultiMarginOptions = {}): Tensor {
  const name = "multiMargin";
  checkClasses(name, scores, classes);
  const { margin, power, classWeights, ...reduction } = readOptions(located(name), multiMarginOptions, options);
  const [n, count, ...rest] = scores.shape;
  const table = classWeights && weightTable(name, classWeights, scores, classes);
  const weights = table && take(table, classes);
  const kept = withoutLeftOut(name, scores, classes.shape, reduction, weights && equal(weights, 0));
  const own = reshape(pickClass(kept, classes), [n, 1, ...rest]);
  const isOwn = equal(classesFirst(oneHot(classes, count, scores.dtype)), 1);
  // Before squaring, whose derivative would turn ∞ − ∞ into NaN.
  const missing = relu(select(isOwn, 0, add(sub(kept, own), margin)));
  const losses = mul(sum(power === 1 ? missing : square(missing), 1), 1 / count);
  return reduceLosses(name, weights === undefined ? losses : weigh(losses, weights), reduction);
}
