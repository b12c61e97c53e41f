/**
 * Stochastic gradient descent, w ← w − η · dErr/dw (CMU 11-785, "Training CNNs through gradient descent"), with momentum
 * (11-785, "Momentum, with momentum factor 0.9"):
 *
 *   v ← μ v + (1 − d) g                        (in the first step v ← g, whatever the dampening d)
 *   w ← w − η v             (Nesterov: w ← w − η (g + μ v))
 */

import { add, cast, greater, mul, sub } from "../ops/index.ts";
import { flag, real, withDefault } from "../options/index.ts";
import { defineOptimizer, type OptimizerDefinition, type OptimizerFactory } from "./optimizer.ts";
import { decaying, type SharedOptions } from "./options.ts";

const options = {
  momentum: withDefault(real(0, 1), 0),
  dampening: withDefault(real(0, 1), 0),
  nesterov: withDefault(flag(), false),
  ...decaying("coupled"),
};

const sgdDefinition: OptimizerDefinition<typeof options, "momentum"> = {
  type: "sgd",
  learningRate: withDefault(real(0), 0.05),
  options,
  complain: ({ momentum, dampening, nesterov }) => {
    if (nesterov && momentum === 0)
      return "nesterov looks ahead along the momentum, which is 0; set momentum, such as 0.9";
    if (nesterov && dampening > 0) return `nesterov goes without dampening, which is ${dampening}; leave one out`;
    if (dampening > 0 && momentum === 0) return `dampening ${dampening} is of the momentum, which is 0; set momentum`;
    return undefined;
  },
  slots: ({ momentum }) => (momentum > 0 ? ["momentum"] : []),
  rule: ({ options: { momentum, dampening, nesterov }, gradient, slots, step }) => {
    if (momentum === 0) return { direction: gradient };
    const isLater = cast(greater(step, 1), step.dtype);
    const fresh = dampening === 0 ? gradient : mul(gradient, sub(1, mul(isLater, dampening)));
    const velocity = add(mul(slots.momentum, momentum), fresh);
    return { direction: nesterov ? add(gradient, mul(velocity, momentum)) : velocity, momentum: velocity };
  },
};

/** Options of `sgd`. */
export interface SgdOptions extends SharedOptions {
  /** η, default 0.05. */
  readonly learningRate?: number | undefined;
  /** μ, default 0; the lectures use 0.9. */
  readonly momentum?: number | undefined;
  /** d, the dampening of each gradient but the first in the momentum. Default 0. */
  readonly dampening?: number | undefined;
  /** Whether to use Nesterov momentum (Sutskever et al. 2013). Default false. */
  readonly nesterov?: boolean | undefined;
}

/** Stochastic gradient descent. */
export const sgd: OptimizerFactory<SgdOptions> = defineOptimizer(sgdDefinition);
