/** Losses of probabilities against target probabilities of the same shape: binary, and of distributions. */
import { located, type Tensor } from "../../graph/index.ts";
import {
  abs,
  add,
  equal,
  exp,
  log,
  log1p,
  maximum,
  mul,
  neg,
  type Operand,
  select,
  sub,
  sum,
} from "../../ops/index.ts";
import { flag, type Kind, readOptions, real, withDefault, word } from "../../options/index.ts";
import { expected, type LossOptions, lossOfPairs, lossOptions, tensorKind } from "./reduction.ts";

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /**
   * The weight of positive targets: a number, or a tensor whose axes are aligned at the end, such as [classes]. Above 1,
   * fewer positives are missed. Default 1.
   */
  readonly positiveWeight?: Operand | undefined;
}

const weightKind: Kind<Operand> = {
  expects: "a number of at least 0, or a tensor",
  read: (value) => real(0).read(value) ?? tensorKind.read(value),
};

const binaryOptions = { ...lossOptions, positiveWeight: withDefault(weightKind, 1 as Operand) };

/**
 * Binary cross-entropy, −p t log σ(x) − (1 − t) log(1 − σ(x)), of scores (logits) x and targets t in 0 … 1 of the same
 * shape, with p the weight of positives. Computed as p t s(−x) + (1 − t) s(x) with s(x) = max(x, 0) + log(1 + e^{−|x|}),
 * which neither overflows nor loses the small losses of confident answers; at x = ±∞ it is 0 or ∞.
 * @throws ShapeError, OptionError
 */
export function binaryCrossEntropy(scores: Tensor, target: Tensor, options: BinaryCrossEntropyOptions = {}): Tensor {
  const name = "binaryCrossEntropy";
  const { positiveWeight, ...reduction } = readOptions(located(name), binaryOptions, options);
  return lossOfPairs(name, scores, target, reduction, (scores, target) => {
    const tail = log1p(exp(neg(abs(scores))));
    const [miss, alarm] = [add(maximum(neg(scores), 0), tail), add(maximum(scores, 0), tail)];
    const positives = positiveWeight === 1 ? target : mul(target, positiveWeight);
    return add(expected(positives, miss), expected(sub(1, target), alarm));
  });
}

/** Options of `klDivergence`. */
export interface KlDivergenceOptions extends Omit<LossOptions, "reduction"> {
  /**
   * The mean over all elements (default), their sum, or none; or `batchMean`, the mean over samples of the sums over all
   * other axes, which is the divergence.
   */
  readonly reduction?: "mean" | "sum" | "none" | "batchMean" | undefined;
  /** Whether targets are log-probabilities, too. Default false. */
  readonly logTarget?: boolean | undefined;
}

const klOptions = {
  ...lossOptions,
  reduction: withDefault(word("mean", "sum", "none", "batchMean"), "mean" as const),
  logTarget: withDefault(flag(), false),
};

/**
 * The Kullback–Leibler divergence, t (log t − x), of logarithms of probabilities x and probabilities t of the same shape
 * (Kullback and Leibler 1951), 0 where t is 0, also where x or the logarithm of t is −∞. As PyTorch's `kl_div`, which gives
 * NaN there.
 * @throws ShapeError, OptionError
 */
export function klDivergence(logProbabilities: Tensor, target: Tensor, options: KlDivergenceOptions = {}): Tensor {
  const name = "klDivergence";
  const { reduction, logTarget, sampleWeights } = readOptions(located(name), klOptions, options);
  const isPerSample = reduction === "batchMean";
  const own = { reduction: isPerSample ? "mean" : reduction, sampleWeights } as const;
  return lossOfPairs(name, logProbabilities, target, own, (x, target) => {
    const losses = divergences(x, target, logTarget);
    return isPerSample ? sum(losses, losses.shape.map((_, axis) => axis).slice(1)) : losses;
  });
}

/** Avoids 0 · ∞ where a target is 0, in the derivatives too. */
function divergences(logProbabilities: Tensor, target: Tensor, isLog: boolean): Tensor {
  const t = isLog ? exp(target) : target;
  const isZero = equal(t, 0);
  const logT = isLog ? select(isZero, 0, target) : log(select(isZero, 1, target));
  return mul(t, sub(logT, select(isZero, 0, logProbabilities)));
}
