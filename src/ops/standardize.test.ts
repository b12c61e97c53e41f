import { describe, expect, it } from "vitest";
import { compute, derivatives, interpreted, numbersOf } from "../../tests/support/values.ts";
import { array, ShapeError } from "../array/index.ts";
import { f32, type Tensor, trace } from "../graph/index.ts";
import { mul, type StandardizeOptions, standardize, sum } from "./index.ts";

const TINY = 1e-15;
const DIGITS = 12;

const body =
  (axes: number | number[], options: StandardizeOptions = { epsilon: TINY }) =>
  (x: Tensor): Tensor =>
    standardize(x, axes, options).y;

describe("standardize", () => {
  it("subtracts the mean and divides by the deviation, group by group", async () => {
    const x = array([[1, 3], [10, 30]], "f64"); // biome-ignore format: two rows
    const { data } = await compute(body(1), x);
    [-1, 1, -1, 1].forEach((y, i) => {
      expect(data[i]).toBeCloseTo(y, DIGITS);
    });
  });

  it("gives mean and variance as well, with length 1 along the axes", async () => {
    const run = interpreted((x) => ({ ...standardize(x, [0, 2]) }), [f32(2, 1, 2)]);
    const { mean, variance } = await run(array([[[1, 2]], [[3, 6]]]));
    expect([mean.toNested(), variance.toNested()]).toEqual([[[[3]]], [[[3.5]]]]);
  });

  it("scales and shifts", async () => {
    const y = (x: Tensor, scale: Tensor, offset: Tensor) => standardize(x, 0, { epsilon: TINY, scale, offset }).y;
    const { data } = await compute(y, array([[1], [3]], "f64"), array([5], "f64"), array([100], "f64"));
    expect(data[0]).toBeCloseTo(95, DIGITS - 2);
    expect(data[1]).toBeCloseTo(105, DIGITS - 2);
  });

  it("of equal elements is 0, with derivatives 0, and of NaN is NaN in its group only", async () => {
    expect(await numbersOf(body(1, {}), array([[7, 7, 7]], "f64"))).toEqual([[0, 0, 0]]);
    const weighted = (x: Tensor) => mul(body(1, {})(x), x);
    expect((await derivatives((x) => sum(weighted(x)), array([[0]], "f64")))[0]).toEqual([0]);
    const { data } = await compute(body(1, {}), array([[1, Number.NaN], [1, 1]], "f64")); // biome-ignore format: two rows
    expect([...data]).toEqual([Number.NaN, Number.NaN, 0, 0]);
  });

  it("keeps its digits far from 0", async () => {
    const { data } = await compute(body(0), array([1e8 + 1, 1e8 + 3], "f64"));
    expect([...data].map((y) => Math.abs(Math.abs(y) - 1) < 1e-6)).toEqual([true, true]);
  });

  it.each<[string, (x: Tensor, s: Tensor) => unknown, string]>([
    ["an axis that is not there", (x) => standardize(x, 3), "standardize: axis 3 is not an axis of a tensor of rank 2: expected -2..1"],
    ["a scale of another shape", (x, scale) => standardize(x, 0, { scale }), "standardize: broadcastTo: shapes [5] and [1,3] cannot be broadcast"],
  ])("refuses %s", (_, program, message) => {
    expect(() => trace((x, s) => void program(x, s), [f32(4, 3), f32(5)])).toThrow(ShapeError);
    expect(() => trace((x, s) => void program(x, s), [f32(4, 3), f32(5)])).toThrow(message);
  }); // biome-ignore format: a table

  it("refuses the mean of nothing, and gives nothing for no groups", () => {
    const shaped = (...shape: number[]) => trace((x) => standardize(x, 0).y, [f32(...shape)]).graph.outputs[0].shape;
    expect(() => shaped(0, 3)).toThrow("standardize: nothing has no mean: axes [0] of [0,3] are empty");
    expect(shaped(3, 0)).toEqual([3, 0]);
  });
});
