/** Permutation of axes: y[i_p(0), i_p(1), …] = x[i_0, i_1, …] for a permutation p. */
import { describeGiven, OptionError, ShapeError, stridesOf } from "../array/index.ts";
import { defineOp, expectTensors, located, same, type Tensor } from "../graph/index.ts";
import { integers } from "../options/index.ts";
import { forEachIndex } from "./indexing.ts";
import { axisOf } from "./rules.ts";

const transposeOp = defineOp({
  name: "transpose",
  inputs: ["x"],
  attributes: { order: integers(0) },
  shape: ({ order }, x) => {
    if ([...order].sort((a, b) => a - b).some((axis, i) => axis !== i) || order.length !== x.shape.length) {
      throw new ShapeError(`order [${order}] is not a permutation of the ${x.shape.length} axes`);
    }
    return { shape: order.map((axis) => x.shape[axis]), dtype: x.dtype };
  },
  sees: ({ order }) => [order.map((_, axis) => same(order.indexOf(axis)))],
  picks: true,
  gradient: ({ attributes: { order } }, [dy]) => [transpose(dy, inverse(order))],
  reference: ({ order }, [x], [y]) => {
    const strides = stridesOf(x.shape);
    forEachIndex(y.shape, [order.map((axis) => strides[axis])], (at, from) => {
      y.data[at] = x.data[from];
    });
  },
  samples: [
    { inputs: [{ shape: [2, 3, 5] }], attributes: { order: [2, 0, 1] } },
    { inputs: [{ shape: [1, 4] }], attributes: { order: [1, 0] } },
    { inputs: [{ shape: [] }], attributes: { order: [] } },
    { inputs: [{ shape: [3, 0] }], attributes: { order: [1, 0] } },
  ],
});

export { transposeOp };

const inverse = (order: readonly number[]): number[] => order.map((_, axis) => order.indexOf(axis));

/** Axes reordered: axis i of the result is axis `order[i]` of `x`. Without an order they are reversed. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  expectTensors("transpose", x);
  const rank = x.shape.length;
  if (order !== undefined && !Array.isArray(order))
    throw new OptionError(`${located("transpose")}: the order must be a list of axes, got ${describeGiven(order)}`);
  const full =
    order?.map((axis) => axisOf("transpose", x, axis)) ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  return transposeOp([x], { order: full });
}
