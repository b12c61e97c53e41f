/** Regression: one or more numbers for each sample. */
import type { Tensor } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { abs, square, sub, sum } from "../../ops/index.ts";
import { optional, text, withDefault, word } from "../../options/index.ts";
import { defineTask, type TaskFactory } from "./task.ts";
import { toFloats } from "./tensors.ts";

/** Losses of differences by name. */
export const differenceLosses = {
  meanSquaredError: nn.meanSquaredError,
  meanAbsoluteError: nn.meanAbsoluteError,
  huber: nn.huber,
  smoothL1: nn.smoothL1,
} satisfies Record<string, (x: Tensor, target: Tensor) => Tensor>;

/** The name of a loss of differences. */
export type DifferenceLoss = keyof typeof differenceLosses;

/** Options of `regression`. */
export interface RegressionOptions {
  /** The column of the numbers. Default: the one called `target`, else the only one of numbers. */
  readonly target?: string | undefined;
  /** The output that predicts them, as many for each sample. Default: the network's only one, else `values`. */
  readonly output?: string | undefined;
  /** The loss, by name. Default `meanSquaredError`. */
  readonly loss?: DifferenceLoss | undefined;
}

export const differenceLossKind = withDefault(
  word(...(Object.keys(differenceLosses) as DifferenceLoss[])),
  "meanSquaredError" as const,
);

/**
 * Predicts numbers `f32` [n, …]. Figures: `rmse`, the root of the mean squared error; `mae`, the mean absolute error; `r2`,
 * the coefficient of determination, 1 − Σ (y − ŷ)² / Σ (y − ȳ)², over all numbers.
 */
export const regression: TaskFactory<RegressionOptions> = defineTask({
  type: "regression",
  options: { target: optional(text()), output: optional(text()), loss: differenceLossKind },
  targets: ({ target }) => ({ target: { kinds: ["numbers"], column: target, fixed: true } }),
  outputs: ({ shapes: { target }, options: { output } }) => ({
    values: {
      shape: ["n", ...(target ?? ["…"])],
      reshaped: true,
      holds: "numbers like the targets",
      names: output ? [output] : undefined,
    },
  }),
  loss: ({ values }, { target }, { options: { loss } }) => differenceLosses[loss](values, toFloats(target)),
  tally: ({ values }, { target }) => {
    const truth = toFloats(target);
    const difference = sub(values, truth);
    return {
      squares: sum(square(difference)),
      absolutes: sum(abs(difference)),
      total: sum(truth),
      totalSquares: sum(square(truth)),
    };
  },
  figures: ({ sums, count }, { shapes: { target } }) => {
    const [squares, absolutes, total, totalSquares] = [sums.squares, sums.absolutes, sums.total, sums.totalSquares].map(
      (sum) => sum.item(),
    );
    const numbers = count * target.reduce((a, b) => a * b, 1);
    const variance = totalSquares - total ** 2 / numbers;
    return { rmse: Math.sqrt(squares / numbers), mae: absolutes / numbers, r2: 1 - squares / variance };
  },
  best: "rmse",
  lowerIsBetter: ["rmse", "mae"],
  predict: ({ values }) => ({ values }),
});
