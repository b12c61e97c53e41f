/**
 * Focal losses: cross-entropy times a power of what the answer lacks, so that the many easy places, such as background, do
 * not outweigh the few hard ones. With p_t the probability of the true answer,
 *
 *   FL = −α_t (1 − p_t)^γ log p_t
 *
 * Source: Lin, Goyal, Girshick, He, Dollár 2017, "Focal Loss for Dense Object Detection", equations 4 and 5. Of heat maps
 * with target y, 1 at the centers of objects and lower around them, N the number of centers,
 *
 *   −1/N Σ  (1 − p)^α log p                    where y = 1
 *           (1 − y)^β p^α log(1 − p)           elsewhere
 *
 * Source: Zhou, Wang, Krähenbühl 2019, "Objects as Points", equation 1, after Law and Deng 2018, "CornerNet".
 */
import { located, type Tensor } from "../../graph/index.ts";
import {
  add,
  cast,
  div,
  equal,
  expm1,
  logSoftmax,
  maximum,
  mul,
  neg,
  pow,
  select,
  sigmoid,
  sub,
} from "../../ops/index.ts";
import { readOptions, real, withDefault } from "../../options/index.ts";
import {
  type ClassOptions,
  checkClasses,
  classOptions,
  counted,
  counting,
  ignoredAmong,
  leftOutAmong,
  pickClass,
  weightTable,
} from "./classification.ts";
import { binaryCrossEntropy } from "./probabilities.ts";
import { type LossOptions, lossOfPairs, lossOptions, reduceLosses, withoutLeftOut } from "./reduction.ts";

/** x^power of shares, 0 … 1; at 0 with derivative 0, which a power below 1 does not have. */
function powerOf(share: Tensor, power: number): Tensor {
  if (power === 0) return add(mul(share, 0), 1);
  const isZero = equal(share, 0);
  return select(isZero, 0, pow(select(isZero, 1, share), power));
}

/** a b + (1 − a)(1 − b): the probability that two answers are the same. */
const agreement = (a: Tensor, b: Tensor): Tensor => add(mul(a, b), mul(sub(1, a), sub(1, b)));

/** Options of `focal`. */
export interface FocalOptions extends ClassOptions {
  /** γ, how much less easy answers count; 0 is cross-entropy. Default 2. */
  readonly gamma?: number | undefined;
}

const gamma = withDefault(real(0), 2);
const focalOptions = { ...classOptions, gamma };

/**
 * The focal loss of classes, −w[class] (1 − p[class])^γ log p[class] with p = softmax(scores), of scores [n, classes, …] at
 * class numbers `i32` [n, …], such as masks. The mean divides by Σ w[class], as that of `crossEntropy`, which it is for γ =
 * 0; class weights are the paper's α.
 * @throws ShapeError, OptionError
 */
export function focal(scores: Tensor, classes: Tensor, options: FocalOptions = {}): Tensor {
  const name = "focal";
  checkClasses(name, scores, classes);
  const { gamma, classWeights, ignoreIndex, ...reduction } = readOptions(located(name), focalOptions, options);
  const table = classWeights && weightTable(name, classWeights, scores, counted(classes, ignoreIndex));
  const ignored = ignoredAmong(classes, ignoreIndex);
  const kept = withoutLeftOut(name, scores, classes.shape, reduction, leftOutAmong(classes, table, ignored));
  const own = neg(pickClass(logSoftmax(kept, 1), classes));
  const missing = neg(expm1(neg(own))); // 1 − p, precise near 0
  const { counts, weighed } = counting(scores, classes, table, ignored);
  return reduceLosses(name, weighed(mul(powerOf(missing, gamma), own)), reduction, counts);
}

/** Options of `binaryFocal`. */
export interface BinaryFocalOptions extends LossOptions {
  /** α, the weight of positive targets; negative ones weigh 1 − α. Default 0.25, the paper's. */
  readonly alpha?: number | undefined;
  /** γ, how much less easy answers count; 0 is weighted cross-entropy. Default 2. */
  readonly gamma?: number | undefined;
}

const binaryOptions = { ...lossOptions, alpha: withDefault(real(0, 1), 0.25), gamma };

/**
 * The focal loss of yes-or-no questions, with p = σ(x) of scores (logits) x and targets t in 0 … 1 of the same shape. Lin et
 * al. divide the sum by the number of objects: `reduction: "sum"`. As torchvision's `sigmoid_focal_loss`.
 * @throws ShapeError, OptionError
 */
export function binaryFocal(scores: Tensor, target: Tensor, options: BinaryFocalOptions = {}): Tensor {
  const { alpha, gamma, ...reduction } = readOptions(located("binaryFocal"), binaryOptions, options);
  return lossOfPairs("binaryFocal", scores, target, reduction, (x, t) => {
    const missing = agreement(sigmoid(neg(x)), t);
    const weights = add(mul(t, 2 * alpha - 1), 1 - alpha); // α t + (1 − α)(1 − t)
    return mul(mul(weights, powerOf(missing, gamma)), binaryCrossEntropy(x, t, { reduction: "none" }));
  });
}

/** Options of `heatMapFocal`. */
export interface HeatMapFocalOptions extends LossOptions {
  /** α, how much less easy answers count. Default 2. */
  readonly alpha?: number | undefined;
  /** β, how much less places near a center count. Default 4. */
  readonly beta?: number | undefined;
}

const heatMapOptions = { ...lossOptions, alpha: withDefault(real(0), 2), beta: withDefault(real(0), 4) };

/**
 * The focal loss of heat maps of centers, of scores (logits) [n, classes, h, w] and targets y in 0 … 1 of the same shape, 1
 * at centers. The mean divides by the number of centers, or by 1 where there are none.
 * @throws ShapeError, OptionError
 */
export function heatMapFocal(scores: Tensor, target: Tensor, options: HeatMapFocalOptions = {}): Tensor {
  const name = "heatMapFocal";
  const { alpha, beta, reduction, sampleWeights } = readOptions(located(name), heatMapOptions, options);
  const own = { reduction: reduction === "mean" ? "sum" : reduction, sampleWeights } as const;
  const centers = (y: Tensor): Tensor => cast(equal(y, 1), y.dtype);
  const losses = lossOfPairs(name, scores, target, own, (x, y) => {
    const isCenter = centers(y);
    const missing = agreement(sigmoid(neg(x)), isCenter);
    const near = select(equal(y, 1), 1, powerOf(sub(1, y), beta));
    return mul(mul(near, powerOf(missing, alpha)), binaryCrossEntropy(x, isCenter, { reduction: "none" }));
  });
  if (reduction !== "mean") return losses;
  const count = lossOfPairs(name, target, target, { reduction: "sum", sampleWeights }, centers);
  return div(losses, maximum(count, 1));
}
