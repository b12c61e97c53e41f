import { describe, expect, it } from "vitest";
import { expectGradients } from "../../tests/support/differences.ts";
import { compute, numbersOf } from "../../tests/support/values.ts";
import { array, NdArray, OptionError, Random, ShapeError, zeros } from "../array/index.ts";
import { constant, f32, trace } from "../graph/index.ts";
import { heatMaps, log as logOf, softArgMax } from "./index.ts";

/** Doubles, after a few operations. */
const DIGITS = 12;
const near = (value: number) => expect.closeTo(value, DIGITS);
const { exp, log } = Math;

describe("soft-argmax", () => {
  it("is the mean of the cells' centers by probability", async () => {
    // Probabilities 1/2, 1/4, 1/4: x = 0/2 + 1/4 + 0, y = 0 + 0 + 1/4.
    const maps = array([[[[log(2), 0], [0, -Infinity]]]], "f64"); // biome-ignore format: a map
    expect(await numbersOf((x) => softArgMax(x), maps)).toEqual([[[near(1 / 4), near(1 / 4)]]]);
    // Cells of 4 pixels are centered at 1.5 and 5.5, in a picture of 8.
    const wide = { stride: 4 };
    expect(await numbersOf((x) => softArgMax(x, wide), maps)).toEqual([[[near(2.5), near(2.5)]]]);
    expect(await numbersOf((x) => softArgMax(x, { ...wide, fractions: true }), maps)).toEqual([
      [[near(2.5 / 8), near(2.5 / 8)]],
    ]);
  });

  it("is the place of a maximum that leads by far, x before y", async () => {
    const maps = zeros([1, 2, 3, 5], "f64");
    maps.data[2 * 5 + 4] = 1000;
    maps.data[15 + 1] = 1000;
    expect(await numbersOf((x) => softArgMax(x), maps)).toEqual([[[4, 2], [1, 0]]]); // biome-ignore format: points
    expect(await numbersOf((x) => softArgMax(x), zeros([1, 1, 3, 5], "f64"))).toEqual([[[near(2), near(1)]]]);
    const low = zeros([1, 1, 1, 2], "f64");
    low.data[1] = 1;
    const [[[x]]] = (await numbersOf((x) => softArgMax(x, { temperature: 0.5 }), low)) as number[][][];
    expect(x).toBeCloseTo(1 / (1 + exp(-2)), DIGITS);
  });

  it("has derivatives", async () => {
    const random = new Random(5, "maps");
    const maps = new NdArray(
      Float64Array.from({ length: 24 }, () => random.uniform(-1, 1)),
      [2, 1, 3, 4],
      "f64",
    );
    await expectGradients((x) => softArgMax(x, { stride: 2, temperature: 0.7 }), maps);
  });

  it("refuses what are no maps", async () => {
    expect(() => trace((x) => softArgMax(x), [f32(2, 3, 4)])).toThrow(
      new ShapeError("softArgMax: needs maps [n, points, h, w] in floats, with cells, got f32[2,3,4]"),
    );
    expect(() => trace((x) => softArgMax(x), [f32(2, 3, 0, 4)])).toThrow(ShapeError);
    expect(() => trace((x) => softArgMax(x, { temperature: 0 }), [f32(2, 3, 1, 4)])).toThrow(OptionError);
    expect((await compute((x) => softArgMax(x), zeros([0, 3, 2, 2]))).shape).toEqual([0, 3, 2]);
  });
});

describe("heat maps", () => {
  it("are Gaussians around the points", async () => {
    const points = array([[[1, 0]]], "f64");
    const [e1, e2] = [exp(-1 / 8), exp(-4 / 8)];
    expect(await numbersOf((x) => heatMaps(x, { size: [2, 4] }), points)).toEqual([
      [[[e1, 1, e1, e2].map(near), [e1 * e1, e1, e1 * e1, e1 * e2].map(near)]],
    ]);
  });

  it("are 0 for points that are not there", async () => {
    const points = array([[[NaN, NaN], [0, 0]]], "f64"); // biome-ignore format: points
    const [[none, there]] = (await numbersOf((x) => heatMaps(x, { size: [1, 2] }), points)) as number[][][][];
    expect(none).toEqual([[0, 0]]);
    expect(there[0][0]).toBe(1);
  });

  it("have coarser cells than the picture, and a width for each point", async () => {
    // Cells of 4 pixels, centered at 1.5, 5.5 and 9.5.
    const points = array([[[5.5, 1.5], [5.5, 1.5]]], "f64"); // biome-ignore format: points
    const sigma = constant(array([[4, 8]], "f64"));
    expect(await numbersOf((x) => heatMaps(x, { size: [1, 3], stride: 4, sigma }), points)).toEqual([
      [[[exp(-1 / 2), 1, exp(-1 / 2)].map(near)], [[exp(-1 / 8), 1, exp(-1 / 8)].map(near)]],
    ]);
  });

  it("have the value 1 in the cell of a point that is moved to its center", async () => {
    const points = array([[[3.4, 3.6]]]);
    const maps = (await compute((x) => heatMaps(x, { size: [3, 3], stride: 4, rounded: true }), points)).toNested();
    // Pixels −0.5 to 3.5 are of cell 0, those to 7.5 of cell 1.
    const flat = (maps as number[][][][]).flat(3);
    expect(flat.indexOf(1)).toBe(1 * 3 + 0);
    expect(flat.filter((value) => value === 1).length).toBe(1);
  });

  it("lead back to where they come from", async () => {
    const points = array([[[22.3, 19.8], [20.1, 27.4]]], "f64"); // biome-ignore format: points
    // The softmax of logarithms is the maps themselves, which end far from the points: means are right to 10⁻³ pixels.
    const maps = { size: [12, 12], stride: 4, sigma: 4 };
    const back = await compute((x) => softArgMax(logOf(heatMaps(x, maps)), { stride: 4 }), points);
    for (const [i, value] of points.data.entries()) expect(Math.abs(back.data[i] - value)).toBeLessThan(1e-3);
  });

  it("refuse what are no points", () => {
    expect(() => trace((x) => heatMaps(x, { size: [2, 2] }), [f32(2, 4)])).toThrow(
      new ShapeError("heatMaps: needs points [n, points, 2] in floats, got f32[2,4]"),
    );
    expect(() => trace((x) => heatMaps(x, { size: [2] }), [f32(2, 4, 2)])).toThrow(
      new OptionError("heatMaps: size must be [h, w], got [2]"),
    );
  });
});
