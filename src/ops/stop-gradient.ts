/** The same value, through which no derivative flows. */
import { defineOp, pointwise, type Tensor } from "../graph/index.ts";

const stopGradientOp = defineOp({
  name: "stopGradient",
  inputs: ["x"],
  attributes: {},
  shape: (_, x) => x,
  sees: pointwise,
  elementwise: true,
  gradient: () => [undefined],
  reference: (_, [x], [y]) => y.data.set(x.data),
  // Not compared with differences: the derivative is wrong on purpose.
  samples: [],
});

export { stopGradientOp };

/** `x` itself, as if it were a constant: no derivative flows through. */
export const stopGradient = (x: Tensor): Tensor => stopGradientOp([x]);
