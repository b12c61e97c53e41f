import { describe, expect, it } from "vitest";
import { interpreted } from "../../tests/support/values.ts";
import { full, type NdArray } from "../array/index.ts";
import type { Tensor, TensorType } from "../graph/index.ts";
import { gradient, sum } from "../ops/index.ts";
import * as nn from "./index.ts";

const SIZE = 20_000;
const ones = full([1, SIZE], 1);
const types: readonly TensorType[] = [ones];

const build = (layer: nn.Layer, seed = 1): nn.Model => nn.Model.build(layer, { input: [SIZE], seed });

/** The outputs of `steps` training steps on ones. */
async function steps(model: nn.Model, count: number): Promise<NdArray[]> {
  const step = interpreted((x) => ({ y: model(x, { training: true }) }), types);
  const outputs: NdArray[] = [];
  for (let i = 0; i < count; i++) outputs.push((await step(ones)).y);
  return outputs;
}

const share = (values: Iterable<number>, of: (value: number, i: number) => boolean): number => {
  const list = [...values];
  return list.filter(of).length / list.length;
};

/** Five standard deviations of the share of drawn elements: a test in two million fails by chance. */
const fiveDeviations = (probability: number): number => 5 * Math.sqrt((probability * (1 - probability)) / SIZE);

describe("dropout", () => {
  it.each([0.1, 0.5, 0.8])("leaves out a share of %d, and scales what stays", async (rate) => {
    const [{ data }] = await steps(build(nn.dropout(rate)), 1);
    const dropped = share(data, (y) => y === 0);
    expect(Math.abs(dropped - rate)).toBeLessThan(fiveDeviations(rate));
    expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
  });

  it("leaves out nothing at rate 0, and all at rate 1", async () => {
    expect(share((await steps(build(nn.dropout(0)), 1))[0].data, (y) => y === 1)).toBe(1);
    expect(share((await steps(build(nn.dropout(1)), 1))[0].data, (y) => y === 0)).toBe(1);
  });

  it("does nothing outside training, and draws nothing then", async () => {
    const model = build(nn.dropout(0.5));
    const run = interpreted((x) => ({ y: model(x) }), types);
    expect([...(await run(ones)).y.data].every((y) => y === 1)).toBe(true);
    expect(run.graph.assignments).toEqual([]);
    expect(model.random.position.value.item()).toBe(0);
  });

  it("repeats with the same seed, from step to step and not with another", async () => {
    const [first, second] = await steps(build(nn.dropout(), 7), 2);
    const again = await steps(build(nn.dropout(), 7), 2);
    const [other] = await steps(build(nn.dropout(), 8), 1);
    expect(again.map(({ data }) => data)).toEqual([first.data, second.data]);
    for (const { data } of [second, other]) {
      // Two masks of rate 1/2 that have nothing to do with each other agree in every second place.
      expect(Math.abs(share(data, (y, i) => y === first.data[i]) - 0.5)).toBeLessThan(fiveDeviations(0.5));
    }
  });

  it("goes on where it stopped, when the position of its random numbers is set again", async () => {
    const model = build(nn.dropout(), 7);
    const [, , third] = await steps(model, 3);
    expect(model.random.position.value.item()).toBe(3);
    model.random.position.value.data[0] = 2;
    expect((await steps(model, 1))[0].data).toEqual(third.data);
  });

  it("draws other masks in every layer, and in every application within a step", async () => {
    const model = build(nn.sequential({ a: nn.dropout(), b: nn.dropout() }), 7);
    const run = interpreted((x) => {
      const layers = new Map<string, Tensor>();
      model(x, { training: true, onLayer: (path, _, y) => void layers.set(path, y) });
      const [a, b] = [layers.get("a")!, layers.get("b")!];
      return { a, both: b, again: model(x, { training: true }) };
    }, types);
    const { a, both, again } = await run(ones);
    const kept = (y: NdArray) => share(y.data, (value) => value > 0);
    expect(Math.abs(kept(a) - 0.5)).toBeLessThan(fiveDeviations(0.5));
    // What two masks of rate 1/2 leave is a quarter, if they have nothing to do with each other.
    expect(Math.abs(kept(both) - 0.25)).toBeLessThan(fiveDeviations(0.25));
    const inBoth = share(both.data, (value, i) => value > 0 && again.data[i] > 0);
    expect(Math.abs(inBoth - 1 / 16)).toBeLessThan(fiveDeviations(1 / 16));
    expect(model.random.position.value.item()).toBe(2);
  });

  it("sends derivatives through the elements that stayed, scaled alike", async () => {
    const model = build(nn.dropout(0.5));
    const run = interpreted((x) => {
      const y = model(x, { training: true });
      return { y, dx: gradient(sum(y), [x])[0] };
    }, types);
    const { y, dx } = await run(ones);
    expect(dx.data).toEqual(y.data);
  });
});

describe("channelDropout", () => {
  const CHANNELS = 2000;
  const POSITIONS = 6;
  const maps = full([1, CHANNELS, 2, 3], 1);

  it("leaves out whole maps, and scales the others", async () => {
    const model = nn.Model.build(nn.channelDropout(0.25), { input: [CHANNELS, 2, 3] });
    const step = interpreted((x) => ({ y: model(x, { training: true }) }), [maps]);
    const { data } = (await step(maps)).y;
    const firsts = Array.from({ length: CHANNELS }, (_, i) => data[i * POSITIONS]);
    expect([...data].every((y, i) => y === firsts[Math.floor(i / POSITIONS)])).toBe(true);
    expect(new Set(firsts)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // Five standard deviations of the share of left out maps.
    expect(Math.abs(share(firsts, (y) => y === 0) - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / CHANNELS));
  });

  it("does nothing outside training, and draws nothing then", async () => {
    const model = nn.Model.build(nn.channelDropout(), { input: [CHANNELS, 2, 3] });
    const run = interpreted((x) => ({ y: model(x) }), [maps]);
    expect((await run(maps)).y.data).toEqual(maps.data);
    expect(run.graph.assignments).toEqual([]);
  });

  it("needs channels", () => {
    expect(() => nn.Model.build(nn.channelDropout(), { input: [] })).toThrow(
      "channelDropout: expects [n, channels, …], got f32[1]",
    );
  });
});

describe("stochasticDepth", () => {
  const SAMPLES = 2000;
  const VALUES = 3;
  const maps = full([SAMPLES, VALUES, 1, 1], 1);
  const model = nn.Model.build(nn.stochasticDepth(0.25), { input: [VALUES, 1, 1] });

  it("leaves out whole samples, and scales the others", async () => {
    const step = interpreted((x) => ({ y: model(x, { training: true }) }), [maps]);
    const { data } = (await step(maps)).y;
    const firsts = Array.from({ length: SAMPLES }, (_, i) => data[i * VALUES]);
    expect([...data].every((y, i) => y === firsts[Math.floor(i / VALUES)])).toBe(true);
    expect(new Set(firsts)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // Five standard deviations of the share of left out samples.
    expect(Math.abs(share(firsts, (y) => y === 0) - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / SAMPLES));
  });

  it("does nothing outside training, and draws nothing then", async () => {
    const run = interpreted((x) => ({ y: model(x) }), [maps]);
    expect((await run(maps)).y.data).toEqual(maps.data);
    expect(run.graph.assignments).toEqual([]);
  });
});
