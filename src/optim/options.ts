/** The options that every optimizer takes, and kinds of numbers that several of them need. */
import type { Tensor } from "../graph/index.ts";
import { add, expm1, maximum, minimum, mul, neg, sub } from "../ops/index.ts";
import { type Kind, optional, positive, real, withDefault, word } from "../options/index.ts";
import { groupsKind, type ParameterGroup } from "./groups.ts";

const isBelowOne = (value: unknown): value is number => typeof value === "number" && value >= 0 && value < 1;

/** A share of the past that is kept: with 1 nothing new would ever come in. */
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

/** How weights are kept small: by a term of the gradient, or beside it. */
export type DecayKind = "coupled" | "decoupled";

/** Options of the rule for one parameter, which a group may set otherwise. */
export const decaying = (decay: DecayKind) => ({
  weightDecay: withDefault(real(0), 0),
  decay: withDefault(word<DecayKind>("coupled", "decoupled"), decay),
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
   * `coupled`: λ w is added to the gradient, and scaled with it (the penalty as it stands); `decoupled`: the weight
   * itself shrinks by η λ w (Loshchilov and Hutter 2019). Default `coupled`, but for `adamW` and `lion`.
   */
  readonly decay?: DecayKind | undefined;
  /** Every element of the gradients is cut to ±clipValue. Default: it is left. */
  readonly clipValue?: number | undefined;
  /**
   * The gradients, taken as one vector, are scaled down to this length where they are longer. Where one is infinite or NaN,
   * so is the length, and weights become NaN; `fit` leaves out such a step. Default: they are left.
   */
  readonly clipNorm?: number | undefined;
  /** The decay of a moving average of the weights, which `fit` evaluates and saves; 0.99 … 0.9999. Default: none. */
  readonly average?: number | undefined;
  /** Options that some parameters have otherwise; the first group that matches a parameter counts. */
  readonly groups?: readonly ParameterGroup[] | undefined;
}

/** 1 − βᵗ, as −(e^{t ln β} − 1), which keeps its digits when β is near 1. */
export const correction = (beta: number, step: Tensor): Tensor =>
  neg(expm1(mul(step, Math.max(Math.log(beta), -1e30))));

/** Of numbers up to here, float32 holds the sum of 2¹⁵ squares. */
const MOST = 2 ** 56;

/**
 * A gradient whose squares can be added up, for rules that divide by their root: beyond ±2⁵⁶ it counts as that, since with
 * a sum that is infinite a weight would never move again. Infinities become NaN, so that they are not hidden.
 */
export const withFiniteSquare = (g: Tensor): Tensor => add(minimum(maximum(g, -MOST), MOST), sub(g, g));
