import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, type NdArray, Random, zeros } from "../array/index.ts";
import { constant, fill } from "../graph/index.ts";
import { gru as gruOver } from "../ops/index.ts";
import * as nn from "./index.ts";

const sequence = zeros([2, 4, 3]);
const random = new Random(1, "sequence");
for (let i = 0; i < sequence.size; i++) sequence.data[i] = random.uniform(-1, 1);

const build = (layer: nn.Layer): nn.Model => nn.Model.build(layer, { input: [4, 3], seed: 3 });

const outputOf = async (model: nn.Model, training = false): Promise<NdArray> =>
  (await interpreted((x) => ({ y: model(x, { training }) }), [sequence])(sequence)).y;

const layers: readonly [string, (units: number, options?: nn.RecurrentLayerOptions) => nn.Layer, number][] = [
  ["rnn", nn.rnn, 1],
  ["lstm", nn.lstm, 4],
  ["gru", nn.gru, 3],
];

describe.each(layers)("%s", (_, layer, gates) => {
  it("has PyTorch's parameters", () => {
    const model = build(layer(5, { layers: 2, bidirectional: true }));
    const rows = 5 * gates;
    const expected = [0, 1].flatMap((level) =>
      ["", "_reverse"].flatMap((way) => [
        [`weight_ih_l${level}${way}`, [rows, level === 0 ? 3 : 10]],
        [`weight_hh_l${level}${way}`, [rows, 5]],
        [`bias_ih_l${level}${way}`, [rows]],
        [`bias_hh_l${level}${way}`, [rows]],
      ]),
    );
    expect(model.variables.map(({ name, shape }) => [name, shape])).toEqual(expected);
    const bare = build(layer(5, { bias: false }));
    expect(bare.variables.map(({ name }) => name)).toEqual(["weight_ih_l0", "weight_hh_l0"]);
  });

  it("gives the states of the last step, in each direction", async () => {
    const options = { layers: 2, bidirectional: true };
    const all = await outputOf(build(layer(5, options)));
    const last = await outputOf(build(layer(5, { ...options, output: "last" })));
    expect([all.shape, last.shape]).toEqual([
      [2, 4, 10],
      [2, 10],
    ]);
    for (const n of [0, 1]) {
      const steps = all.row(n);
      expect([...last.row(n).data]).toEqual([...steps.row(3).data.slice(0, 5), ...steps.row(0).data.slice(5)]);
    }
  });

  it("is the same after saving and loading", async () => {
    const model = build(nn.sequential(layer(4, { layers: 2, output: "last" }), nn.linear(2)));
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
    expect(await outputOf(loaded)).toEqual(await outputOf(model));
  });

  it("drops between layers, while training only", async () => {
    const [plain, dropping] = [0, 0.5].map((dropout) => build(layer(4, { layers: 3, dropout })));
    expect(await outputOf(dropping)).toEqual(await outputOf(plain));
    const first = await outputOf(dropping, true);
    expect(first).not.toEqual(await outputOf(plain));
    expect(await outputOf(dropping, true)).not.toEqual(first);
    const all = await outputOf(build(layer(4, { layers: 2, dropout: 1 })), true);
    expect(all.row(0)).toEqual(all.row(1));
  });

  it("starts as it is told", () => {
    const model = build(layer(4, { initializer: "orthogonal", biasInitializer: "ones" }));
    const byName = new Map(model.variables.map(({ name, value }) => [name, value]));
    expect(new Set(byName.get("bias_hh_l0")!.data)).toEqual(new Set([1]));
    const columns = [0, 1].map((j) =>
      Array.from({ length: 4 * gates }, (_, i) => byName.get("weight_hh_l0")!.data[i * 4 + j]),
    );
    expect(columns[0].reduce((total, x, i) => total + x * columns[1][i], 0)).toBeCloseTo(0, 5);
  });
});

it("an Elman layer with relu is never negative", async () => {
  const y = await outputOf(build(nn.rnn(6, { activation: "relu" })));
  expect(Math.min(...y.data)).toBe(0);
});

it("layers of one's own take the parameters, and lengths", async () => {
  const encoder = nn.defineLayer({
    type: "encoder",
    options: {},
    forward: (_, x, scope) => {
      const options = { units: 4, layers: 1, bidirectional: false, bias: true } as const;
      return gruOver(
        x,
        nn.recurrentParameters(scope, "gru", 3, { ...options, initializer: "heNormal", biasInitializer: "zeros" }),
        { lengths: fill(2, [x.shape[0]], "i32") },
      ).outputs;
    },
  });
  const y = await outputOf(build(encoder()));
  expect([...y.row(0).row(2).data, ...y.row(1).row(3).data]).toEqual(new Array(8).fill(0));
  expect(
    y
      .row(0)
      .row(1)
      .data.some((value) => value !== 0),
  ).toBe(true);
});

describe("initial states as an input", () => {
  const start = array([[1, 2, 3, 4], [5, 6, 7, 8]]); // biome-ignore format: rows
  const started = nn.Model.build(
    nn.network({ x: [4, 3], first: [4] }, ({ x, first }) => nn.lstm(2, { initial: true })(x, first)),
    { seed: 3 },
  );
  const apply = () => interpreted((x, first) => started.apply({ x, first }), [sequence, start])(sequence, start);

  it("are those that the caller of a model gives", async () => {
    const plain = nn.Model.build(
      nn.network({ x: [4, 3] }, ({ x }) => nn.lstm(2)(x)),
      { seed: 3 },
    );
    const given = await interpreted(
      (x) => {
        const states = { "lstm.h": constant(array([[[1, 2], [5, 6]]])), "lstm.c": constant(array([[[3, 4], [7, 8]]])) }; // biome-ignore format: one line
        return plain.apply({ x }, { states });
      },
      [sequence],
    )(sequence);
    expect((await apply()).output).toEqual(given.output);
  });

  it("come after those that the caller gives", async () => {
    const zero = () => fill(0, [1, 2, 2], "f32");
    const found = await interpreted(
      (x, first) => started.apply({ x, first }, { states: { "lstm.h": zero(), "lstm.c": zero() } }),
      [sequence, start],
    )(sequence, start);
    expect(found.output).not.toEqual((await apply()).output);
  });

  it("must fit", () => {
    const network = nn.network({ x: [4, 3], first: [4] }, ({ x, first }) => nn.lstm(3, { initial: true })(x, first));
    expect(() => nn.Model.build(network)).toThrow(
      "lstm (lstm): the initial states must be [n, 6], 2 · 1 · 3 numbers for each sample, got f32[1,4]; put nn.linear(6) before",
    );
  });
});
