/**
 * Reduces the losses of samples or elements:
 *
 *   none  w_i l_i        sum  Σ w_i l_i        mean  Σ w_i l_i / Σ w_i c_i
 *
 * with sample weights w (1 where none are given) and c, the weight of a loss in the mean: 1, a class weight, or 0 if
 * ignored. The mean of nothing, 0 / 0, is NaN, as PyTorch has it, and its derivatives are 0.
 */
import { type Shape, ShapeError, sameShape } from "../../array/index.ts";
import { expectTensors, fill, formatType, isTensor, located, type Tensor, type TensorType } from "../../graph/index.ts";
import { abs, and, broadcastTo, cast, div, equal, mean, mul, or, reshape, select, sum } from "../../ops/index.ts";
import { type Kind, optional, type ValuesOf, withDefault, word } from "../../options/index.ts";

/** Options shared by the losses. */
export interface LossOptions {
  /** The mean over all losses (default), their sum, or none. */
  readonly reduction?: "mean" | "sum" | "none" | undefined;
  /**
   * Weights of the losses, also used in the mean: a tensor of the losses' shape, or of their first axes, such as [n]; axes
   * of length 1 broadcast. Losses of weight 0 are ignored, even NaN and infinities, and so are their derivatives, so it may
   * be a mask. Default: all 1.
   */
  readonly sampleWeights?: Tensor | undefined;
}

export const tensorKind: Kind<Tensor> = {
  expects: "a tensor",
  read: (value) => (isTensor(value) ? value : undefined),
};

export const lossOptions = {
  reduction: withDefault(word("mean", "sum", "none"), "mean" as const),
  sampleWeights: optional(tensorKind),
};

/** `LossOptions` that are read. */
interface Reduction extends LossOptions {
  readonly reduction: "mean" | "sum" | "none";
}

/**
 * Weights and reduces losses.
 * @param counts the weight of each loss in the mean, if not 1
 */
export function reduceLosses(
  name: string,
  losses: Tensor,
  { reduction, sampleWeights }: Reduction,
  counts?: Tensor,
): Tensor {
  const weights = sampleWeights && alignWeights(name, sampleWeights, losses);
  const weighed = weights === undefined ? losses : weigh(losses, weights);
  if (reduction === "none") return weighed;
  if (reduction === "sum") return sum(weighed);
  if (weights === undefined && counts === undefined) return mean(losses);
  const all = fill(1, losses.shape, losses.dtype);
  return meanOrNaN(sum(weighed), sum(mul(weights ?? all, counts ?? all)));
}

/** Losses times weights of the same shape; weight 0 gives 0 for any loss. */
export const weigh = (losses: Tensor, weights: Tensor): Tensor => mul(select(equal(weights, 0), 0, losses), weights);

/** target · losses with 0 · ∞ = 0: an event of probability 0 adds nothing, even if predicted as impossible. */
export function expected(target: Tensor, losses: Tensor): Tensor {
  const isLost = and(equal(target, 0), equal(abs(losses), Number.POSITIVE_INFINITY));
  return mul(target, select(isLost, 0, losses));
}

/** Whether losses have weight 0, as `bool`. */
const isLeftOut = (name: string, sampleWeights: Tensor, losses: TensorType): Tensor =>
  equal(alignWeights(name, sampleWeights, losses), 0);

/**
 * Scores [n, classes, …], or targets of that shape, with 0 for samples that are ignored or have weight 0: a derivative of
 * weight 0 would still turn an infinity into NaN.
 * @param shape of the losses, [n, …]
 */
export function withoutLeftOut(
  name: string,
  scores: Tensor,
  shape: Shape,
  { sampleWeights }: LossOptions,
  ignored?: Tensor,
): Tensor {
  const light = sampleWeights && isLeftOut(name, sampleWeights, { shape, dtype: scores.dtype });
  const mask = light && ignored ? or(light, ignored) : (light ?? ignored);
  if (mask === undefined) return scores;
  const [n, ...rest] = shape;
  const ones = scores.shape.slice(rest.length + 2).map(() => 1);
  return select(reshape(mask, [n, 1, ...rest, ...ones]), 0, scores);
}

/**
 * A loss of x and targets of the same shape, without broadcasting, which would hide mistakes. Elements of weight 0 are
 * replaced by 0 before the loss is computed, since even derivatives of weight 0 would turn infinities into NaN.
 * @throws ShapeError if the shapes differ
 */
export function lossOfPairs(
  name: string,
  x: Tensor,
  target: Tensor,
  options: ValuesOf<typeof lossOptions>,
  loss: (x: Tensor, target: Tensor) => Tensor,
): Tensor {
  checkAlike(name, x, target);
  const leftOut = options.sampleWeights && isLeftOut(name, options.sampleWeights, x);
  const kept = (tensor: Tensor): Tensor => (leftOut === undefined ? tensor : select(leftOut, 0, tensor));
  return reduceLosses(name, loss(kept(x), kept(target)), options);
}

/** NaN if nothing counts; the derivatives then bypass the division. */
function meanOrNaN(total: Tensor, count: Tensor): Tensor {
  const isEmpty = equal(count, 0);
  return select(isEmpty, Number.NaN, div(total, select(isEmpty, 1, count)));
}

/** Weights in the losses' shape and type; axes are aligned at the front. */
function alignWeights(name: string, weights: Tensor, losses: TensorType): Tensor {
  const fits =
    weights.shape.length <= losses.shape.length &&
    weights.shape.every((length, i) => length === losses.shape[i] || length === 1);
  if (!fits) {
    throw new ShapeError(
      `${located(name)}: sampleWeights must have the shape [${losses.shape}] of the losses, or of their first axes; got ${formatType(weights)}`,
    );
  }
  const missing = losses.shape.slice(weights.shape.length).map(() => 1);
  return broadcastTo(cast(reshape(weights, [...weights.shape, ...missing]), losses.dtype), losses.shape);
}

/** @throws ShapeError unless both have the same shape: broadcasting would hide mistakes */
function checkAlike(name: string, x: Tensor, target: Tensor): void {
  expectTensors(name, x, target);
  if (sameShape(x.shape, target.shape)) return;
  throw new ShapeError(`${located(name)}: shapes differ: ${formatType(x)} and target ${formatType(target)}`);
}
