/** What a user reads when layers, models, losses and optimisers are used wrongly. */
import { describe, expect, it } from "vitest";
import { OptionError, ShapeError, StateError } from "../../src/array/index.ts";
import { f32, f64, fill, i32, type TensorType, trace } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { adam, minimize, sgd } from "../../src/optim/index.ts";
import { interpreted } from "../support/values.ts";

/** As plain JavaScript would write it. */
const anything = (value: unknown): never => value as never;

describe("a layer", () => {
  it.each<[string, () => unknown, string]>([
    [
      "without its kernel",
      () => nn.conv2d(6, anything({})),
      "conv2d: kernel must be an integer of at least 1, or one for each axis, got nothing",
    ],
    [
      "with a misspelt option",
      () => nn.conv2d(6, anything({ kernal: 5 })),
      "conv2d: there is no option 'kernal'; did you mean kernel?",
    ],
    [
      "with an option of another layer",
      () => nn.maxPool2d(2, anything({ groups: 2 })),
      "maxPool2d: there is no option 'groups'; known: kernel, stride, padding, ceil, dilation",
    ],
    ["with no filters", () => nn.conv2d(0, { kernel: 5 }), "conv2d: filters must be an integer of at least 1, got 0"],
    [
      "with a kernel of no size",
      () => nn.conv2d(6, { kernel: [3, 0] }),
      "conv2d: kernel must be an integer of at least 1, or one for each axis, got [3,0]",
    ],
    [
      "that does not move",
      () => nn.conv2d(6, { kernel: 5, stride: 0 }),
      "conv2d: stride must be an integer of at least 1, or one for each axis, got 0",
    ],
    ["with half a unit", () => nn.linear(2.5), "linear: units must be an integer of at least 1, got 2.5"],
    ["that drops more than everything", () => nn.dropout(1.5), "dropout: rate must be a number from 0 to 1, got 1.5"],
    [
      "with an unknown initializer",
      () => nn.linear(10, { initializer: anything("xavier") }),
      `linear: initializer must be one of ${nn.initializerNames.map((name) => `'${name}'`).join(", ")}, got "xavier"`,
    ],
    [
      "that was not made",
      () => nn.sequential(nn.flatten(), anything(nn.relu)),
      "sequential: 1 must be a layer, such as relu(), got function",
    ],
    [
      "that was not made, alone",
      () => nn.sequential(anything(nn.relu)),
      "sequential: 0 must be a layer, such as relu(), got function",
    ],
    [
      "that is something else",
      () => nn.sequential({ head: anything(3) }),
      "sequential: head must be a layer, such as relu(), got number",
    ],
    [
      "with a name that is a path",
      () => nn.sequential({ "head.out": nn.relu() }),
      "sequential: a layer's name must not be empty or contain a dot or slash, got 'head.out'",
    ],
  ])("%s", (_, program, message) => {
    expect(program).toThrow(new OptionError(message));
  });
});

describe("a network that does not fit its input", () => {
  it.each<[string, nn.Layer, number[], string]>([
    [
      "because maps become too small",
      nn.sequential({
        features: nn.sequential(nn.conv2d(6, { kernel: 5 }), nn.maxPool2d(2), nn.conv2d(16, { kernel: 5 })),
      }),
      [1, 12, 12],
      "conv2d (features.2): the kernel spans 5 along spatial axis 0, the padded input has 4; take a smaller kernel or more padding: input f32[1,6,4,4], filters f32[16,6,5,5]",
    ],
    [
      "because a pooling window is larger than its map",
      nn.sequential(nn.maxPool2d(4)),
      [1, 3, 8],
      "maxPool2d (0): the kernel spans 4 along spatial axis 0, the padded input has 3; take a smaller kernel or more padding: input f32[1,1,3,8]",
    ],
    [
      "because an axis is missing",
      nn.sequential(nn.conv2d(6, { kernel: 5 })),
      [28, 28],
      "conv2d (0): expects [n, channels, height, width], got f32[1,28,28]",
    ],
    [
      "because there is one axis too many",
      nn.sequential(nn.maxPool1d(2)),
      [3, 28, 28],
      "maxPool1d (0): expects [n, channels] and 1 spatial axes, got f32[1,3,28,28]",
    ],
    [
      "because groups do not divide the channels",
      nn.sequential(nn.relu(), nn.conv2d(6, { kernel: 3, groups: 3 })),
      [4, 8, 8],
      "conv2d (1): 3 groups must divide both 4 input channels and 6 filters: input f32[1,4,8,8], filters f32[6,1,3,3]",
    ],
    [
      "because the kernel is for other axes",
      nn.sequential(nn.conv2d(6, { kernel: [3] })),
      [4, 8, 8],
      "conv2d (0): kernel [3] must have 2 numbers, or be one",
    ],
    ["because there are no features", nn.linear(3), [], "linear: expects [n, …, features], got f32[1]"],
    [
      "because it has no such axis",
      nn.sequential(nn.softmax({ axis: 3 })),
      [4],
      "softmax (0): axis 3 is not an axis of a tensor of rank 2: expected -2..1",
    ],
  ])("%s", (_, layer, input, message) => {
    expect(() => nn.Model.build(layer, { input })).toThrow(new ShapeError(message));
  });
});

describe("a model", () => {
  const model = nn.Model.build(nn.sequential(nn.conv2d(2, { kernel: 3 })), { input: [1, 28, 28] });

  it.each<[string, TensorType, string]>([
    ["without the channel axis", f32(2, 28, 28), "the model takes inputs of shape [n,1,28,28], got f32[2,28,28]"],
    ["to other channels", f32(2, 3, 28, 28), "the model takes inputs of shape [n,1,28,28], got f32[2,3,28,28]"],
    ["to one sample without a batch", f32(1, 28, 28), "the model takes inputs of shape [n,1,28,28], got f32[1,28,28]"],
    [
      "to doubles",
      f64(2, 1, 28, 28),
      "conv2d (0): element types differ: f64 and f32; cast one of them: input f64[2,1,28,28], filters f32[2,1,3,3]",
    ],
    [
      "to integers",
      i32(2, 1, 28, 28),
      "conv2d (0): needs floating-point values, cast i32[2,1,28,28] first: input i32[2,1,28,28], filters f32[2,1,3,3]",
    ],
  ])("applied %s", (_, type, message) => {
    expect(() => interpreted((x) => model(x), [type])).toThrow(new ShapeError(message));
  });

  it("applied outside a trace", () => {
    expect(() => model(fill(0, [1, 1, 28, 28]))).toThrow(
      new StateError(
        "variable 0.weight was read outside a trace; do it inside the function given to compile() or evaluate(), or read its .value",
      ),
    );
  });

  it.each<[string, object, string]>([
    ["without an input", {}, "input must be the shape of one input, such as [1, 28, 28], got nothing"],
    [
      "with an empty axis",
      { input: [1, 0, 28] },
      "input must be the shape of one input, such as [1, 28, 28], got [1,0,28]",
    ],
    ["with a misspelt option", { inputs: [3] }, "there is no option 'inputs'; did you mean input?"],
    ["with classes that are no names", { input: [3], classes: 10 }, "classes must be a list of strings, got 10"],
    [
      "with half a normalization",
      { input: [3], normalization: { mean: [0] } },
      "normalization must be { mean, std }, lists of numbers, got an object",
    ],
  ])("built %s", (_, options, message) => {
    expect(() => nn.Model.build(nn.relu(), anything(options))).toThrow(new OptionError(`Model.build: ${message}`));
  });

  it("built from a seed that would be cut off", () => {
    expect(() => nn.Model.build(nn.relu(), { input: [3], seed: 2 ** 32 })).toThrow(
      new OptionError("seed 4294967296 is out of range: expected an integer from 0 to 4294967295"),
    );
  });
});

describe("learning", () => {
  it.each<[string, () => unknown, string]>([
    [
      "with a misspelt option",
      () => sgd(anything({ learningrate: 0.1 })),
      "sgd: there is no option 'learningrate'; did you mean learningRate?",
    ],
    ["uphill", () => sgd({ learningRate: -0.1 }), "sgd: learningRate must be a number of at least 0, got -0.1"],
    ["with a momentum that grows", () => sgd({ momentum: 1.1 }), "sgd: momentum must be a number from 0 to 1, got 1.1"],
    [
      "with one β",
      () => adam({ betas: anything([0.9]) }),
      "adam: betas must be two numbers from 0 up to but not including 1, got [0.9]",
    ],
  ])("%s", (_, program, message) => {
    expect(program).toThrow(new OptionError(message));
  });

  const model = nn.Model.build(nn.linear(3), { input: [4] });

  it("from a loss that is not one number", () => {
    const step = () =>
      interpreted((x, y) => minimize(nn.crossEntropy(model(x), y, { reduction: "none" }), sgd()), [f32(2, 4), i32(2)]);
    expect(step).toThrow(
      new ShapeError("gradient: the result must be one number, got f32[2]; reduce it, or give outputGradient"),
    );
  });

  it("from classes of another batch, or that are no integers", () => {
    const expected = "crossEntropy: expects scores [n, classes, …] and i32 class numbers [n, …], got f32[2,3] and";
    for (const classes of [i32(5), f32(2)]) {
      const got = `${classes.dtype}[${classes.shape}]`;
      expect(() => trace((x, y) => nn.crossEntropy(model(x), y), [f32(2, 4), classes])).toThrow(
        new ShapeError(`${expected} ${got}`),
      );
    }
  });

  it("without anything to learn", () => {
    expect(() => interpreted(() => minimize(fill(0, []), sgd()), [])).toThrow(
      new StateError("minimize: the loss depends on no trainable variable"),
    );
  });
});
