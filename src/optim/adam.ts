/**
 * Adam (Kingma and Ba 2015): steps scaled by running means of the gradient and of its square, corrected for their start
 * at zero,
 *
 *   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *   w ← w − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * Weight decay adds λ w to the gradient; AdamW (Loshchilov and Hutter 2019) shrinks the weight itself by η λ w instead.
 */
import { type Kind, real, type Tensor, withDefault } from "../graph/index.ts";
import { add, div, expm1, mul, neg, sqrt, square, sub } from "../ops/index.ts";
import { createOptimizer, type Optimizer, type OptimizerDefinition } from "./optimizer.ts";

type Betas = readonly [number, number];

const betas: Kind<Betas> = {
  expects: "two numbers from 0 up to but not including 1",
  read: (value) =>
    Array.isArray(value) && value.length === 2 && value.every((b) => typeof b === "number" && b >= 0 && b < 1)
      ? [value[0], value[1]]
      : undefined,
};

const options = {
  learningRate: withDefault(real(0), 0.001),
  betas: withDefault(betas, [0.9, 0.999] as Betas),
  epsilon: withDefault(real(0), 1e-8),
  weightDecay: withDefault(real(0), 0),
};

/** 1 − βᵗ, as −(e^{t ln β} − 1), which keeps its digits when β is near 1. */
const correction = (beta: number, step: Tensor): Tensor => neg(expm1(mul(step, Math.max(Math.log(beta), -1e30))));

const defineAdam = (type: string, decoupled: boolean): OptimizerDefinition<typeof options, "mean" | "square"> => ({
  type,
  options,
  slots: () => ["mean", "square"],
  rule: ({
    options: {
      betas: [beta1, beta2],
      epsilon,
      weightDecay,
    },
    parameter,
    gradient,
    slots,
    learningRate,
    step,
  }) => {
    const g = weightDecay > 0 && !decoupled ? add(gradient, mul(parameter, weightDecay)) : gradient;
    const m = add(mul(slots.mean, beta1), mul(g, 1 - beta1));
    const v = add(mul(slots.square, beta2), mul(square(g), 1 - beta2));
    const root = add(sqrt(div(v, correction(beta2, step))), epsilon);
    const shrunk =
      weightDecay > 0 && decoupled ? sub(parameter, mul(parameter, mul(learningRate, weightDecay))) : parameter;
    return {
      parameter: sub(shrunk, mul(div(div(m, correction(beta1, step)), root), learningRate)),
      mean: m,
      square: v,
    };
  },
});

const coupled = defineAdam("adam", false);
const decoupled = defineAdam("adamW", true);

export interface AdamOptions {
  /** η, default 0.001. */
  readonly learningRate?: number;
  /** β₁ and β₂, default 0.9 and 0.999. */
  readonly betas?: readonly [number, number];
  /** ε, default 1e-8. */
  readonly epsilon?: number;
  /** λ, default 0. */
  readonly weightDecay?: number;
}

export const adam = (given: AdamOptions = {}): Optimizer => createOptimizer(coupled, given);

/** Adam with decoupled weight decay. */
export const adamW = (given: AdamOptions = {}): Optimizer => createOptimizer(decoupled, given);
