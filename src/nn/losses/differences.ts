/** Losses of the difference between numbers and their targets, of the same shape. */
import { located, type Tensor } from "../../graph/index.ts";
import { abs, div, minimum, mul, square, sub } from "../../ops/index.ts";
import { positive, readOptions, real, withDefault } from "../../options/index.ts";
import { type LossOptions, lossOfPairs, lossOptions } from "./reduction.ts";

const differenceLoss =
  (name: string, loss: (difference: Tensor) => Tensor) =>
  (x: Tensor, target: Tensor, options: LossOptions = {}): Tensor => {
    const reduction = readOptions(located(name), lossOptions, options);
    return lossOfPairs(name, x, target, reduction, (x, target) => loss(sub(x, target)));
  };

/** The squared difference, (x − target)², over all elements (the lectures' L2 loss). @throws ShapeError, OptionError */
export const meanSquaredError = differenceLoss("meanSquaredError", square);

/** The size of the difference, |x − target|, over all elements (the lectures' L1 loss). Its derivative is 0 where both are equal. */
export const meanAbsoluteError = differenceLoss("meanAbsoluteError", abs);

/** d²/2 up to a bound, and its tangent beyond. */
function rounded(difference: Tensor, size: number): Tensor {
  const distance = abs(difference);
  const near = minimum(distance, size);
  return mul(near, sub(distance, mul(near, 0.5)));
}

/** Options of `huber`. */
export interface HuberOptions extends LossOptions {
  /** δ, where the loss changes from quadratic to linear. Default 1. */
  readonly delta?: number | undefined;
}

const huberOptions = { ...lossOptions, delta: withDefault(positive(), 1) };

/**
 * Huber's loss, with d = x − target: d²/2 where |d| ≤ δ, δ (|d| − δ/2) beyond (Huber 1964), so that outliers do not
 * dominate. @throws ShapeError, OptionError
 */
export function huber(x: Tensor, target: Tensor, options: HuberOptions = {}): Tensor {
  const { delta, ...reduction } = readOptions(located("huber"), huberOptions, options);
  return lossOfPairs("huber", x, target, reduction, (x, target) => rounded(sub(x, target), delta));
}

/** Options of `smoothL1`. */
export interface SmoothL1Options extends LossOptions {
  /** β, where the loss changes from quadratic to L1. Default 1; 0 is the L1 loss itself. */
  readonly beta?: number | undefined;
}

const smoothL1Options = { ...lossOptions, beta: withDefault(real(0), 1) };

/**
 * The smooth L1 loss of bounding boxes, with d = x − target: d² / 2β where |d| < β, |d| − β/2 beyond (Girshick 2015): Huber's
 * loss with δ = β, divided by β. @throws ShapeError, OptionError
 */
export function smoothL1(x: Tensor, target: Tensor, options: SmoothL1Options = {}): Tensor {
  const { beta, ...reduction } = readOptions(located("smoothL1"), smoothL1Options, options);
  const loss = (difference: Tensor): Tensor => (beta === 0 ? abs(difference) : div(rounded(difference, beta), beta));
  return lossOfPairs("smoothL1", x, target, reduction, (x, target) => loss(sub(x, target)));
}
