/** Options shared by all optimizers, and kinds of numbers. */
import type { Tensor } from "../graph/index.ts";
import { add, expm1, maximum, minimum, mul, neg, sub } from "../ops/index.ts";
import { type Kind, optional, positive, real, withDefault, word } from "../options/index.ts";
import { groupsKind, type ParameterGroup } from "./groups.ts";

const isBelowOne = (value: unknown): value is number => typeof value === "number" && value >= 0 && value < 1;

/** A decay rate: with 1, nothing new would ever count. */
export const share: Kind<number> = {
  expects: "a number from 0 up to but not including 1",
  read: (value) => (isBelowOne(value) ? value : undefined),
};

export type Betas = readonly [number, number];

export const betas: Kind<Betas> = {
  expects: "two numbers from 0 up to but not including 1",
  read: (value) =>
    Array.isArray(value) && value.length === 2 && value.every(isBelowOne) ? [value[0], value[1]] : undefined,
};

/** The kind of weight decay: as a term of the gradient, or decoupled. */
export type DecayKind = "coupled" | "decoupled";

/** Options of the rule for one parameter, which a group may override. */
export const decaying = (decay: DecayKind) => ({
  weightDecay: withDefault(real(0), 0),
  decay: withDefault(word<DecayKind>("coupled", "decoupled"), decay),
  maxNorm: optional(positive()),
});

/** Options of the whole update. */
export const wholeOptions = {
  clipValue: optional(positive()),
  clipNorm: optional(positive()),
  average: optional(share),
  groups: withDefault(groupsKind, []),
};

/** Options that all optimizers share. */
export interface SharedOptions {
  /** λ of the L2 penalty λ/2 · |w|²; default 0. The lectures use 5e-4. */
  readonly weightDecay?: number | undefined;
  /**
   * `coupled`: λ w is added to the gradient, and scaled with it (the L2 penalty); `decoupled`: the weight itself shrinks by
   * η λ w (Loshchilov and Hutter 2019). Default `coupled`, but for `adamW` and `lion`.
   */
  readonly decay?: DecayKind | undefined;
  /**
   * The norm that no row of a parameter exceeds: after each step, longer rows are scaled down to it (Hinton et al. 2012).
   * Rows lie along the first axis, so one holds the weights of one output; biases have none. Usually of a group: `groups:
   * [{ match: "output.weight", maxNorm: 3 }]`. Default: no limit.
   */
  readonly maxNorm?: number | undefined;
  /** Clips every element of the gradients to ±clipValue. Default: no clipping. */
  readonly clipValue?: number | undefined;
  /**
   * Scales the gradients, as one vector, down to this norm if they exceed it. If one is infinite or NaN, so is the norm, and
   * weights become NaN; `fit` skips such a step. Default: no clipping.
   */
  readonly clipNorm?: number | undefined;
  /** The decay of a moving average of the weights, which `fit` evaluates and saves; 0.99 … 0.9999. Default: none. */
  readonly average?: number | undefined;
  /** Parameter groups with options of their own; the first group that matches a parameter applies. */
  readonly groups?: readonly ParameterGroup[] | undefined;
}

/** 1 − βᵗ, as −(e^{t ln β} − 1), which keeps its digits when β is near 1. */
export const correction = (beta: number, step: Tensor): Tensor =>
  neg(expm1(mul(step, Math.max(Math.log(beta), -1e30))));

/** Up to this number, float32 holds the sum of 2¹⁵ squares. */
const LARGEST_SQUARABLE = 2 ** 56;

/**
 * Limits a gradient to ±2⁵⁶ for rules that divide by the root of its summed squares: with an infinite sum, a weight would
 * never move again. Infinities become NaN, so that they are not hidden.
 */
export const withFiniteSquare = (g: Tensor): Tensor =>
  add(minimum(maximum(g, -LARGEST_SQUARABLE), LARGEST_SQUARABLE), sub(g, g));
