/** What a batch of padded sequences gives, against what each of them gives alone. */
import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, Random, ShapeError, sizeOf } from "../array/index.ts";
import { f32, i32, trace } from "../graph/index.ts";
import { mul, sigmoid } from "../ops/index.ts";
import * as nn from "./index.ts";

const LENGTHS = [3, 1, 6, 4];
const STEPS = 6;
const FEATURES = 2;

/** Rows of a batch as far as their lengths, and something else after that. */
function padded(padding: number): NdArray {
  const random = new Random(5, "sequences");
  const values = Float32Array.from({ length: LENGTHS.length * STEPS * FEATURES }, () => random.uniform(-1, 1));
  LENGTHS.forEach((length, n) => {
    values.fill(padding, (n * STEPS + length) * FEATURES, (n + 1) * STEPS * FEATURES);
  });
  return new NdArray(values, [LENGTHS.length, STEPS, FEATURES], "f32");
}

const lengths = new NdArray(Int32Array.from(LENGTHS), [LENGTHS.length], "i32");
const swap = nn.op("transpose", { order: [0, 2, 1] });

const modelOf = (layer: nn.Layer): nn.Model => nn.Model.build(layer, { input: nn.sequence(FEATURES, STEPS), seed: 2 });

/** What the model gives for a batch with lengths, and for each sequence alone; each row one list. */
async function bothWays(model: nn.Model, padding: number) {
  const x = padded(padding);
  const run = interpreted(
    (input, lengths) => ({ y: model.apply({ input, "input.length": lengths }).output }),
    [x, lengths],
  );
  const { y } = await run(x, lengths);
  const row = sizeOf(y.shape.slice(1));
  const together = LENGTHS.map((_, n) => [...y.data.slice(n * row, (n + 1) * row)]);
  const alone = await Promise.all(
    LENGTHS.map(async (length, n) => {
      const from = n * STEPS * FEATURES;
      const one = new NdArray(x.data.slice(from, from + length * FEATURES), [1, length, FEATURES], "f32");
      const { z } = await interpreted((input) => ({ z: model(input) }), [one])(one);
      return [...z.data];
    }),
  );
  return { together, alone };
}

describe("a padded batch gives what each sequence gives alone", () => {
  it.each<[string, nn.Layer]>([
    ["lstm, last", nn.lstm(3, { output: "last" })],
    ["gru, last", nn.gru(3, { output: "last" })],
    ["rnn both ways, last", nn.rnn(2, { output: "last", bidirectional: true })],
    ["a deep lstm both ways, last", nn.lstm(2, { output: "last", bidirectional: true, layers: 2 })],
    ["the maximum over steps", nn.poolSteps("max")],
    ["the mean over steps", nn.poolSteps("mean")],
    ["the sum over steps", nn.poolSteps("sum")],
    ["an lstm's outputs, pooled", nn.sequential(nn.lstm(3, { bidirectional: true }), nn.poolSteps("max"))],
    [
      "through layers that look at one step",
      nn.sequential(nn.linear(4), nn.layerNorm(), nn.gelu(), nn.dropout(), nn.residual(nn.linear(4)), nn.poolSteps("mean")), // biome-ignore format: one line
    ],
    ["through a gru into another", nn.sequential(nn.gru(3), nn.tanh(), nn.gru(2, { output: "last" }))],
    [
      "through convolutions, the maximum",
      nn.sequential(swap, nn.conv1d(4, { kernel: 3, padding: "same" }), nn.relu(), nn.conv1d(3, { kernel: 2, padding: [1, 0] }), nn.globalMaxPool()), // biome-ignore format: one line
    ],
    [
      "through a convolution and back, the mean",
      nn.sequential(swap, nn.conv1d(4, { kernel: 5, padding: "same" }), swap, nn.poolSteps("mean")),
    ],
    [
      "through wide and narrow convolutions, the maximum",
      nn.sequential(swap, nn.conv1d(4, { kernel: 3, padding: "full" }), nn.relu(), nn.conv1d(3, { kernel: 3, dilation: 1 }), nn.globalMaxPool()), // biome-ignore format: one line
    ],
    [
      "through wide convolutions of two widths, joined again",
      nn.sequential(swap, nn.concat(nn.conv1d(2, { kernel: 3, padding: "full" }), nn.conv1d(3, { kernel: 5, padding: [4, 2], dilation: 1 })), nn.globalMaxPool()), // biome-ignore format: one line
    ],
    ["the two largest, of those shorter with zeros", nn.sequential(swap, nn.conv1d(2, { kernel: 2, padding: "full" }), nn.kMaxPool(2))], // biome-ignore format: one line
    [
      "through dynamic k-max pooling",
      nn.sequential(
        nn.remember("sentence"),
        swap,
        nn.conv1d(4, { kernel: 3, padding: "full" }),
        nn.dynamicKMaxPool({ top: 2, layer: 1, layers: 3, length: "sentence" }),
        nn.fold(),
        nn.tanh(),
        nn.conv1d(2, { kernel: 2, padding: "full" }),
        nn.dynamicKMaxPool({ top: 2, layer: 2, layers: 3, length: "sentence" }),
        nn.globalMaxPool(),
      ),
    ],
    ["through a convolution, the mean of maps", nn.sequential(swap, nn.conv1d(4, { kernel: 3, padding: "same" }), nn.globalAvgPool())], // biome-ignore format: one line
    [
      "through a network of ops",
      nn.network({ x: nn.sequence(FEATURES, STEPS) }, ({ x }) => {
        const seen = nn.lstm(3)(x.mul(2).sub(x));
        return { output: nn.poolSteps("mean")(seen.add(nn.linear(3)(seen)).concat(x, { axis: 2 })) };
      }),
    ],
  ])("%s", async (_, layer) => {
    const isNetwork = layer.type === "network";
    const model = isNetwork ? nn.Model.build(nn.sequential(layer), { input: nn.sequence(FEATURES, STEPS) }) : modelOf(layer); // biome-ignore format: one line
    for (const padding of [7, NaN]) {
      const { together, alone } = await bothWays(model, padding);
      expect(together.flat().every(Number.isFinite)).toBe(true);
      together.forEach((row, n) => {
        row.forEach((value, i) => {
          expect(value).toBeCloseTo(alone[n][i], 6);
        });
      });
    }
  });

  it("sees the padding where no lengths are given", async () => {
    const model = modelOf(nn.lstm(3, { output: "last" }));
    const x = padded(7);
    const run = interpreted(
      (input, lengths) => ({ a: model(input), b: model.apply({ input, "input.length": lengths }).output }),
      [x, lengths],
    );
    const { a, b } = await run(x, lengths);
    expect(a.data[0]).not.toBeCloseTo(b.data[0], 3);
  });

  it("gives 0 for a sequence without steps", async () => {
    const none = new NdArray(Int32Array.of(0, 2), [2], "i32");
    for (const kind of ["max", "mean", "sum"] as const) {
      const model = nn.Model.build(nn.poolSteps(kind), { input: nn.sequence(1, 2) });
      const x = array([[[5], [6]], [[-3], [-3]]]); // biome-ignore format: steps
      const run = interpreted((input, n) => ({ y: model.apply({ input, "input.length": n }).output }), [x, none]);
      expect((await run(x, none)).y.toNested()).toEqual([[0], [kind === "sum" ? -6 : -3]]);
    }
  });
});

describe("a model of token numbers", () => {
  const words = nn.sequential(nn.embedding(20, 4), nn.lstm(3, { output: "last" }), nn.linear(2));
  const model = nn.Model.build(words, { input: nn.tokens(8, { vocabulary: 20 }) });

  it("takes sequences of any number of steps up to its own, and keeps that when it is saved", async () => {
    expect(model.inputs.input).toEqual({ shape: [8], dtype: "i32", sequence: true, vocabulary: 20 });
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(loaded.inputs).toEqual(model.inputs);
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
    for (const steps of [1, 5, 8])
      expect(trace((x) => loaded(x), [i32(3, steps)]).graph.outputs[0].shape).toEqual([3, 2]);
    expect(() => trace((x) => loaded(x), [i32(3, 9)])).toThrow(
      new ShapeError(
        "the model takes inputs of shape i32[n,1…8], got i32[3,9]; cut sequences to 8 steps, or build the model for longer ones",
      ),
    );
  });

  it("takes lengths of one number a sample only", () => {
    const wrong = (input: ReturnType<typeof f32>) =>
      trace((x, n) => model.apply({ input: x, "input.length": n }).output, [i32(3, 4), input]);
    expect(() => wrong(f32(3))).toThrow(
      "input.length must be i32[3], the number of steps of each sequence, got f32[3]",
    );
    expect(() => wrong(i32(4))).toThrow("input.length must be i32[3]");
  });
});

describe("steps that were mixed with padding", () => {
  const traced = (layer: nn.Layer) =>
    trace((x, n) => modelOf(layer).apply({ input: x, "input.length": n }).output, [f32(2, 6, 2), i32(2)]);

  it("are refused by what goes along the steps, which names the layer that mixed them", () => {
    for (const [type, layer] of [
      ["conv1d (1)", nn.sequential(swap, nn.conv1d(3, { kernel: 3, stride: 2 }), nn.globalMaxPool())],
      ["maxPool1d (1)", nn.sequential(swap, nn.maxPool1d(2), nn.globalMaxPool())],
      ["softmax (0)", nn.sequential(nn.softmax({ axis: 1 }), nn.poolSteps("sum"))],
    ] as const)
      expect(() => traced(layer)).toThrow(`but ${type} has mixed its steps with the padding`);
  });

  it("do not trouble a network that ends its sequences first", () => {
    const last = nn.sequential(nn.lstm(6, { output: "last" }), nn.op("reshape", { shape: [-1, 3, 2] }));
    expect(() => traced(nn.sequential(last, nn.gru(2, { output: "last" })))).not.toThrow();
  });

  it("are followed through layers of one's own that look at one step", () => {
    const gate = nn.defineLayer({ type: "gate", options: {}, forward: (_, x) => mul(x, sigmoid(x)) });
    expect(() => traced(nn.sequential(gate(), nn.poolSteps("mean")))).not.toThrow();
  });
});
