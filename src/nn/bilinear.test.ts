import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, type Nested } from "../array/index.ts";
import { f32 } from "../graph/index.ts";
import { gradient, mul, sum } from "../ops/index.ts";
import * as nn from "./index.ts";

/** `tests/fixtures/text/make_bilinear.py` made it with PyTorch. */
const torch: Record<"a" | "b" | "weight" | "bias" | "y", Nested> & { readonly gradients: Record<string, Nested> } =
  JSON.parse(readFileSync(new URL("../../tests/fixtures/text/bilinear.json", import.meta.url), "utf8"));

/** Sums of 20 products near 1 in float32, squared and summed again for the gradients. */
const DIGITS = 4;

const network = nn.network({ a: [4], b: [5] }, ({ a, b }) => nn.bilinear(2)(a, b));

it("gives PyTorch's values and gradients", async () => {
  const model = nn.Model.build(network);
  const [weight, bias] = model.variables;
  weight.value = array(torch.weight);
  bias.value = array(torch.bias);
  const inputs = [array(torch.a), array(torch.b)] as const;
  const run = interpreted(
    (a, b) => {
      const y = model.apply({ a, b }).output;
      return { y, all: gradient(sum(mul(y, y)), [a, b, weight.read(), bias.read()]) };
    },
    [...inputs],
  );
  const { y, all } = await run(...inputs);
  const near = (values: Nested): unknown =>
    Array.isArray(values) ? values.map(near) : expect.closeTo(values as number, DIGITS);
  expect(y.toNested()).toEqual(near(torch.y));
  expect(all.map((x) => x.toNested())).toEqual(["a", "b", "weight", "bias"].map((name) => near(torch.gradients[name])));
});

describe("bilinear", () => {
  it("has a matrix for each output, and a bias unless told otherwise", () => {
    const shapes = (layer: nn.Layer) => nn.Model.build(layer).variables.map(({ name, shape }) => [name, ...shape]);
    expect(shapes(network)).toEqual([
      ["bilinear.weight", 2, 4, 5],
      ["bilinear.bias", 2],
    ]);
    const plain = nn.network({ a: [3], b: [2] }, ({ a, b }) => nn.bilinear(1, { bias: false })(a, b));
    expect(shapes(plain)).toEqual([["bilinear.weight", 1, 3, 2]]);
  });

  it("takes vectors only", () => {
    const wide = nn.network({ a: [3, 2], b: [2] }, ({ a, b }) => nn.bilinear(1)(a, b));
    expect(() => nn.Model.build(wide)).toThrow(
      "expects vectors [n, features] and [n, features], got f32[1,3,2] and f32[1,2]",
    );
  });

  it("takes no samples", async () => {
    const model = nn.Model.build(network);
    const run = interpreted((a, b) => ({ y: model.apply({ a, b }).output }), [f32(0, 4), f32(0, 5)]);
    expect((await run(array([], "f32").reshape([0, 4]), array([], "f32").reshape([0, 5]))).y.shape).toEqual([0, 2]);
  });
});
