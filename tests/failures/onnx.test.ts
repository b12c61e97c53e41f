/** What a user reads when a model cannot be exported. */
import { describe, expect, it } from "vitest";
import { CapabilityError, NdArray, OptionError } from "../../src/array/index.ts";
import { exportModel, type OnnxOptions, toOnnx } from "../../src/exchange/index.ts";
import { constant, defineOp, fill, pointwise, type Tensor } from "../../src/graph/index.ts";
import * as nn from "../../src/nn/index.ts";
import { add, lstm, mean, mul, pad, slice, sum } from "../../src/ops/index.ts";

/** As plain JavaScript would write it. */
const anything = (value: unknown): never => value as never;

const own = (forward: (x: Tensor, scope: nn.Scope) => Tensor): nn.Layer =>
  nn.defineLayer({ type: "own", options: {}, forward: (_, x, scope) => forward(x, scope) })();

/** The layer is `block`, behind another one. */
const modelOf = (layer: nn.Layer, ...input: number[]): nn.Model =>
  nn.Model.build(nn.sequential({ first: nn.relu(), block: layer }), { input });

const shifted = defineOp({
  name: "shifted",
  inputs: ["x"],
  attributes: {},
  shape: (_, x) => x,
  sees: pointwise,
  gradient: { none: "not needed" },
  reference: (_, [x], [y]) => y.data.set(x.data.map((value) => value + 1)),
  samples: [],
});

/** A long short-term memory that begins with states of its own. */
const remembering = own((x, scope) => {
  const parameters = nn.recurrentParameters(scope, "lstm", 2, {
    ...{ units: 3, layers: 1, bidirectional: false, bias: true },
    ...{ initializer: "glorotUniform", biasInitializer: "zeros" },
  });
  const lengths = constant(new NdArray(Int32Array.of(2), [1], "i32"));
  const state = fill(0.5, [1, x.shape[0], 3]);
  return lstm(x, parameters, {
    initial: { h: state, c: state },
    lengths: x.shape[0] === 1 ? lengths : undefined,
  }).outputs;
});

describe("a network that a file cannot hold", () => {
  it.each<[string, nn.Model, string]>([
    [
      "an op of your own",
      modelOf(
        own((x) => shifted([x])),
        4,
      ),
      "toOnnx: shifted (block) cannot be exported: it is an op of your own; write it with Fovea's ops",
    ],
    [
      "a recurrence in a layer of your own",
      modelOf(remembering, 4, 2),
      "toOnnx: recurrence (block) cannot be exported: ONNX has recurrent networks as a whole only; use nn.rnn, nn.lstm or nn.gru without initial states, or nn.scan, whose steps are written one by one",
    ],
    [
      "a mean over the batch",
      modelOf(
        own((x) => add(x, mean(x, 0))),
        4,
      ),
      "toOnnx: fill 3 (block) depends on the number of samples other than as the length of an axis, and a file is for any number; export the part of the network before it",
    ],
    [
      "other ops for other batches",
      modelOf(
        own((x) => (x.shape[0] > 3 ? mul(x, x) : x)),
        4,
      ),
      "toOnnx: what it computes depends on the number of samples other than as the length of an axis, and a file is for any number; export the part of the network before it",
    ],
    [
      "one sample more than there are",
      modelOf(
        own((x) =>
          slice(
            pad(x, [
              [0, 1],
              [0, 0],
            ]),
            0,
            1,
          ),
        ),
        4,
      ),
      "toOnnx: a length in pad (block) depends on the number of samples other than as the length of an axis, and a file is for any number; export the part of the network before it",
    ],
    [
      "positions in padding that is larger than the kernel",
      modelOf(
        nn.sequential(nn.maxPool2d(2, { dilation: 3, padding: 2, stride: 1, remember: "p" }), nn.maxUnpool2d("p")),
        1,
        5,
        5,
      ),
      "toOnnx: maxPool (block.0) cannot be exported: its positions are remembered, and its padding is larger than the kernel",
    ],
  ])("%s", async (_, model, message) => {
    await expect(toOnnx(model)).rejects.toThrow(new CapabilityError(message));
  });

  it("may have a sum over the batch", async () => {
    await toOnnx(
      modelOf(
        own((x) => add(x, sum(x, 0))),
        4,
      ),
    );
  });
});

describe("options that do not fit", () => {
  const classifier = nn.Model.build(nn.linear(3), { input: [4] });
  const certain = nn.Model.build(nn.sequential(nn.linear(3), nn.softmax()), { input: [4] });
  const heads = nn.Model.build(nn.network({ x: [4] }, ({ x }) => ({ a: nn.linear(2)(x), b: nn.linear(3)(x) })));
  const line = nn.Model.build(nn.linear(1), { input: [4], task: { type: "regression" } });

  it.each<[string, nn.Model, OnnxOptions, string]>([
    [
      "an opset that there is no writer for",
      classifier,
      anything({ opset: 21 }),
      "toOnnx: opset must be one of 17, 18, got 21",
    ],
    [
      "an unknown option",
      classifier,
      anything({ softMax: true }),
      "toOnnx: there is no option 'softMax'; did you mean softmax?",
    ],
    [
      "a second softmax",
      certain,
      { softmax: true },
      "toOnnx: the network ends in a softmax already; leave softmax out",
    ],
    [
      "a softmax of two outputs",
      heads,
      { softmax: true },
      "toOnnx: softmax is for one output, the model has a, b; leave it out",
    ],
    [
      "a softmax of numbers",
      line,
      { softmax: true },
      "toOnnx: softmax is for classification, the model was trained for regression; leave it out",
    ],
    [
      "no model",
      anything(nn.relu()),
      {},
      "toOnnx: expects a model, got a layer; nn.Model.build(layer, { input }) makes a model, and fit trains one",
    ],
  ])("%s", async (_, model, options, message) => {
    await expect(toOnnx(model, options)).rejects.toThrow(new OptionError(message));
  });

  it.each<[string, OnnxOptions, string]>([
    ["weights.pth", {}, "exportModel weights.pth: the ending says what to write; known: .onnx, .safetensors, .npz"],
    ["weights.npz", { softmax: true }, "export to .npz: there is no option 'softmax'; known: none"],
  ])("%s", async (name, options, message) => {
    await expect(exportModel(classifier, name, options)).rejects.toThrow(new OptionError(message));
  });
});
