/**
 * Losses of class scores [n, classes, …]: the divergence between the desired and the actual output, averaged over the
 * batch (CMU 11-785, "The total error": Err = 1/T Σ_i div(Y_i, d_i)).
 */
import { isFloat, NdArray, OptionError, ShapeError, sameShape } from "../../array/index.ts";
import { constant, expectTensors, formatType, isTensor, located, type Tensor } from "../../graph/index.ts";
import {
  add,
  broadcastTo,
  cast,
  div,
  equal,
  gather,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  not,
  oneHot,
  or,
  reshape,
  select,
  stopGradient,
  sum,
  take,
  transpose,
} from "../../ops/index.ts";
import { integer, type Kind, optional, readOptions, real, withDefault } from "../../options/index.ts";
import {
  expected,
  type LossOptions,
  lossOptions,
  reduceLosses,
  tensorKind,
  weigh,
  withoutLeftOut,
} from "./reduction.ts";

/**
 * Class weights: a list, or a tensor [classes]; or `balanced`, which gives all classes the same total weight: w[class] = n /
 * (K · n[class]) of n samples, n[class] of the class, where K classes occur, counted in the targets of the batch. (`fit`
 * counts in all training labels instead.) Source: scikit-learn's `class_weight="balanced"`, after King and Zeng 2001.
 */
export type ClassWeights = readonly number[] | Tensor | "balanced";

/** Options of `negativeLogLikelihood`. */
export interface ClassOptions extends LossOptions {
  /** Class weights of the losses, also used in the mean. Default: all 1. */
  readonly classWeights?: ClassWeights | undefined;
  /** A class number whose losses are ignored, such as that of padding or unlabeled pixels. Default: none. */
  readonly ignoreIndex?: number | undefined;
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((weight) => typeof weight === "number");

export const classWeightsKind: Kind<ClassWeights> = {
  expects: "a list of numbers or a tensor, one for each class, or 'balanced'",
  read: (value) => tensorKind.read(value) ?? (isNumbers(value) || value === "balanced" ? value : undefined),
};

export const classOptions = {
  ...lossOptions,
  classWeights: optional(classWeightsKind),
  ignoreIndex: optional(integer()),
};

export function checkClasses(name: string, scores: Tensor, classes: Tensor, also = ""): void {
  expectTensors(name, scores, classes);
  const [n, , ...rest] = scores.shape;
  if (scores.shape.length >= 2 && classes.dtype === "i32" && sameShape(classes.shape, [n, ...rest])) return;
  throw new ShapeError(
    `${located(name)}: expects scores [n, classes, …] and i32 class numbers [n, …]${also}, got ${formatType(scores)} and ${formatType(classes)}`,
  );
}

/** [n, …, classes] to [n, classes, …]. */
export function classesFirst(x: Tensor): Tensor {
  const last = x.shape.length - 1;
  return transpose(x, [0, last, ...Array.from({ length: last - 1 }, (_, i) => i + 1)]);
}

/** The score of each sample's own class, [n, k, …] to [n, …]. */
export function pickClass(scores: Tensor, classes: Tensor): Tensor {
  const [n, ...rest] = classes.shape;
  return reshape(gather(scores, reshape(classes, [n, 1, ...rest]), 1), classes.shape);
}

/**
 * The weights of the classes as a tensor [classes] of the scores' type.
 * @param target class numbers, or probabilities of the scores' shape; missing classes get weight 0
 */
export function weightTable(name: string, weights: ClassWeights, scores: Tensor, target: Tensor): Tensor {
  if (weights === "balanced") return balancedTable(scores, target);
  const table = isTensor(weights)
    ? weights
    : constant(new NdArray(Float64Array.from(weights), [weights.length], "f64").cast(scores.dtype));
  if (table.dtype === scores.dtype && sameShape(table.shape, [scores.shape[1]])) return table;
  throw new ShapeError(
    `${located(name)}: classWeights must have a number for each of ${scores.shape[1]} classes, ${scores.dtype}[${scores.shape[1]}]; got ${formatType(table)}`,
  );
}

/** Class numbers, with ignored ones replaced by an invalid one. */
export const counted = (target: Tensor, ignoreIndex: number | undefined): Tensor =>
  ignoreIndex === undefined || isFloat(target.dtype) ? target : select(equal(target, ignoreIndex), -1, target);

/** n / (K · n[class]); invalid numbers, such as those of ignored samples, do not count. */
function balancedTable(scores: Tensor, target: Tensor): Tensor {
  const classes = scores.shape[1];
  const isSoft = isFloat(target.dtype);
  const shares = isSoft ? target : oneHot(target, classes, scores.dtype); // [n, classes, …] or [n, …, classes]
  const classAxis = isSoft ? 1 : shares.shape.length - 1;
  const counts = sum(
    shares,
    shares.shape.map((_, axis) => axis).filter((axis) => axis !== classAxis),
  );
  const isEmpty = equal(counts, 0);
  const share = div(sum(counts), maximum(sum(cast(not(isEmpty), counts.dtype)), 1));
  return stopGradient(select(isEmpty, 0, div(broadcastTo(share, counts.shape), select(isEmpty, 1, counts))));
}

/** Along the axis of the classes, 1. */
const alignPerClass = (table: Tensor, scores: Tensor): Tensor =>
  reshape(table, [-1, ...scores.shape.slice(2).map(() => 1)]);

/** The weight of each sample by its class, 0 if ignored; and a function that masks ignored losses. */
export function counting(scores: Tensor, classes: Tensor, table: Tensor | undefined, ignored: Tensor | undefined) {
  const kept = (losses: Tensor): Tensor => (ignored === undefined ? losses : select(ignored, 0, losses));
  const weights = table && kept(take(table, classes));
  const counts = weights ?? (ignored && cast(not(ignored), scores.dtype));
  const weighed = (losses: Tensor): Tensor => (weights === undefined ? kept(losses) : weigh(kept(losses), weights));
  return { counts, kept, weighed };
}

/** Where the class number is ignored. */
export const ignoredAmong = (classes: Tensor, ignoreIndex: number | undefined): Tensor | undefined =>
  ignoreIndex === undefined ? undefined : equal(classes, ignoreIndex);

/** Where the class number is ignored, or its class has weight 0. */
export function leftOutAmong(classes: Tensor, table: Tensor | undefined, ignored: Tensor | undefined) {
  const weightless = table && equal(take(table, classes), 0);
  return ignored && weightless ? or(ignored, weightless) : (ignored ?? weightless);
}

/**
 * Negative log-likelihood, −log p[class], of logarithms of probabilities [n, classes, …] at class numbers `i32` [n, …]. With
 * class weights w, −w[class] log p[class], and the mean divides by Σ w[class]. Class numbers that do not exist give NaN, but
 * for `ignoreIndex`; if all are ignored, the mean is NaN and its derivatives 0.
 * @throws ShapeError, OptionError
 */
export function negativeLogLikelihood(logProbabilities: Tensor, classes: Tensor, options: ClassOptions = {}): Tensor {
  const name = "negativeLogLikelihood";
  checkClasses(name, logProbabilities, classes);
  const { classWeights, ignoreIndex, ...reduction } = readOptions(located(name), classOptions, options);
  const table = classWeights && weightTable(name, classWeights, logProbabilities, counted(classes, ignoreIndex));
  const { counts, weighed } = counting(logProbabilities, classes, table, ignoredAmong(classes, ignoreIndex));
  return reduceLosses(name, weighed(neg(pickClass(logProbabilities, classes))), reduction, counts);
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends ClassOptions {
  /** Label smoothing ε: the share of the target that is spread evenly over all classes (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number | undefined;
}

const crossEntropyOptions = { ...classOptions, labelSmoothing: withDefault(real(0, 1), 0) };

/**
 * Cross-entropy, −log p[class] with p = softmax(scores), of scores (logits) [n, classes, …] at class numbers `i32` [n, …];
 * with weights w of the K classes and label smoothing ε
 *
 *   −(1 − ε) w[class] log p[class] − ε / K · Σ_k w_k log p_k
 *
 * and the mean divides by Σ w[class]. Targets may also be probabilities t of the scores' shape and type: −Σ_k w_k t_k log
 * p_k, and the mean divides by the number of samples. Class numbers that do not exist give NaN, but for `ignoreIndex`; if
 * all are ignored, the mean is NaN and its derivatives 0. As PyTorch's `cross_entropy`.
 *
 * A score of −∞ excludes its class: it adds 0 where the class has target or weight 0 (PyTorch gives NaN), and ∞ elsewhere,
 * as with any label smoothing.
 * @throws ShapeError, OptionError
 */
export function crossEntropy(scores: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const name = "crossEntropy";
  expectTensors(name, scores, target);
  const isSoft = isFloat(target.dtype) && target.dtype === scores.dtype && sameShape(target.shape, scores.shape);
  if (!isSoft) checkClasses(name, scores, target);
  const { classWeights, ignoreIndex, labelSmoothing, ...reduction } = readOptions(
    located(name),
    crossEntropyOptions,
    options,
  );
  const table = classWeights && weightTable(name, classWeights, scores, counted(target, ignoreIndex));
  if (isSoft) {
    if (ignoreIndex !== undefined)
      throw new OptionError(
        `${located(name)}: ignoreIndex is for class numbers; to leave samples out, give sampleWeights of 0`,
      );
    const [n, , ...rest] = scores.shape;
    const [kept, probabilities] = [scores, target].map((t) => withoutLeftOut(name, t, [n, ...rest], reduction));
    return reduceLosses(name, softLosses(kept, smoothed(probabilities, labelSmoothing), table), reduction);
  }
  const ignored = ignoredAmong(target, ignoreIndex);
  // With label smoothing the other classes still count.
  const leftOut = leftOutAmong(target, labelSmoothing === 0 ? table : undefined, ignored);
  const logProbabilities = logSoftmax(withoutLeftOut(name, scores, target.shape, reduction, leftOut), 1);
  const { counts, kept, weighed } = counting(scores, target, table, ignored);
  const own = weighed(neg(pickClass(logProbabilities, target)));
  if (labelSmoothing === 0) return reduceLosses(name, own, reduction, counts);
  const even = mul(kept(neg(mean(weighedByClass(logProbabilities, table), 1))), labelSmoothing);
  return reduceLosses(name, labelSmoothing === 1 ? even : add(mul(own, 1 - labelSmoothing), even), reduction, counts);
}

/** Logarithms of probabilities times the weights of their classes. */
const weighedByClass = (logProbabilities: Tensor, table: Tensor | undefined): Tensor =>
  table === undefined
    ? logProbabilities
    : expected(broadcastTo(alignPerClass(table, logProbabilities), logProbabilities.shape), logProbabilities);

/** −Σ_k w_k t_k log p_k of each sample. */
const softLosses = (scores: Tensor, target: Tensor, table: Tensor | undefined): Tensor =>
  neg(sum(expected(target, weighedByClass(logSoftmax(scores, 1), table)), 1));

/** Probabilities [n, classes, …] with a share spread evenly. */
const smoothed = (target: Tensor, share: number): Tensor =>
  share === 0 ? target : add(mul(target, 1 - share), share / target.shape[1]);
