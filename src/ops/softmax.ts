/**
 * Softmax along an axis, y_k = e^{x_k} / Σ_j e^{x_j}, and its logarithm, both after subtracting the maximum so that
 * large inputs do not overflow. Source: 11-785, "Y = softmax(…)"; Oxford, "nn.LogSoftMax()".
 *
 *   softmax     ∂E/∂x = y · (dy − Σ_j dy_j y_j)
 *   logSoftmax  ∂E/∂x = dy − e^y · Σ_j dy_j
 */
import { type NdArray, ShapeError } from "../array/index.ts";
import { along, defineOp, type Op, type OpFunction, type Tensor } from "../graph/index.ts";
import { integer } from "../options/index.ts";
import { sum } from "./broadcast.ts";
import { exp, mul, sub } from "./elementwise.ts";
import { rowsAlong } from "./indexing.ts";
import { axisOf, expectFloat } from "./rules.ts";

interface SoftmaxRule {
  /** An output from x − max and Σ e^{x − max}. */
  readonly finish: (shifted: number, total: number) => number;
  readonly gradient: (dy: Tensor, y: Tensor, total: (t: Tensor) => Tensor) => Tensor;
}

function defineSoftmax(
  name: string,
  { finish, gradient }: SoftmaxRule,
): OpFunction<{ axis: ReturnType<typeof integer> }> {
  return defineOp({
    name,
    inputs: ["x"],
    attributes: { axis: integer(0) },
    shape: ({ axis }, x) => {
      expectFloat(x);
      if (axis >= x.shape.length) throw new ShapeError(`there is no axis ${axis}`);
      return x;
    },
    sees: along(({ axis }) => [axis]),
    gradient: ({ attributes: { axis }, outputs: [y] }, [dy]) => [gradient(dy, y, (t) => sum(t, axis, { keep: true }))],
    reference: ({ axis }, [x], [y]) => softmaxLoop(x, y, axis, finish),
    samples: [
      { inputs: [{ shape: [3, 5] }], attributes: { axis: 1 } },
      { inputs: [{ shape: [2, 3, 2] }], attributes: { axis: 1 } },
      {
        inputs: [{ shape: [2, 3], values: [1e4, -1e4, 1e4 + 1, -1e30, 0, 1] }],
        attributes: { axis: 1 },
        kink: "too large for differences",
      },
      { inputs: [{ shape: [4, 1] }], attributes: { axis: 1 } },
      { inputs: [{ shape: [0, 4] }], attributes: { axis: 1 } },
      { inputs: [{ shape: [4, 0] }], attributes: { axis: 1 } },
    ],
  });
}

function softmaxLoop(x: NdArray, y: NdArray, axis: number, finish: SoftmaxRule["finish"]): void {
  const { count, length, at } = rowsAlong(x.shape, axis);
  for (let row = 0; row < count; row++) {
    let top = -Infinity;
    for (let k = 0; k < length; k++) top = Math.max(top, x.data[at(row, k)]);
    let total = 0;
    for (let k = 0; k < length; k++) total += Math.exp(x.data[at(row, k)] - top);
    for (let k = 0; k < length; k++) y.data[at(row, k)] = finish(x.data[at(row, k)] - top, total);
  }
}

const softmaxOp = defineSoftmax("softmax", {
  finish: (shifted, total) => Math.exp(shifted) / total,
  gradient: (dy, y, total) => mul(y, sub(dy, total(mul(dy, y)))),
});

const logSoftmaxOp = defineSoftmax("logSoftmax", {
  finish: (shifted, total) => shifted - Math.log(total),
  gradient: (dy, y, total) => sub(dy, mul(exp(y), total(dy))),
});

export const softmaxOps: readonly { readonly op: Op }[] = [softmaxOp, logSoftmaxOp];

/** Positive numbers that add up to 1 along the axis (default: the last). */
export const softmax = (x: Tensor, axis = -1): Tensor => softmaxOp([x], { axis: axisOf("softmax", x, axis) });

/** The logarithm of `softmax`, exact where the softmax itself would underflow. */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => logSoftmaxOp([x], { axis: axisOf("logSoftmax", x, axis) });
