import { describe, expect, it } from "vitest";
import cases from "../../tests/fixtures/attention/attention.json" with { type: "json" };
import { interpreted } from "../../tests/support/values.ts";
import { array, NdArray, OptionError } from "../array/index.ts";
import { compile, createInterpreter } from "../engines/index.ts";
import type { Tensor } from "../graph/index.ts";
import { gradient, sum } from "../ops/index.ts";
import { Application } from "./application.ts";
import * as nn from "./index.ts";
import { VariableStore } from "./store.ts";

/** Float64 against float64: a few roundings of sums in another order. */
const TOLERANCE = 1e-12;

interface Given {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly gradient: readonly number[];
}

interface Case {
  readonly inputs: readonly Given[];
  readonly output: { readonly shape: readonly number[]; readonly values: readonly number[] };
}

const arrayOf = ({ values, shape }: Pick<Given, "values" | "shape">): NdArray =>
  new NdArray(Float64Array.from(values), shape, "f64");

function expectNear(actual: NdArray, expected: readonly number[], what: string): void {
  expect(actual.size, what).toBe(expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(actual.data[i] - value)), 0);
  expect(worst, what).toBeLessThan(TOLERANCE);
}

/** Output and gradients of a layer for PyTorch's inputs and parameters; steps of its later inputs have these lengths. */
async function expectAsTorch(layer: nn.Layer, { inputs, output }: Case, lengths?: readonly number[]): Promise<void> {
  const parameters = new Map(inputs.slice(layer.inputs.length).map((given) => [given.name, given]));
  const given = inputs.slice(0, layer.inputs.length).map(arrayOf);
  const ends = array([...(lengths ?? [])], "i32");
  const run = compile(
    (known, ...tensors: Tensor[]) => {
      const store = new VariableStore(0, (path) => arrayOf(parameters.get(path)!));
      const [y] = new Application(store, {}).runAll(
        layer,
        tensors,
        tensors.map((_, i) => (lengths !== undefined && i > 0 ? known : undefined)),
      );
      const wanted = [...tensors, ...[...parameters.keys()].map((name) => store.variables.get(name)!.read())];
      return { y, slopes: gradient(sum(y.mul(y)), wanted) };
    },
    [ends, ...given],
    { engine: createInterpreter() },
  );
  const { y, slopes } = await run(ends, ...given);
  expect(y.shape).toEqual(output.shape);
  expectNear(y, output.values, "output");
  for (const [i, { name, gradient }] of inputs.entries()) expectNear(slopes[i], gradient, `gradient of ${name}`);
}

const over = (attention: nn.Layer): nn.Layer =>
  nn.network(["query", "keys", "values"], ({ query, keys, values }) => attention(query, keys, values));

describe("attention is PyTorch's, padding left out", () => {
  it.each([
    ["scaled", over(nn.attention()), cases.scaled],
    ["of three heads", over(nn.attention({ heads: 3 })), cases.heads],
    ["additive", over(nn.attention({ score: "additive", units: 4 })), cases.additive],
    ["general", over(nn.attention({ score: "general" })), cases.general],
  ])("%s", (_, layer, one) => expectAsTorch(layer, one, cases.lengths));

  it("as are gated linear units and causal convolutions", async () => {
    await expectAsTorch(nn.glu(), cases.glu);
    await expectAsTorch(nn.causalConv1d(3, { kernel: 3, dilation: 2 }), cases.causalConv1d);
  });
});

describe("attention", () => {
  const model = nn.Model.build(
    nn.network({ query: nn.sequence(2, 3), memory: nn.sequence(2, 4) }, ({ query, memory }) =>
      nn.attention()(query, memory, memory),
    ),
  );
  const attend = (query: NdArray, memory: NdArray, lengths: NdArray) =>
    interpreted(
      (q, m, l) => {
        const weights: Tensor[] = [];
        const { output } = model.apply(
          { query: q, memory: m, "memory.length": l },
          { taps: ["attention.weights"], onTap: (_, value) => void weights.push(value) },
        );
        const [slope] = gradient(sum(output), [q]);
        return { output, slope, weights: weights[0] };
      },
      [query, memory, lengths],
    )(query, memory, lengths);

  it("has weights that add up to 1 over the keys, and none for padding, whatever it holds", async () => {
    const query = array([[[1, 0], [0, 1]]]); // biome-ignore format: rows
    const memory = array([[[1, 2], [3, 4], [NaN, NaN], [Infinity, 0]]]); // biome-ignore format: rows
    const { output, slope, weights } = await attend(query, memory, array([2], "i32"));
    expect(weights.shape).toEqual([1, 1, 2, 4]);
    for (const row of [0, 4]) {
      expect(weights.data[row] + weights.data[row + 1]).toBeCloseTo(1, 6);
      expect([...weights.data.slice(row + 2, row + 4)]).toEqual([0, 0]);
    }
    expect([...output.data, ...slope.data].every(Number.isFinite)).toBe(true);
  });

  it("of no keys gives 0", async () => {
    const query = array([[[1, 0], [0, 1]]]); // biome-ignore format: rows
    const { output, slope } = await attend(query, array([[[1, 2], [3, 4]]]), array([0], "i32")); // biome-ignore format: rows
    expect([...output.data, ...slope.data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it("keeps the steps of its queries", async () => {
    const pooled = nn.Model.build(
      nn.network({ query: nn.sequence(2, 3), memory: nn.sequence(2, 4) }, ({ query, memory }) =>
        nn.poolSteps("sum")(nn.attention()(query, memory, memory)),
      ),
    );
    const query = array([[[1, 0], [9, 9]]]); // biome-ignore format: rows
    const memory = array([[[1, 2]]]);
    const { output } = await interpreted(
      (q, m, l) => pooled.apply({ query: q, memory: m, "query.length": l, "memory.length": l }),
      [query, memory, array([1], "i32")],
    )(query, memory, array([1], "i32"));
    expect([...output.data]).toEqual([1, 2]);
  });

  it("refuses what its score cannot have", () => {
    expect(() => nn.attention({ score: "general", heads: 2 })).toThrow(
      new OptionError("attention: heads are for the scores 'dot' and 'scaled', not 'general'"),
    );
    expect(() => nn.attention({ units: 2 })).toThrow("attention: units are for the score 'additive', not 'scaled'");
    const build = (layer: nn.Layer, keys: number) =>
      nn.Model.build(nn.network({ q: [3, 4], k: [5, keys] }, ({ q, k }) => layer(q, k, k)));
    expect(() => build(nn.attention(), 3)).toThrow(
      "attention (attention): the score 'scaled' multiplies queries and keys of the same features, got query " +
        "f32[1,3,4], keys f32[1,5,3], values f32[1,5,3]; take 'general' or 'additive', or put nn.linear before one of them",
    );
    expect(() => build(nn.attention({ heads: 3 }), 4)).toThrow("3 heads must divide the features of each input evenly");
  });
});
