import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, Random, type Shape, zeros } from "../array/index.ts";
import type { Tensor } from "../graph/index.ts";
import { sum } from "./broadcast.ts";
import type { CellName } from "./cells.ts";
import { gradient } from "./gradient.ts";
import {
  gru,
  type LstmState,
  lstm,
  type RecurrentOptions,
  type RecurrentSizes,
  type RecurrentState,
  recurrentShapes,
  rnn,
} from "./recurrent.ts";

type Network = (
  x: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  options: RecurrentOptions<LstmState>,
) => RecurrentState & { readonly outputs: Tensor; readonly c?: Tensor };

const networks: readonly [string, CellName, Network][] = [
  ["rnn", "tanh", rnn],
  ["rnn of relu", "relu", (x, parameters, options) => rnn(x, parameters, { ...options, activation: "relu" })],
  ["lstm", "lstm", lstm],
  ["gru", "gru", gru],
];

function draw(shape: Shape, stream: string): NdArray {
  const random = new Random(1, stream);
  const values = zeros(shape);
  for (let i = 0; i < values.size; i++) values.data[i] = random.uniform(-1, 1);
  return values;
}

const sizes = { channels: 2, units: 3, layers: 1, bidirectional: false, bias: true };

const parametersOf = (given: RecurrentSizes): Record<string, NdArray> =>
  Object.fromEntries([...recurrentShapes(given)].map(([name, shape]) => [name, draw(shape, name)]));

interface Setting {
  readonly lengths?: NdArray;
  readonly h?: NdArray;
  readonly c?: NdArray;
}

/** Outputs, final states, and the derivatives of the sum of all of them with respect to the input and every parameter. */
async function run(network: Network, x: NdArray, parameters: Record<string, NdArray>, setting: Setting = {}) {
  const given = Object.entries({ x, ...setting, ...parameters }).filter(([, value]) => value !== undefined);
  const body = interpreted(
    (...inputs) => {
      const { x, lengths, h, c, ...rest } = Object.fromEntries(given.map(([name], i) => [name, inputs[i]]));
      const initial = h && { h, c: c ?? h };
      const { outputs, ...states } = network(x, rest, { lengths, initial });
      const all = [outputs, ...Object.values(states)];
      const wanted = { x, ...rest };
      const slopes = all.map((result) => gradient(sum(result), Object.values(wanted)));
      const of = (name: string): Tensor[] => slopes.map((list) => list[Object.keys(wanted).indexOf(name)]);
      return { outputs, states, slopes: Object.fromEntries(Object.keys(wanted).map((name) => [name, of(name)])) };
    },
    given.map(([, value]) => value),
  );
  return body(...given.map(([, value]) => value));
}

/** [n, steps, channels] with the steps in the opposite order. */
function reversed(x: NdArray): NdArray {
  const [batch, steps, channels] = x.shape;
  const result = zeros(x.shape);
  for (let n = 0; n < batch; n++)
    for (let t = 0; t < steps; t++) {
      const from = (n * steps + t) * channels;
      result.data.set(x.data.subarray(from, from + channels), (n * steps + steps - 1 - t) * channels);
    }
  return result;
}

/** Some steps of one sequence as a batch of their own. */
function part(x: NdArray, n: number, from: number, to: number): NdArray {
  const [, steps, channels] = x.shape;
  return new NdArray(
    x.data.slice((n * steps + from) * channels, (n * steps + to) * channels),
    [1, to - from, channels],
    "f32",
  );
}

const renamed = (parameters: Record<string, NdArray>, from: RegExp, to: string): Record<string, NdArray> =>
  Object.fromEntries(
    Object.entries(parameters)
      .filter(([name]) => from.test(name))
      .map(([name, value]) => [name.replace(from, to), value]),
  );

/** Derivatives of one batch and of its samples one by one are added up in another order: some roundings of 6e-8. */
const ADDED_UP = 2e-6;

function expectClose({ data }: NdArray, expected: readonly number[]): void {
  expect(data).toHaveLength(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  for (const [i, x] of expected.entries()) expect(Math.abs(data[i] - x)).toBeLessThanOrEqual(ADDED_UP * scale);
}

describe.each(networks)("%s", (_, cell, network) => {
  const x = draw([3, 5, 2], "x");

  it("in both directions is one network each way", async () => {
    const parameters = parametersOf({ ...sizes, cell, bidirectional: true });
    const both = await run(network, x, parameters);
    const there = await run(network, x, renamed(parameters, /l0$/, "l0"));
    const back = await run(network, reversed(x), renamed(parameters, /l0_reverse$/, "l0"));
    const backOutputs = reversed(back.outputs);
    for (let row = 0; row < 15; row++) {
      const [mine, first, second] = [both.outputs, there.outputs, backOutputs].map(({ data, shape }) => [
        ...data.subarray(row * shape[2], (row + 1) * shape[2]),
      ]);
      expect(mine).toEqual([...first, ...second]);
    }
    expect([...both.states.h.data]).toEqual([...there.states.h.data, ...back.states.h.data]);
  });

  it("over sequences of different lengths is each by itself, whatever the padding", async () => {
    const lengths = [3, 5, 1];
    const parameters = parametersOf({ ...sizes, cell, layers: 2, bidirectional: true });
    const padded = x.copy();
    lengths.forEach((length, n) => {
      padded.data.fill(NaN, (n * 5 + length) * 2, (n + 1) * 10);
    });
    const together = await run(network, padded, parameters, { lengths: array(lengths, "i32") });
    const sums: Record<string, number[]> = {};
    for (const [n, length] of lengths.entries()) {
      const alone = await run(network, part(x, n, 0, length), parameters);
      const rest = new Array<number>((5 - length) * 6).fill(0);
      expect([...part(together.outputs, n, 0, 5).data]).toEqual([...alone.outputs.data, ...rest]);
      for (const [name, state] of Object.entries(alone.states))
        for (let layer = 0; layer < 4; layer++)
          expect([...together.states[name as "h"]!.row(layer).row(n).data]).toEqual([...state!.row(layer).row(0).data]);
      for (const [name, slopes] of Object.entries(alone.slopes).filter(([name]) => name !== "x"))
        slopes.forEach(({ data }, k) => {
          sums[`${name} ${k}`] = [...data].map((slope, i) => slope + (sums[`${name} ${k}`]?.[i] ?? 0));
        });
      together.slopes.x.forEach((slope, k) => {
        const padding = new Array<number>((5 - length) * 2).fill(0);
        expectClose(part(slope, n, 0, 5), [...alone.slopes.x[k].data, ...padding]);
      });
    }
    for (const [key, total] of Object.entries(sums)) {
      const [name, k] = key.split(" ");
      expectClose(together.slopes[name][Number(k)], total);
    }
  });

  it("goes on from the states where it stopped", async () => {
    const parameters = parametersOf({ ...sizes, cell, layers: 2 });
    const one = part(x, 0, 0, 5);
    const whole = await run(network, one, parameters);
    const start = await run(network, part(one, 0, 0, 2), parameters);
    const end = await run(network, part(one, 0, 2, 5), parameters, start.states);
    expect([...start.outputs.data, ...end.outputs.data]).toEqual([...whole.outputs.data]);
    expect(end.states).toEqual(whole.states);
  });

  it("keeps its initial states over a sequence without steps", async () => {
    const parameters = parametersOf({ ...sizes, cell });
    const [h, c] = [draw([1, 3, 3], "h"), draw([1, 3, 3], "c")];
    const setting = { lengths: array([0, 2, 7], "i32"), h, ...(cell === "lstm" && { c }) };
    const { outputs, states } = await run(network, x, parameters, setting);
    expect(states.h.row(0).row(0)).toEqual(h.row(0).row(0));
    expect(outputs.row(0)).toEqual(zeros([5, 3]));
    const full = await run(network, x, parameters, { ...setting, lengths: array([5, 5, 5], "i32") });
    expect(outputs.row(2)).toEqual(full.outputs.row(2));
    const none = await run(network, zeros([3, 0, 2]), parameters, { ...setting, lengths: undefined });
    expect(none.states.h).toEqual(h);
  });

  it("without biases is one whose biases are 0", async () => {
    const bare = parametersOf({ ...sizes, cell, bias: false });
    const full = { ...parametersOf({ ...sizes, cell }), ...bare };
    for (const [name, { shape }] of Object.entries(full)) if (name.startsWith("bias")) full[name] = zeros(shape);
    expect((await run(network, x, bare)).outputs).toEqual((await run(network, x, full)).outputs);
  });
});
