/**
 * From losses one by one to what a step makes small:
 *
 *   none  w_i l_i        sum  Σ w_i l_i        mean  Σ w_i l_i / Σ w_i c_i
 *
 * with sample weights w (1 where none are given) and c, what a loss counts in the mean: 1, a class weight, or 0 where it
 * was left out. The mean of nothing, 0 / 0, is NaN, as PyTorch has it, and its derivatives are 0.
 */
import { ShapeError, sameShape } from "../../array/index.ts";
import {
  expectTensors,
  fill,
  formatType,
  isTensor,
  type Kind,
  located,
  optional,
  type Tensor,
  type ValuesOf,
  withDefault,
  word,
} from "../../graph/index.ts";
import { broadcastTo, cast, div, equal, mean, mul, reshape, select, sum } from "../../ops/index.ts";

export interface LossOptions {
  /** The mean over all losses (default), their sum, or every loss by itself. */
  readonly reduction?: "mean" | "sum" | "none" | undefined;
  /**
   * What each loss is multiplied by, and counts in the mean: a tensor of the losses' shape, or of their first axes, such
   * as [n]; axes of length 1 repeat. A loss of weight 0 is left out, whatever it is; so a mask will do. Default: all 1.
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

/**
 * The losses as the options want them.
 * @param counts what each loss counts in the mean, where it is not 1
 */
export function reduce(
  name: string,
  losses: Tensor,
  { reduction, sampleWeights }: ValuesOf<typeof lossOptions>,
  counts?: Tensor,
): Tensor {
  const weights = sampleWeights && alignWeights(name, sampleWeights, losses);
  const weighed = weights === undefined ? losses : mul(select(equal(weights, 0), 0, losses), weights);
  if (reduction === "none") return weighed;
  if (reduction === "sum") return sum(weighed);
  if (weights === undefined && counts === undefined) return mean(losses);
  const all = fill(1, losses.shape, losses.dtype);
  return meanOf(sum(weighed), sum(mul(weights ?? all, counts ?? all)));
}

/** NaN where nothing counts; the derivatives do not go through the division then. */
function meanOf(total: Tensor, count: Tensor): Tensor {
  const isEmpty = equal(count, 0);
  return select(isEmpty, Number.NaN, div(total, select(isEmpty, 1, count)));
}

/** Weights in the losses' shape and type; axes are aligned at the front. */
function alignWeights(name: string, weights: Tensor, losses: Tensor): Tensor {
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

/** @throws ShapeError unless both have one shape: nothing is repeated, which would hide a mistake */
export function checkAlike(name: string, x: Tensor, target: Tensor): void {
  expectTensors(name, x, target);
  if (sameShape(x.shape, target.shape)) return;
  throw new ShapeError(`${located(name)}: shapes differ: ${formatType(x)} and target ${formatType(target)}`);
}
