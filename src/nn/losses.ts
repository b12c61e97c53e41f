/**
 * Losses: the divergence between the desired and the actual output, averaged over the batch
 * (CMU 11-785, "The total error": Err = 1/T Σ_i div(Y_i, d_i)).
 */
import { ShapeError, sameShape } from "../array/index.ts";
import { formatType, located, readAttributes, real, type Tensor, withDefault, word } from "../graph/index.ts";
import { add, gather, logSoftmax, mean, mul, neg, reshape, square, sub, sum } from "../ops/index.ts";

export interface LossOptions {
  /** The mean over all losses (default), their sum, or every loss by itself. */
  readonly reduction?: "mean" | "sum" | "none";
}

const lossOptions = { reduction: withDefault(word("mean", "sum", "none"), "mean" as const) };
const crossEntropyOptions = { ...lossOptions, labelSmoothing: withDefault(real(0, 1), 0) };

const reductions = {
  mean: (losses: Tensor): Tensor => mean(losses),
  sum: (losses: Tensor): Tensor => sum(losses),
  none: (losses: Tensor): Tensor => losses,
};

function checkClasses(name: string, scores: Tensor, classes: Tensor): void {
  const [n, , ...rest] = scores.shape;
  if (scores.shape.length >= 2 && classes.dtype === "i32" && sameShape(classes.shape, [n, ...rest])) return;
  throw new ShapeError(
    `${located(name)}: expects scores [n, classes, …] and i32 class numbers [n, …], got ${formatType(scores)} and ${formatType(classes)}`,
  );
}

/** The entry of each sample's own class, [n, k, …] to [n, …]. */
function pick(scores: Tensor, classes: Tensor): Tensor {
  const [n, ...rest] = classes.shape;
  return reshape(gather(scores, reshape(classes, [n, 1, ...rest]), 1), classes.shape);
}

/**
 * Negative log-likelihood, −log p[class], of logarithms of probabilities [n, classes, …] at class numbers `i32` [n, …].
 * Class numbers that do not exist give NaN.
 */
export function negativeLogLikelihood(logProbabilities: Tensor, classes: Tensor, options: LossOptions = {}): Tensor {
  checkClasses("negativeLogLikelihood", logProbabilities, classes);
  const { reduction } = readAttributes(located("negativeLogLikelihood"), lossOptions, options);
  return reductions[reduction](neg(pick(logProbabilities, classes)));
}

export interface CrossEntropyOptions extends LossOptions {
  /** The share ε of the target that is spread evenly over all classes (Szegedy et al. 2016). Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy, −log softmax(x)[class], of scores (logits) [n, classes, …] at class numbers `i32` [n, …]; with label
 * smoothing −(1 − ε) log p[class] − ε · mean_k log p[k].
 */
export function crossEntropy(scores: Tensor, classes: Tensor, options: CrossEntropyOptions = {}): Tensor {
  checkClasses("crossEntropy", scores, classes);
  const { reduction, labelSmoothing } = readAttributes(located("crossEntropy"), crossEntropyOptions, options);
  const logProbabilities = logSoftmax(scores, 1);
  const own = neg(pick(logProbabilities, classes));
  if (labelSmoothing === 0) return reductions[reduction](own);
  const even = neg(mean(logProbabilities, 1));
  return reductions[reduction](add(mul(own, 1 - labelSmoothing), mul(even, labelSmoothing)));
}

/** The squared difference, (x − target)², over all elements (the lectures' L2 loss). */
export function meanSquaredError(x: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  if (!sameShape(x.shape, target.shape)) {
    throw new ShapeError(
      `${located("meanSquaredError")}: shapes differ: ${formatType(x)} and target ${formatType(target)}`,
    );
  }
  const { reduction } = readAttributes(located("meanSquaredError"), lossOptions, options);
  return reductions[reduction](square(sub(x, target)));
}
