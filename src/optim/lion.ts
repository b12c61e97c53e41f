/**
 * Lion (Chen et al. 2023, "Symbolic discovery of optimization algorithms"): steps of one size for all weights, in the
 * direction of a mean of gradients,
 *
 *   w ← w − η · sign(β₁ m + (1 − β₁) g),   m ← β₂ m + (1 − β₂) g
 *
 * The paper takes a learning rate 3 to 10 times smaller than AdamW's, and a weight decay as many times larger.
 */

import { add, mul, sign } from "../ops/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineOptimizer, type OptimizerDefinition, type OptimizerFactory } from "./optimizer.ts";
import { type Betas, betas, decaying, type SharedOptions } from "./options.ts";

const options = { betas: withDefault(betas, [0.9, 0.99] as Betas), ...decaying("decoupled") };

const lionDefinition: OptimizerDefinition<typeof options, "mean"> = {
  type: "lion",
  learningRate: withDefault(real(0), 0.0001),
  options,
  slots: () => ["mean"],
  rule: ({ options: { betas }, gradient: g, slots }) => {
    const mixed = betas.map((beta) => add(mul(slots.mean, beta), mul(g, 1 - beta)));
    return { direction: sign(mixed[0]), mean: mixed[1] };
  },
};

/** Options of `lion`. */
export interface LionOptions extends SharedOptions {
  /** η, default 0.0001. */
  readonly learningRate?: number | undefined;
  /** β₁ of the step and β₂ of the mean, default 0.9 and 0.99. */
  readonly betas?: readonly [number, number] | undefined;
}

/** Lion: the sign of a mean of gradients, so that all weights move alike. */
export const lion: OptimizerFactory<LionOptions> = defineOptimizer(lionDefinition);
