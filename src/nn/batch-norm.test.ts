import { describe, expect, it } from "vitest";
import { compute, interpreted } from "../../tests/support/values.ts";
import { array, full, type NdArray, Random, ShapeError, zeros } from "../array/index.ts";
import { readSafetensors } from "../formats/index.ts";
import { f32, trace } from "../graph/index.ts";
import { sum } from "../ops/index.ts";
import { adam, minimize } from "../optim/index.ts";
import * as nn from "./index.ts";

/** Of float32 results near 1. */
const DIGITS = 5;

const stateOf = (model: nn.Model, name: string): NdArray =>
  model.variables.find((variable) => variable.name === name)!.value;
const numbers = (model: nn.Model, name: string): number[] => [...stateOf(model, name).data];

/** Two channels: 1, 3 and 10, 30, of which the variances are 1 and 100, or unbiased 2 and 200. */
const batch = array([[1, 10], [3, 30]]); // biome-ignore format: two samples

async function trainingStep(model: nn.Model, x: NdArray): Promise<NdArray> {
  return (await interpreted((t) => ({ y: model(t, { training: true }) }), [x])(x)).y;
}

describe("batch normalization", () => {
  const build = (options: nn.BatchNormOptions = {}) => nn.Model.build(nn.batchNorm1d(options), { input: [2] });

  it("standardizes each channel over the batch while training", async () => {
    const { data } = await trainingStep(build({ epsilon: 1e-9 }), batch);
    [-1, -1, 1, 1].forEach((y, i) => {
      expect(data[i]).toBeCloseTo(y, DIGITS);
    });
  });

  it("lets its statistics follow, with the unbiased variance, and counts batches", async () => {
    const model = build();
    await trainingStep(model, batch);
    const [mean, variance] = [numbers(model, "running_mean"), numbers(model, "running_var")];
    [0.2, 2].forEach((value, i) => {
      expect(mean[i]).toBeCloseTo(value, DIGITS);
    });
    [0.9 + 0.2, 0.9 + 20].forEach((value, i) => {
      expect(variance[i]).toBeCloseTo(value, DIGITS);
    });
    await trainingStep(model, batch);
    expect(stateOf(model, "num_batches_tracked").item()).toBe(2);
    expect(numbers(model, "running_mean")[0]).toBeCloseTo(0.38, DIGITS);
  });

  it("follows at the pace of its momentum", async () => {
    const model = build({ momentum: 1 });
    await trainingStep(model, batch);
    expect(numbers(model, "running_mean")).toEqual([2, 20]);
    const still = build({ momentum: 0 });
    await trainingStep(still, batch);
    expect(numbers(still, "running_var")).toEqual([1, 1]);
  });

  it("predicts with the running statistics, and leaves them alone", async () => {
    const model = build({ epsilon: 1e-12 });
    stateOf(model, "running_mean").data.set([1, 10]);
    stateOf(model, "running_var").data.set([4, 25]);
    stateOf(model, "weight").data.set([2, 5]);
    stateOf(model, "bias").data.set([0, 1]);
    const run = interpreted((x) => ({ y: model(x) }), [batch]);
    expect((await run(batch)).y.toNested()).toEqual([[0, 1], [2, 21]]); // biome-ignore format: two samples
    expect(run.graph.assignments).toEqual([]);
  });

  it("goes on from the first application in the second, when it is applied twice in a step", async () => {
    const model = build();
    const step = interpreted((x) => ({ a: model(x, { training: true }), b: model(x, { training: true }) }), [batch]);
    await step(batch);
    expect(stateOf(model, "num_batches_tracked").item()).toBe(2);
    expect(numbers(model, "running_mean")[0]).toBeCloseTo(0.38, DIGITS);
  });

  it("calls its variables as PyTorch does; only weight and bias are trained", async () => {
    const model = build();
    expect(model.variables.map(({ name, dtype, trainable }) => [name, dtype, trainable])).toEqual([
      ["weight", "f32", true],
      ["bias", "f32", true],
      ["running_mean", "f32", false],
      ["running_var", "f32", false],
      ["num_batches_tracked", "i32", false],
    ]);
    const optimizer = adam({ learningRate: 1 });
    const step = interpreted(
      (x) => {
        minimize(sum(model(x)), optimizer);
      },
      [batch],
    );
    await step(batch);
    expect([numbers(model, "running_mean"), numbers(model, "running_var")]).toEqual([[0, 0], [1, 1]]); // biome-ignore format: two lists
    expect(optimizer.variables.some(({ name }) => name.includes("running"))).toBe(false);
    expect(numbers(model, "bias")).not.toEqual([0, 0]);
  });

  it("saves its statistics and has them again", async () => {
    const model = build();
    await trainingStep(model, batch);
    expect([...readSafetensors(await model.toBytes()).tensors.keys()]).toContain("num_batches_tracked");
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(numbers(loaded, "running_var")).toEqual(numbers(model, "running_var"));
    expect(stateOf(loaded, "num_batches_tracked").item()).toBe(1);
    expect(loaded.variables.map(({ trainable }) => trainable)).toEqual([true, true, false, false, false]);
  });

  it("without running statistics standardizes by the batch always, without parameters has none", async () => {
    const model = build({ trackRunningStats: false, affine: false, epsilon: 1e-9 });
    expect(model.variables).toEqual([]);
    const [first] = (await compute((x) => model(x), batch)).data;
    expect(first).toBeCloseTo(-1, DIGITS);
  });

  it("takes every position of a map as a value of its channel", async () => {
    const random = new Random(1, "maps");
    const x = zeros([3, 2, 4, 5]);
    for (let i = 0; i < x.size; i++) x.data[i] = random.normal(5, 3);
    const y = await trainingStep(nn.Model.build(nn.batchNorm2d(), { input: [2, 4, 5] }), x);
    for (const channel of [0, 1]) {
      const values = [...y.data].filter((_, i) => Math.floor(i / 20) % 2 === channel);
      const mean = values.reduce((a, b) => a + b) / values.length;
      expect(mean).toBeCloseTo(0, DIGITS);
      expect(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length).toBeCloseTo(1, DIGITS - 1);
    }
  });

  it("has no statistics of a single value", () => {
    const model = build();
    const one = () => trace((x) => model(x, { training: true }), [f32(1, 2)]);
    expect(one).toThrow(
      new ShapeError(
        "batchNorm1d: while training it needs more than one value for each channel, got f32[1,2]; take a larger batch",
      ),
    );
    expect(() => trace((x) => model(x), [f32(1, 2)])).not.toThrow();
    expect(() => trace((x) => model(x), [f32(0, 2)])).not.toThrow();
  });

  it("does not forget a batch of one channel of equal values: the variance is 0", async () => {
    const model = build();
    const y = await trainingStep(model, full([4, 2], 7));
    expect([...y.data].every((value) => value === 0)).toBe(true);
    expect(numbers(model, "running_var")[0]).toBeCloseTo(0.9, DIGITS);
  });

  it.each<[string, nn.Layer, number[], string]>([
    [
      "1d",
      nn.batchNorm1d(),
      [2, 3, 4],
      "batchNorm1d: expects [n, channels] or [n, channels, length], got f32[1,2,3,4]",
    ],
    ["2d", nn.batchNorm2d(), [2, 3], "batchNorm2d: expects [n, channels, height, width], got f32[1,2,3]"],
    ["3d", nn.batchNorm3d(), [2, 3, 4], "batchNorm3d: expects [n, channels, depth, height, width], got f32[1,2,3,4]"],
  ])("%s refuses other axes", (_, layer, input, message) => {
    expect(() => nn.Model.build(layer, { input })).toThrow(new ShapeError(message));
  });
});
