import { expect, it } from "vitest";
import * as ops from "../ops/index.ts";
import { costOf } from "./cost.ts";
import { defineOp, none } from "./op.ts";
import { pointwise } from "./sight.ts";
import { f32, i32, type Tensor, type TensorType } from "./tensor.ts";
import { isOpNode, trace } from "./trace.ts";

const FLOAT = 4;

/** The costs of the nodes of one op, by its name. */
function costs(name: string, body: (...inputs: Tensor[]) => Tensor, ...types: TensorType[]) {
  const { graph } = trace(body, types);
  return graph.nodes
    .filter(isOpNode)
    .filter(({ op }) => op.name === name)
    .map(costOf);
}

it("a record without a rule costs no products, and its inputs and outputs once", () => {
  const own = defineOp({
    ...{ name: "own", inputs: ["x"], attributes: {}, sees: pointwise, samples: [] },
    shape: (_, x) => x,
    gradient: none("it is for a test"),
    reference: () => {},
  });
  expect(costs("own", (x) => own([x]), f32(2, 3))).toEqual([{ multiplyAdds: 0, bytes: 2 * 6 * FLOAT }]);
});

it("matrix products cost rows × inner × columns, however they are transposed", () => {
  const bytes = (6 + 15 + 10) * FLOAT;
  const product = (x: Tensor, y: Tensor) => ops.matmul(x, y, { transposeA: true, transposeB: true });
  expect(costs("matmul", product, f32(3, 2), f32(5, 3))).toEqual([{ multiplyAdds: 2 * 3 * 5, bytes }]);
});

it("a convolution and its two gradients cost the same products", () => {
  const body = (x: Tensor, w: Tensor) => {
    const y = ops.conv(x, w, { groups: 2, stride: 2 });
    const [dx, dw] = ops.gradient(ops.sum(ops.mul(y, y)), [x, w]);
    return ops.add(ops.sum(dx), ops.sum(dw));
  };
  const types = [f32(2, 4, 9, 9), f32(6, 2, 3, 3)];
  const products = 2 * 6 * 4 * 4 * (2 * 3 * 3);
  for (const name of ["conv", "convInputGradient", "convFilterGradient"])
    expect(costs(name, body, ...types).map(({ multiplyAdds }) => multiplyAdds)).toEqual([products]);
});

it("of a long table only what is picked is read, and of a slice only what is taken", () => {
  expect(costs("gather", (x, index) => ops.gather(x, index, 0), f32(1000), i32(2))).toEqual([
    { multiplyAdds: 0, bytes: 3 * 2 * FLOAT },
  ]);
  expect(costs("slice", (x) => ops.slice(x, 0, 0, 3), f32(1000))[0].bytes).toBe(2 * 3 * FLOAT);
});
