/** What a user reads when layers, models, losses and optimizers are used wrongly. */
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
      "maxPool2d: there is no option 'groups'; known: kernel, stride, padding, ceil, dilation, remember",
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
    [
      "padded by an unknown word",
      () => nn.conv2d(6, { kernel: 5, padding: anything("smae") }),
      "conv2d: padding must be an integer of at least 0, or one for each axis, or one of 'valid', 'same', 'full', got \"smae\"",
    ],
    [
      "padded by less than nothing",
      () => nn.maxPool2d(2, { padding: [0, -1] }),
      "maxPool2d: padding must be an integer of at least 0, or one for each axis, or one of 'valid', 'same', 'full', got [0,-1]",
    ],
    [
      "transposed, that does not move",
      () => nn.convTranspose1d(6, { kernel: 5, stride: 0 }),
      "convTranspose1d: stride must be an integer of at least 1, or one for each axis, got 0",
    ],
    [
      "that unpools what has no name",
      () => nn.maxUnpool2d(""),
      'maxUnpool2d: of must be a text that is not empty, got ""',
    ],
    ["that keeps none", () => nn.kMaxPool(0), "kMaxPool: k must be an integer of at least 1, got 0"],
    [
      "that is applied in no way",
      () => nn.transformConv2d(4, { kernel: 3, transforms: [] }),
      "transformConv2d: transforms must be a list of transforms, { turn, scale, mirror }, such as turns(4), got []",
    ],
    [
      "that is applied in an unknown way",
      () => nn.transformConv2d(4, { kernel: 3, transforms: anything([{ shear: 3 }]) }),
      "transform: there is no option 'shear'; known: turn, scale, mirror",
    ],
    ["with half a unit", () => nn.linear(2.5), "linear: units must be an integer of at least 1, got 2.5"],
    ["that drops more than everything", () => nn.dropout(1.5), "dropout: rate must be a number from 0 to 1, got 1.5"],
    [
      "that follows batches backwards",
      () => nn.batchNorm2d({ momentum: -0.1 }),
      "batchNorm2d: momentum must be a number from 0 to 1, got -0.1",
    ],
    ["that may divide by 0", () => nn.layerNorm({ epsilon: 0 }), "layerNorm: epsilon must be a number above 0, got 0"],
    [
      "with options of PyTorch's spelling",
      () => nn.batchNorm2d(anything({ eps: 1e-3 })),
      "batchNorm2d: there is no option 'eps'; known: momentum, epsilon, affine, trackRunningStats",
    ],
    ["that bends nowhere", () => nn.softplus({ beta: 0 }), "softplus: beta must be a number above 0, got 0"],
    [
      "whose shortcut was not made",
      () => nn.residual(nn.relu(), anything(nn.identity)),
      "residual: shortcut must be a layer, such as relu(), got a function; call it: relu()",
    ],
    [
      "with a padding that has no row",
      () => nn.embedding(10, 4, { padding: 10 }),
      "embedding: padding must be the number of a row, 0 to 9, got 10",
    ],
    [
      "with an unknown initializer",
      () => nn.linear(10, { initializer: anything("xavier") }),
      `linear: initializer must be one of ${nn.initializerNames.map((name) => `'${name}'`).join(", ")}, or { type, … } with type lecunUniform, lecunNormal, glorotUniform, glorotNormal, heUniform, heNormal, heNormalFanOut, torchUniform, zeros, ones, constant, uniform, normal, orthogonal, identity, dirac, got "xavier"`,
    ],
    [
      "that was not made",
      () => nn.sequential(nn.flatten(), anything(nn.relu)),
      "sequential: 1 must be a layer, such as relu(), got a function; call it: relu()",
    ],
    [
      "that was not made, alone",
      () => nn.sequential(anything(nn.relu)),
      "sequential: 0 must be a layer, such as relu(), got a function; call it: relu()",
    ],
    [
      "that is something else",
      () => nn.sequential({ head: anything(3) }),
      "sequential: head must be a layer, such as relu(), got 3",
    ],
    [
      "with a name that is a path",
      () => nn.sequential({ "head.out": nn.relu() }),
      "sequential: a layer's name has 1 to 255 characters, no dot and no slash, got 'head.out'",
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
      "maxPool1d (0): expects [n, channels, length], got f32[1,3,28,28]",
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
    [
      "because groups do not divide what is given",
      nn.sequential(nn.convTranspose2d(6, { kernel: 3, groups: 3 })),
      [4, 8, 8],
      "convTranspose2d (0): 3 groups must divide 4 input channels: input f32[1,4,8,8], filters f32[4,2,3,3]",
    ],
    [
      "because nothing is left of it",
      nn.sequential(nn.convTranspose1d(2, { kernel: 3, padding: 2 })),
      [1, 2],
      "convTranspose1d (0): nothing is left of the output along spatial axis 0: input 2, stride 1, kernel 3, padding 2 and 2; take less padding or a larger input",
    ],
    [
      "because padding is for other axes",
      nn.sequential(nn.zeroPad([1, 2, 3])),
      [1, 4, 4],
      "zeroPad (0): padding [1,2,3] must be one number, one for each spatial axis, or all befores and then all afters, for f32[1,1,4,4]",
    ],
    [
      "because it unpools something of another shape",
      nn.sequential(nn.maxPool1d(2, { remember: "a" }), nn.conv1d(3, { kernel: 1 }), nn.maxUnpool1d("a")),
      [2, 8],
      "maxUnpool1d (2): takes what has the shape of the maxima that 'a' remembers, [1,2,4], got f32[1,3,4]",
    ],
    [
      "because a shortcut keeps the shape that its body changes",
      nn.sequential({ block: nn.residual(nn.conv2d(4, { kernel: 3 })) }),
      [4, 8, 8],
      "branches (block): to add them, outputs must have one shape, got body f32[1,4,6,6], shortcut f32[1,4,8,8]; change stride, padding or filters, or put a 1×1 convolution into the shorter branch",
    ],
    [
      "because it has no maps",
      nn.sequential(nn.flatten(), nn.batchNorm2d()),
      [4, 8, 8],
      "batchNorm2d (1): expects [n, channels, height, width], got f32[1,256]",
    ],
    [
      "because words are wanted and pictures come",
      nn.sequential(nn.embedding(10, 4)),
      [8],
      'embedding (0): expects numbers i32[n, …], got f32[1,8]; build the model with dtype "i32", and put the embedding first',
    ],
    [
      "because there is nothing in its steps",
      nn.sequential(nn.eachStep(nn.linear(2))),
      [8],
      "eachStep (0): expects [n, steps, …] with something in each step, got f32[1,8]",
    ],
    [
      "because padding is of tokens",
      nn.sequential(nn.eachStep(nn.linear(2), { padding: 0 })),
      [3, 8],
      "eachStep (0): padding 0 is for tokens, i32[n, steps, length]; leave it out for f32[3,8]",
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

describe("layers that are linked by a name", () => {
  it.each<[string, nn.Layer, string]>([
    [
      "that nobody gave",
      nn.sequential(nn.maxPool1d(2, { remember: "first" }), nn.maxUnpool1d("frist")),
      "layer 1: no layer before it remembers anything as 'frist'; did you mean first?",
    ],
    [
      "that comes too late",
      nn.sequential(nn.maxUnpool1d("a"), nn.maxPool1d(2, { remember: "a" })),
      "layer 0: no layer before it remembers anything as 'a'; known: none",
    ],
    [
      "that another one has",
      nn.sequential(nn.maxPool1d(2, { remember: "a" }), nn.maxPool1d(2, { remember: "a" })),
      "layer 1: 0 remembers something as 'a' already; take another name",
    ],
  ])("%s", (_, layer, message) => {
    expect(() => nn.Model.build(layer, { input: [1, 8] })).toThrow(new StateError(message));
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
      'the model takes floats, or bytes that stand for value / 255, got i32[2,1,28,28]; cast them, or build the model with dtype: "i32" if it begins with an embedding',
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
    ["with a misspelt option", { inptu: [3] }, "there is no option 'inptu'; did you mean input or inputs?"],
    [
      "with classes that are no names",
      { input: [3], classes: 10 },
      "classes must be a list of strings, no two of them equal, got 10",
    ],
    [
      "with a class twice",
      { input: [3], classes: ["cat", "dog", "cat"] },
      'classes must be a list of strings, no two of them equal, got ["cat","dog","cat"]',
    ],
    [
      "with half a normalization",
      { input: [3], normalization: { mean: [0] } },
      "normalization must be { mean, std }, lists of finite numbers, or a record of these by input, got an object",
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
