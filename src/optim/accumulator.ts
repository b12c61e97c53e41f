/**
 * Gradient accumulation: a batch that is too large for memory is processed in parts, whose gradients are summed before one
 * update,
 *
 *   g = Σ over the parts of share · dErr_part/dw,   share = samples of the part / samples of the batch
 *
 * which for a loss that is a mean over samples is the gradient of the whole batch.
 */
import { StateError } from "../array/index.ts";
import { fill, type Tensor, type Variable } from "../graph/index.ts";
import { add, mul, type Operand } from "../ops/index.ts";
import {
  checkOptimizer,
  gradientsOf,
  type MinimizeOptions,
  type Optimizer,
  slotLike,
  trainedVariables,
} from "./optimizer.ts";

/** Options of `add` of an `Accumulator`. */
export interface AddOptions extends MinimizeOptions {
  /** The part's share of its batch; default 1. */
  readonly share?: Operand | undefined;
}

/** Sums of gradients over several parts of a batch. */
export interface Accumulator {
  /**
   * Adds the gradients of a part's loss to the sums, in the step being traced.
   * @returns the added gradients, in the order of the variables
   */
  add(loss: Tensor, options?: AddOptions): readonly Tensor[];
  /**
   * Updates the parameters by the sums and resets these, in the step being traced: not that of `add`, which must have been
   * traced before.
   * @returns the sums, in the order of the variables
   * @throws StateError if nothing was ever added
   */
  apply(optimizer: Optimizer): readonly Tensor[];
  /** The sums; zero between whole batches. */
  readonly variables: readonly Variable[];
}

/**
 * Sums the gradients of the parts of a batch, for one update.
 * @example
 * const parts = createAccumulator();
 * const part = compile((x, y) => void parts.add(crossEntropy(model(x), y), { share: 1 / 4 }), [f32(16, 784), i32(16)]);
 * const step = compile(() => void parts.apply(optimizer), []);
 */
export function createAccumulator(): Accumulator {
  const sums = new Map<Variable, Variable>();
  const sumOf = (parameter: Variable): Variable => {
    const sum = sums.get(parameter) ?? slotLike("sum", parameter);
    sums.set(parameter, sum);
    return sum;
  };
  return {
    get variables() {
      return [...sums.values()];
    },
    add: (loss, { share = 1, ...options } = {}) => {
      const variables = trainedVariables("add", options);
      const gradients = gradientsOf(share === 1 ? loss : mul(loss, share), variables);
      variables.forEach((variable, i) => {
        const sum = sumOf(variable);
        sum.assign(add(sum.read(), gradients[i]));
      });
      return gradients;
    },
    apply: (optimizer) => {
      checkOptimizer("apply", optimizer);
      if (sums.size === 0) throw new StateError("apply: nothing has been added; trace a step with add() first");
      const gradients = [...sums.values()].map((sum) => sum.read());
      optimizer.update([...sums.keys()], gradients);
      for (const sum of sums.values()) sum.assign(fill(0, sum.shape, sum.dtype));
      return gradients;
    },
  };
}
