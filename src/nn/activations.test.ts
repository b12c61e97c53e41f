import { describe, expect, it } from "vitest";
import { numbersOf } from "../../tests/support/values.ts";
import { array, OptionError, ShapeError } from "../array/index.ts";
import { trace } from "../graph/index.ts";
import * as nn from "./index.ts";

const variablesOf = (layer: nn.Layer, input: readonly number[]) =>
  nn.Model.build(layer, { input }).variables.map(({ name, value }) => [name, value.toNested()]);

describe("activation layers", () => {
  it("hand their options to the functions", async () => {
    const x = array([[-2, 1.5]]);
    const results: [nn.Layer, number[][]][] = [
      [nn.leakyRelu(0.5), [[-1, 1.5]]],
      [nn.hardTanh(0, 1), [[0, 1]]],
      [nn.maxout(2), [[1.5]]],
      [nn.softplus({ beta: 1, threshold: 1 }), [[Math.fround(Math.log1p(Math.exp(-2))), 1.5]]],
      [nn.elu(2), [[Math.fround(2 * Math.expm1(-2)), 1.5]]],
    ];
    for (const [layer, expected] of results) {
      const model = nn.Model.build(layer, { input: [2] });
      expect(await numbersOf((t) => model(t), x), layer.type).toEqual(expected);
    }
  });

  it("say their defaults in what is saved", () => {
    const saved = [nn.leakyRelu(), nn.elu(), nn.gelu(), nn.softplus(), nn.hardTanh(), nn.maxout(2), nn.logSoftmax()];
    expect(saved.map((layer) => layer.toJSON())).toEqual([
      { type: "leakyRelu", slope: 0.01 },
      { type: "elu", alpha: 1 },
      { type: "gelu", approximate: "none" },
      { type: "softplus", beta: 1, threshold: 20 },
      { type: "hardTanh", low: -1, high: 1 },
      { type: "maxout", pieces: 2, axis: 1 },
      { type: "logSoftmax", axis: 1 },
    ]);
  });
});

describe("prelu", () => {
  it("learns one slope, or one for each channel, from a quarter on or from elsewhere", () => {
    expect(variablesOf(nn.prelu(), [2, 3])).toEqual([["weight", [0.25]]]);
    expect(variablesOf(nn.prelu({ perChannel: true, slope: 0.5 }), [2, 3])).toEqual([["weight", [0.5, 0.5]]]);
  });

  it("applies each channel's slope to its maps", async () => {
    const model = nn.Model.build(nn.prelu({ perChannel: true }), { input: [2, 2] });
    model.variables[0].value = array([2, 3]);
    expect(await numbersOf((x) => model(x), array([[[-1, 1], [-1, 4]]]))).toEqual([[[-2, 1], [-3, 4]]]); // biome-ignore format: two maps
  });

  it("needs channels to have a slope for each", () => {
    expect(() => nn.Model.build(nn.prelu({ perChannel: true }), { input: [] })).toThrow(
      new ShapeError("prelu: expects [n, channels, …], got f32[1]"),
    );
  });
});

it("softmax and logSoftmax take any axis", () => {
  const model = nn.Model.build(nn.softmax({ axis: -1 }), { input: [2, 3] });
  const { graph } = trace((x) => model(x), [{ shape: [1, 2, 3], dtype: "f32" }]);
  expect(graph.nodes.at(-1)).toMatchObject({ attributes: { axis: 2 } });
});

it.each<[string, () => unknown, string]>([
  ["a softplus without a bend", () => nn.softplus({ beta: 0 }), "softplus: beta must be a number above 0, got 0"],
  ["half a maxout", () => nn.maxout(1.5), "maxout: pieces must be an integer of at least 1, got 1.5"],
  [
    "another gelu",
    () => nn.gelu({ approximate: "sigmoid" as "tanh" }),
    `gelu: approximate must be one of 'none', 'tanh', got "sigmoid"`,
  ],
])("there is not %s", (_, program, message) => {
  expect(program).toThrow(new OptionError(message));
});
