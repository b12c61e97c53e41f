import { describe, expect, it } from "vitest";
import { compute, numbersOf } from "../../tests/support/values.ts";
import { array, OptionError, ShapeError, zeros } from "../array/index.ts";
import { f32, type Tensor, trace } from "../graph/index.ts";
import { add, mul } from "../ops/index.ts";
import { integer, withDefault } from "../options/index.ts";
import * as nn from "./index.ts";

/** Names and shapes of a new model's variables. */
const variablesOf = (layer: nn.Layer, input: readonly number[]): Record<string, readonly number[]> =>
  Object.fromEntries(nn.Model.build(layer, { input }).variables.map(({ name, shape }) => [name, shape]));

/** The output shape for a batch of two. */
const outputOf = (layer: nn.Layer, input: readonly number[]): readonly number[] => {
  const model = nn.Model.build(layer, { input });
  return trace((x) => model(x), [f32(2, ...input)]).graph.outputs[0].shape;
};

describe("a network", () => {
  const lenet = nn.sequential(
    ...[nn.conv2d(6, { kernel: 5, padding: 2 }), nn.tanh(), nn.maxPool2d(2)],
    ...[nn.conv2d(16, { kernel: 5 }), nn.tanh(), nn.maxPool2d(2)],
    ...[nn.flatten(), nn.linear(120), nn.tanh(), nn.linear(84), nn.tanh(), nn.linear(10)],
  );

  it("infers input channels and features, and calls parameters by the path of their layer", () => {
    expect(variablesOf(lenet, [1, 28, 28])).toEqual({
      "0.weight": [6, 1, 5, 5],
      "0.bias": [6],
      "3.weight": [16, 6, 5, 5],
      "3.bias": [16],
      "7.weight": [120, 400],
      "7.bias": [120],
      "9.weight": [84, 120],
      "9.bias": [84],
      "11.weight": [10, 84],
      "11.bias": [10],
    });
    expect(outputOf(lenet, [1, 28, 28])).toEqual([2, 10]);
  });

  it("can be built for other inputs from the same layers", () => {
    expect(variablesOf(lenet, [3, 32, 32])["7.weight"]).toEqual([120, 576]);
    expect(variablesOf(lenet, [3, 32, 32])["0.weight"]).toEqual([6, 3, 5, 5]);
  });

  it("uses the names that it is given, nested", () => {
    const named = nn.sequential({
      features: nn.sequential(nn.conv2d(4, { kernel: 3, bias: false }), nn.relu()),
      classifier: nn.sequential({ norm: nn.flatten(), out: nn.linear(2) }),
    });
    expect(Object.keys(variablesOf(named, [1, 5, 5]))).toEqual([
      "features.0.weight",
      "classifier.out.weight",
      "classifier.out.bias",
    ]);
  });

  it("has parameters without a prefix when it is one layer", () => {
    expect(Object.keys(variablesOf(nn.linear(2), [3]))).toEqual(["weight", "bias"]);
  });

  it("works for any batch, and for no other input", () => {
    const model = nn.Model.build(lenet, { input: [1, 28, 28] });
    for (const n of [0, 1, 7])
      expect(trace((x) => model(x), [f32(n, 1, 28, 28)]).graph.outputs[0].shape).toEqual([n, 10]);
    expect(() => trace((x) => model(x), [f32(2, 1, 32, 32)])).toThrow(ShapeError);
  });
});

describe("a layer", () => {
  it.each<[string, nn.Layer, number[], number[]]>([
    ["conv1d", nn.conv1d(4, { kernel: 3, stride: 2 }), [2, 9], [2, 4, 4]],
    ["conv2d", nn.conv2d(4, { kernel: [3, 1], padding: [1, 0] }), [2, 5, 6], [2, 4, 5, 6]],
    ["conv3d", nn.conv3d(4, { kernel: 2, dilation: 2 }), [2, 3, 4, 5], [2, 4, 1, 2, 3]],
    ["grouped conv2d", nn.conv2d(4, { kernel: 1, groups: 2 }), [6, 2, 2], [2, 4, 2, 2]],
    ["maxPool1d", nn.maxPool1d(3, { stride: 1 }), [2, 9], [2, 2, 7]],
    ["maxPool2d", nn.maxPool2d(2, { ceil: true }), [2, 5, 5], [2, 2, 3, 3]],
    ["maxPool3d", nn.maxPool3d([1, 2, 2]), [2, 3, 4, 4], [2, 2, 3, 2, 2]],
    ["avgPool1d", nn.avgPool1d(2, { padding: 1 }), [2, 4], [2, 2, 3]],
    ["avgPool2d", nn.avgPool2d(4), [2, 4, 4], [2, 2, 1, 1]],
    ["avgPool3d", nn.avgPool3d(1), [2, 1, 1, 1], [2, 2, 1, 1, 1]],
    ["flatten", nn.flatten(), [2, 3, 4], [2, 24]],
    ["linear over the last axis", nn.linear(5), [7, 3], [2, 7, 5]],
    ["softmax", nn.softmax(), [4, 3], [2, 4, 3]],
    ["an empty sequence", nn.sequential(), [4], [2, 4]],
  ])("%s gives its shape", (_, layer, input, expected) => {
    expect(outputOf(layer, input)).toEqual(expected);
  });

  it("adds its bias to each channel", async () => {
    const model = nn.Model.build(nn.conv2d(2, { kernel: 1, initializer: "zeros" }), { input: [1, 1, 2] });
    model.variables[1].value = array([5, -5]);
    expect(await numbersOf((x) => model(x), zeros([1, 1, 1, 2]))).toEqual([[[[5, 5]], [[-5, -5]]]]);
  });

  it("takes the softmax over classes", async () => {
    const model = nn.Model.build(nn.softmax(), { input: [2, 2] });
    expect(await numbersOf((x) => model(x), array([[[0, 5], [0, 5]]]))).toEqual([[[0.5, 0.5], [0.5, 0.5]]]); // biome-ignore format: rows
  });

  it("is described by its type and all its options", () => {
    const { toJSON } = nn.conv2d(6, { kernel: 5 });
    expect(toJSON()).toEqual({
      type: "conv2d",
      filters: 6,
      kernel: 5,
      stride: 1,
      padding: 0,
      dilation: 1,
      groups: 1,
      bias: true,
      initializer: "glorotUniform",
      biasInitializer: "zeros",
    });
    expect(JSON.parse(JSON.stringify(nn.sequential({ a: nn.relu() })))).toEqual({
      type: "sequential",
      layers: [{ name: "a", layer: { type: "relu" } }],
    });
  });
});

describe("a layer of one's own", () => {
  const scale = nn.defineLayer({
    type: "scale",
    options: { times: withDefault(integer(1), 2) },
    forward: ({ times }, x, scope) => mul(mul(x, times), scope.parameter("factor", [], "ones")),
  });

  it("has options with defaults, parameters and paths like any other", async () => {
    const model = nn.Model.build(nn.sequential(scale({ times: 5 }), scale()), { input: [1] });
    expect(model.variables.map(({ name }) => name)).toEqual(["0.factor", "1.factor"]);
    expect(await numbersOf((x) => model(x), array([[3]]))).toEqual([[30]]);
    expect(() => scale({ times: 0 })).toThrow(OptionError);
  });

  it("may apply other layers under names of its own, the same one twice with the same parameters", async () => {
    const twice = nn.defineLayer({
      type: "twice",
      options: {},
      forward: (_, x, scope) => {
        const dense = nn.linear(1, { initializer: "ones" });
        return add(scope.apply("dense", dense, scope.apply("dense", dense, x)), scope.apply("other", dense, x));
      },
    });
    const model = nn.Model.build(twice(), { input: [1] });
    expect(model.variables.map(({ name }) => name)).toEqual([
      "dense.weight",
      "dense.bias",
      "other.weight",
      "other.bias",
    ]);
    model.variables[0].value = array([[3]]);
    expect(await numbersOf((x) => model(x), array([[2]]))).toEqual([[20]]);
  });

  it("may keep state, which is saved and not trained", () => {
    const counter = nn.defineLayer({
      type: "counter",
      options: {},
      forward: (_, x, scope) => {
        const count = scope.state("count", [], "zeros");
        if (scope.training) count.assign(add(count.read(), 1));
        return x;
      },
    });
    const [count] = nn.Model.build(counter(), { input: [1] }).variables;
    expect([count.name, count.trainable]).toEqual(["count", false]);
  });

  it("cannot ask for a parameter only later", () => {
    const late = nn.defineLayer({
      type: "late",
      options: {},
      forward: (_, x: Tensor, scope) => (scope.training ? add(x, scope.parameter("bias", [1], "zeros")) : x),
    });
    const model = nn.Model.build(late(), { input: [1] });
    expect(() => trace((x) => model(x, { training: true }), [f32(1, 1)])).toThrow(
      "the network asked for a new parameter, bias; its parameters are fixed when it is built",
    );
  });
});

describe("a model's inputs", () => {
  it("may be bytes, which stand for value / 255", async () => {
    const model = nn.Model.build(nn.flatten(), { input: [2] });
    expect(await numbersOf((x) => model(x), array([[0, 255]], "u8"))).toEqual([[0, 1]]);
  });

  it("are normalized channel by channel", async () => {
    const normalization = { mean: [0.5, 1], std: [0.5, 2] };
    const model = nn.Model.build(nn.flatten(), { input: [2, 1, 2], normalization });
    expect(await numbersOf((x) => model(x), array([[[[1, 0]], [[3, 5]]]]))).toEqual([[1, -1, 1, 2]]);
    expect((await compute((x) => model(x), zeros([1, 2, 1, 2], "u8"))).toNested()).toEqual([[-1, -1, -0.5, -0.5]]);
  });

  it.each([
    [{ mean: [0], std: [1] }, "got mean [0], std [1]"],
    [{ mean: [0, 0], std: [1, 0] }, "got mean [0,0], std [1,0]"],
  ])("cannot be normalized with %j", (normalization, got) => {
    expect(() => nn.Model.build(nn.flatten(), { input: [2, 4], normalization })).toThrow(
      new ShapeError(`normalization: needs a mean and a positive deviation for each of 2 channels, ${got}`),
    );
  });
});
