import { expect, it } from "vitest";
import { compute } from "../../tests/support/values.ts";
import { array, ShapeError } from "../array/index.ts";
import * as nn from "./index.ts";

it("squeezeExcitation multiplies maps by factors from their means", async () => {
  const block = nn.squeezeExcitation(2, { squeezed: 1, activation: nn.identity(), initializer: "ones" });
  const model = nn.Model.build(block, { input: [2, 1, 2] });
  // The means are 2 and −1, whose sum is 1.
  const x = array([[[[1, 3]], [[-1, -1]]]]);
  const factor = 1 / (1 + Math.exp(-1));
  expect([...(await compute((t) => model(t), x)).data]).toEqual([1, 3, -1, -1].map((v) => expect.closeTo(v * factor)));
});

it("squeezeExcitation has torchvision's parameters, and a sixteenth of the channels between", () => {
  const { variables } = nn.Model.build(nn.squeezeExcitation(32), { input: [32, 3, 3] });
  expect(variables.map(({ name, shape }) => [name, shape])).toEqual([
    ["fc1.weight", [2, 32, 1, 1]],
    ["fc1.bias", [2]],
    ["fc2.weight", [32, 2, 1, 1]],
    ["fc2.bias", [32]],
  ]);
});

it("squeezeExcitation of another number of channels is refused", () => {
  expect(() => nn.Model.build(nn.squeezeExcitation(16), { input: [8, 3, 3] })).toThrow(ShapeError);
});
