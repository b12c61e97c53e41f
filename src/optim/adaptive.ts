/**
 * Optimizers that scale the step of each weight by its past gradients:
 *
 *   RMSprop   v ← α v + (1 − α) g²                       w ← w − η · g / (√v + ε)
 *             centered: √(v − m²) with m ← α m + (1 − α) g; with momentum b ← μ b + g / (√v + ε), w ← w − η b
 *   Adagrad   v ← v + g²                                 w ← w − η · g / (√v + ε)
 *   Adadelta  v ← ρ v + (1 − ρ) g²,  Δ = g · √(u + ε) / √(v + ε),  u ← ρ u + (1 − ρ) Δ²       w ← w − η Δ
 *
 * Sources: Tieleman and Hinton 2012 (lecture 6.5 of "Neural networks for machine learning"), centered after Graves 2013;
 * Duchi, Hazan, Singer 2011; Zeiler 2012. Where ε stands, and the defaults, are PyTorch's.
 */
import type { Tensor } from "../graph/index.ts";
import { add, div, mul, relu, sqrt, square, sub } from "../ops/index.ts";
import { flag, real, withDefault } from "../options/index.ts";
import { defineOptimizer, type OptimizerDefinition, type OptimizerFactory } from "./optimizer.ts";
import { decaying, type SharedOptions, share, withFiniteSquare } from "./options.ts";

/** A running mean in which the past has weight α. */
const running = (past: Tensor, alpha: number, now: Tensor): Tensor => add(mul(past, alpha), mul(now, 1 - alpha));

const rmspropOptions = {
  smoothing: withDefault(share, 0.99),
  epsilon: withDefault(real(0), 1e-8),
  momentum: withDefault(real(0, 1), 0),
  centered: withDefault(flag(), false),
  ...decaying("coupled"),
};

const rmspropDefinition: OptimizerDefinition<typeof rmspropOptions, "square" | "mean" | "momentum"> = {
  type: "rmsprop",
  learningRate: withDefault(real(0), 0.01),
  options: rmspropOptions,
  slots: ({ momentum, centered }) => [
    "square",
    ...(centered ? (["mean"] as const) : []),
    ...(momentum > 0 ? (["momentum"] as const) : []),
  ],
  rule: ({ options: { smoothing, epsilon, momentum, centered }, gradient, slots }) => {
    const g = withFiniteSquare(gradient);
    const v = running(slots.square, smoothing, square(g));
    const m = centered ? running(slots.mean, smoothing, g) : undefined;
    // In exact arithmetic v ≥ m²; rounding may violate it.
    const spread = m === undefined ? v : relu(sub(v, square(m)));
    const scaled = div(g, add(sqrt(spread), epsilon));
    const b = momentum > 0 ? add(mul(slots.momentum, momentum), scaled) : undefined;
    return { direction: b ?? scaled, square: v, ...(m && { mean: m }), ...(b && { momentum: b }) };
  },
};

/** Options of `rmsprop`. */
export interface RmspropOptions extends SharedOptions {
  /** η, default 0.01. */
  readonly learningRate?: number | undefined;
  /** α, default 0.99. */
  readonly smoothing?: number | undefined;
  /** ε, default 1e-8. */
  readonly epsilon?: number | undefined;
  /** μ, default 0. */
  readonly momentum?: number | undefined;
  /** Scale by the standard deviation of the gradient rather than its root mean square. Default false. */
  readonly centered?: boolean | undefined;
}

/** RMSprop: each step divided by a running root of the mean square of its gradients. */
export const rmsprop: OptimizerFactory<RmspropOptions> = defineOptimizer(rmspropDefinition);

const adagradOptions = { epsilon: withDefault(real(0), 1e-10), ...decaying("coupled") };

const adagradDefinition: OptimizerDefinition<typeof adagradOptions, "square"> = {
  type: "adagrad",
  learningRate: withDefault(real(0), 0.01),
  options: adagradOptions,
  slots: () => ["square"],
  rule: ({ options: { epsilon }, gradient, slots }) => {
    const g = withFiniteSquare(gradient);
    const v = add(slots.square, square(g));
    return { direction: div(g, add(sqrt(v), epsilon)), square: v };
  },
};

/** Options of `adagrad`. */
export interface AdagradOptions extends SharedOptions {
  /** η, default 0.01. */
  readonly learningRate?: number | undefined;
  /** ε, default 1e-10. */
  readonly epsilon?: number | undefined;
}

/** Adagrad: each step divided by the root of all squared gradients so far, so that it only gets smaller. */
export const adagrad: OptimizerFactory<AdagradOptions> = defineOptimizer(adagradDefinition);

const adadeltaOptions = {
  smoothing: withDefault(share, 0.9),
  epsilon: withDefault(real(0), 1e-6),
  ...decaying("coupled"),
};

const adadeltaDefinition: OptimizerDefinition<typeof adadeltaOptions, "square" | "moved"> = {
  type: "adadelta",
  learningRate: withDefault(real(0), 1),
  options: adadeltaOptions,
  slots: () => ["square", "moved"],
  rule: ({ options: { smoothing, epsilon }, gradient, slots }) => {
    const g = withFiniteSquare(gradient);
    const v = running(slots.square, smoothing, square(g));
    const delta = mul(g, div(sqrt(add(slots.moved, epsilon)), sqrt(add(v, epsilon))));
    return { direction: delta, square: v, moved: running(slots.moved, smoothing, square(delta)) };
  },
};

/** Options of `adadelta`. */
export interface AdadeltaOptions extends SharedOptions {
  /** η, default 1: the rule finds its own scale. */
  readonly learningRate?: number | undefined;
  /** ρ, default 0.9. */
  readonly smoothing?: number | undefined;
  /** ε, default 1e-6; the first steps are of the size √ε. */
  readonly epsilon?: number | undefined;
}

/** Adadelta: as RMSprop, in units of previous steps. */
export const adadelta: OptimizerFactory<AdadeltaOptions> = defineOptimizer(adadeltaDefinition);
