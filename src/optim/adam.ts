/**
 * Adam (Kingma and Ba 2015): steps scaled by running means of the gradient and of its square, corrected for their start
 * at zero,
 *
 *   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
 *   w ← w − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
 *
 * AdamW is Adam with decoupled weight decay (Loshchilov and Hutter 2019).
 */

import { add, div, mul, sqrt, square } from "../ops/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineOptimizer, type OptimizerDefinition, type OptimizerFactory } from "./optimizer.ts";
import {
  type Betas,
  betas,
  correction,
  type DecayKind,
  decaying,
  type SharedOptions,
  withFiniteSquare,
} from "./options.ts";

const adamOptions = (decay: DecayKind) => ({
  betas: withDefault(betas, [0.9, 0.999] as Betas),
  epsilon: withDefault(real(0), 1e-8),
  ...decaying(decay),
});

const defineAdam = (
  type: string,
  decay: DecayKind,
): OptimizerDefinition<ReturnType<typeof adamOptions>, "mean" | "square"> => ({
  type,
  learningRate: withDefault(real(0), 0.001),
  options: adamOptions(decay),
  slots: () => ["mean", "square"],
  rule: ({ options, gradient, slots, step }) => {
    const { betas, epsilon } = options;
    const g = withFiniteSquare(gradient);
    const [beta1, beta2] = betas;
    const m = add(mul(slots.mean, beta1), mul(g, 1 - beta1));
    const v = add(mul(slots.square, beta2), mul(square(g), 1 - beta2));
    const root = add(sqrt(div(v, correction(beta2, step))), epsilon);
    return { direction: div(div(m, correction(beta1, step)), root), mean: m, square: v };
  },
});

/** Options of `adam` and `adamW`. */
export interface AdamOptions extends SharedOptions {
  /** η, default 0.001. */
  readonly learningRate?: number | undefined;
  /** β₁ and β₂, default 0.9 and 0.999. */
  readonly betas?: readonly [number, number] | undefined;
  /** ε, default 1e-8. */
  readonly epsilon?: number | undefined;
}

/** Adam: means of the gradient and of its square, corrected for their start at zero. */
export const adam: OptimizerFactory<AdamOptions> = defineOptimizer(defineAdam("adam", "coupled"));

/** Adam with decoupled weight decay. */
export const adamW: OptimizerFactory<AdamOptions> = defineOptimizer(defineAdam("adamW", "decoupled"));
