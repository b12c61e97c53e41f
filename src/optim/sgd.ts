/**
 * Stochastic gradient descent, w ← w − η · dErr/dw (CMU 11-785, "Training CNNs through gradient descent"), with momentum
 * (11-785, "Momentum, with momentum factor 0.9") and L2 weight decay:
 *
 *   g ← dErr/dw + λ w
 *   v ← μ v + g
 *   w ← w − η v             (Nesterov: w ← w − η (g + μ v))
 */
import { flag, real, withDefault } from "../graph/index.ts";
import { add, mul, sub } from "../ops/index.ts";
import { createOptimizer, type Optimizer, type OptimizerDefinition } from "./optimizer.ts";

const options = {
  learningRate: withDefault(real(0), 0.05),
  momentum: withDefault(real(0, 1), 0),
  nesterov: withDefault(flag(), false),
  weightDecay: withDefault(real(0), 0),
};

const definition: OptimizerDefinition<typeof options, "momentum"> = {
  type: "sgd",
  options,
  slots: ({ momentum }) => (momentum > 0 ? ["momentum"] : []),
  rule: ({ options: { momentum, nesterov, weightDecay }, parameter, gradient, slots, learningRate }) => {
    const g = weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient;
    if (momentum === 0) return { parameter: sub(parameter, mul(g, learningRate)) };
    const velocity = add(mul(slots.momentum, momentum), g);
    const direction = nesterov ? add(g, mul(velocity, momentum)) : velocity;
    return { parameter: sub(parameter, mul(direction, learningRate)), momentum: velocity };
  },
};

export interface SgdOptions {
  /** η, default 0.05. */
  readonly learningRate?: number;
  /** μ, default 0; the lectures use 0.9. */
  readonly momentum?: number;
  /** Look ahead along the momentum (Sutskever et al. 2013). Default false. */
  readonly nesterov?: boolean;
  /** λ of the L2 penalty λ/2 · |w|², default 0; the lectures use 5e-4. */
  readonly weightDecay?: number;
}

export const sgd = (given: SgdOptions = {}): Optimizer => createOptimizer(definition, given);
