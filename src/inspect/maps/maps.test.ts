import { describe, expect, it } from "vitest";
import { NdArray, Random, zeros } from "../../array/index.ts";
import { compile } from "../../engines/index.ts";
import { constant } from "../../graph/index.ts";
import * as nn from "../../nn/index.ts";
import { gradient, sum } from "../../ops/index.ts";
import { fit } from "../../train/index.ts";
import { createUpdateMeter, drawHistogram, filterPictures, histogram, layerStatistics, mapPictures } from "./index.ts";

const f32 = (values: readonly number[], shape: readonly number[]): NdArray =>
  new NdArray(Float32Array.from(values), shape);

describe("filters as pictures", () => {
  it("are colors in the first layer, with 0 in the middle and the largest weight of each at an end", () => {
    const model = nn.Model.build(nn.sequential({ a: nn.conv2d(2, { kernel: 1 }), b: nn.conv2d(3, { kernel: 2 }) }), {
      input: [3, 4, 4],
    });
    model.variables[0].value.data.set([1, 0, -1, 0.25, 0.5, 0]);
    const { layer, kind, pictures, norms } = filterPictures(model);
    expect([layer, kind]).toEqual(["a", "color"]);
    expect(pictures.map(({ data }) => [...data])).toEqual([[255, 128, 0], [191, 255, 128]]); // biome-ignore format: pixels
    expect([...filterPictures(model, { scale: "shared" }).pictures[1].data]).toEqual([159, 191, 128]);
    expect([...norms.data]).toEqual([1, 0, 1, 0.25, 0.5, 0]);
  });

  it("are norms deeper in a network, and pictures of linear layers that see pictures", () => {
    const model = nn.Model.build(nn.sequential({ a: nn.conv2d(2, { kernel: 1 }), b: nn.conv2d(3, { kernel: 2 }) }), {
      input: [1, 4, 4],
    });
    const deep = filterPictures(model, { layer: "b" });
    expect([deep.kind, deep.pictures[0].width, deep.pictures[0].height]).toEqual(["norms", 2, 3]);
    expect(deep.norms.data[5]).toBeCloseTo(Math.hypot(...deep.weights.data.slice(20, 24)), 5);
    const linear = nn.Model.build(nn.sequential(nn.flatten(), nn.linear(5)), { input: [1, 3, 4] });
    expect(filterPictures(linear)).toMatchObject({ layer: "1", kind: "gray" });
    expect(filterPictures(linear).pictures.map(({ width, height }) => [width, height])[4]).toEqual([4, 3]);
    expect(() => filterPictures(model, { layer: "bb" })).toThrow("'bb' has no filters; did you mean b");
    expect(() => filterPictures(nn.Model.build(nn.linear(2), { input: [4] }))).toThrow("has no convolution");
    expect(() => filterPictures(model, { scale: "all" as never })).toThrow("scale must be one of 'each', 'shared'");
  });
});

describe("maps as pictures", () => {
  const maps = f32([0, 1, 2, 10, 5, 0], [1, 2, 1, 3]);

  it("have one scale, or one each", () => {
    const shared = mapPictures(maps, { colors: "gray" }).map(({ data }) => [...data.filter((_, i) => i % 3 === 0)]);
    expect(shared).toEqual([[0, 26, 51], [255, 128, 0]]); // biome-ignore format: pixels
    const each = mapPictures(maps, { colors: "gray", scale: "each" });
    expect([...each[0].data.filter((_, i) => i % 3 === 0)]).toEqual([0, 128, 255]);
  });

  it("show NaN in magenta, rows and numbers, and refuse batches", () => {
    expect([...mapPictures(f32([Number.NaN, 1], [1, 1, 2]))[0].data.slice(0, 3)]).toEqual([255, 0, 255]);
    expect(mapPictures(f32([1, 2, 3], [1, 3]))).toHaveLength(3);
    expect(() => mapPictures(zeros([2, 3, 4, 4]))).toThrow("the maps of one sample");
    expect(() => mapPictures(maps, { scale: "none" as never })).toThrow("scale must be");
  });
});

describe("a histogram", () => {
  it("counts every value once, and says what it cannot count", () => {
    const values = [0, 0.5, 1, 1, 2, Number.NaN, Infinity];
    expect(histogram(values, { bins: 4 })).toEqual({ range: [0, 2], counts: [1, 1, 2, 1], notFinite: 2, outside: 0 });
    expect(histogram(values, { bins: 1, range: [0.5, 1.5] })).toMatchObject({ counts: [3], outside: 2 });
    expect(histogram([3, 3], { bins: 3 })).toMatchObject({ range: [2.5, 3.5], counts: [0, 2, 0] });
    expect(histogram([], { bins: 2 }).counts).toEqual([0, 0]);
    expect(() => histogram(values, { bins: 0 })).toThrow("bins must be");
    expect(() => histogram(values, { range: [1, 1] })).toThrow("two numbers that rise");
  });

  it("is drawn with its highest bar from top to bottom", () => {
    const { width, height, data } = drawHistogram({ range: [0, 2], counts: [1, 4], notFinite: 0, outside: 0 }, 9);
    const column = (x: number): number =>
      Array.from({ length: height }, (_, y) => data[y * width + x]).filter((v) => v === 90).length;
    expect([width, column(0), column(3)]).toEqual([6, 2, 8]);
  });
});

describe("statistics of layers", () => {
  const random = new Random(3, "pictures");
  const count = 10;
  const pictures = f32(
    Array.from({ length: count * 32 }, () => random.uniform()),
    [count, 2, 4, 4],
  );
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const classes = ["a", "b", "c"];
  const data = { name: "noise", images: pictures, labels: new NdArray(labels, [count], "i32"), classes };
  const layer = nn.sequential({
    conv: nn.conv2d(4, { kernel: 3 }),
    relu: nn.relu(),
    flat: nn.flatten(),
    tanh: nn.tanh(),
    fc: nn.linear(3),
  });
  const model = nn.Model.build(layer, { input: [2, 4, 4], classes: ["a", "b", "c"], seed: 2 });
  // The second filter never fires, the third one saturates.
  model.variables.find(({ name }) => name === "conv.bias")!.value.data.set([0, -100, 100, 0]);

  it("are those of all values at once, for any size of batches", async () => {
    const { samples, layers, loss } = await layerStatistics(model, data, { batch: 3 });
    expect([samples, layers.map(({ path }) => path)]).toEqual([count, ["conv", "relu", "flat", "tanh", "fc"]]);
    const relu = layers[1];
    const values = [...(await compile((input) => model.apply({ input }).output, [pictures])(pictures)).data];
    const fc = layers[4];
    const mean = values.reduce((a, b) => a + b) / values.length;
    expect(fc.mean).toBeCloseTo(mean, 5);
    expect(fc.deviation).toBeCloseTo(Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / values.length), 5);
    expect([fc.min, fc.max]).toEqual([Math.min(...values), Math.max(...values)]);
    expect([relu.units, relu.dead, relu.min, relu.zeros >= 0.25]).toEqual([4, [1], 0, true]);
    expect(layers[3].saturated).toBeGreaterThanOrEqual(0.25);
    expect([relu.saturated, relu.notFinite]).toEqual([undefined, 0]);
    const whole = await layerStatistics(model, data, { batch: count });
    expect(loss).toBeCloseTo(whole.loss!, 5);
    for (const [i, { gradientNorm }] of layers.entries())
      expect(gradientNorm).toBeCloseTo(whole.layers[i].gradientNorm!, 5);
  });

  it("have the gradients of the loss", async () => {
    const { parameters, layers } = await layerStatistics(model, data, { batch: count, engine: "interpreter" });
    const expected = await compile(
      (input) => {
        const scores = model.apply({ input }).output;
        const loss = nn.crossEntropy(scores, constant(new NdArray(labels, [count], "i32")));
        const [bias, output] = gradient(loss, [model.variables.find(({ name }) => name === "fc.bias")!.read(), scores]);
        return { bias, squares: sum(output.mul(output)) };
      },
      [pictures],
    )(pictures);
    const norm = Math.hypot(...expected.bias.data);
    expect(parameters.find(({ name }) => name === "fc.bias")!.gradientNorm).toBeCloseTo(norm, 6);
    expect(layers[4].gradientNorm).toBeCloseTo(Math.sqrt(expected.squares.item() * count), 5);
    const without = await layerStatistics(model, data, { gradients: false });
    expect([without.loss, without.parameters, without.layers[0].gradientNorm]).toEqual([undefined, [], undefined]);
  });

  it("tell values that are not finite, and refuse networks without inner layers", async () => {
    const broken = nn.Model.build(layer, { input: [2, 4, 4], classes: ["a", "b", "c"] });
    broken.variables[0].value.data.fill(Number.NaN, 0, 18);
    const { layers } = await layerStatistics(broken, data, { gradients: false });
    expect(layers[0].notFinite).toBeCloseTo(0.25, 6);
    const single = nn.Model.build(nn.linear(3), { input: [4] });
    await expect(layerStatistics(single, data)).rejects.toThrow("a single layer");
    await expect(layerStatistics(model, data, { batch: 0 })).rejects.toThrow("batch must be");
  });

  it("measure how far parameters move, in events of training too", async () => {
    const model = nn.Model.build(layer, { input: [2, 4, 4], classes: ["a", "b", "c"], seed: 2 });
    const measure = createUpdateMeter(model);
    expect(measure().every(({ ratio }) => ratio === 0)).toBe(true);
    const before = model.variables[0].value.copy();
    const seen: number[] = [];
    await fit(model, data, {
      epochs: 2,
      batch: 5,
      onEvent: ({ type }) => void (type === "epoch" && seen.push(measure()[0].ratio)),
    });
    expect(seen).toHaveLength(2);
    expect(seen.every((ratio) => ratio > 0 && ratio < 1)).toBe(true);
    expect(model.variables[0].value.data).not.toEqual(before.data);
  });
});
