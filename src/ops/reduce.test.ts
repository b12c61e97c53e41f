import { describe, expect, it } from "vitest";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray, OptionError, ShapeError, zeros } from "../array/index.ts";
import { f32, type Tensor, trace } from "../graph/index.ts";
import { argMax, logSoftmax, max, mean, min, softmax, sum } from "./index.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const doubles = (...values: number[]): NdArray => array(values, "f64");

describe("reductions", () => {
  const matrix = array([[1, 5, 3], [4, 2, 6]], "f64"); // biome-ignore format: a matrix

  it.each<[string, (x: Tensor) => Tensor, unknown]>([
    ["all axes", (x) => sum(x), 21],
    ["one axis", (x) => sum(x, 0), [5, 7, 9]],
    ["an axis counted from the end", (x) => max(x, -1), [5, 6]],
    ["a kept axis", (x) => min(x, 1, { keep: true }), [[1], [2]]],
    ["no axis", (x) => sum(x, []), [[1, 5, 3], [4, 2, 6]]], // biome-ignore format: a matrix
    ["several axes", (x) => mean(x, [1, 0], { keep: true }), [[3.5]]],
  ])("go along %s", async (_, body, expected) => {
    expect(await numbersOf(body, matrix)).toEqual(expected);
  });

  it("refuse options that they do not take", () => {
    for (const [name, reduce] of Object.entries({ sum, mean, reduceMax: max, reduceMin: min })) {
      expect(() => trace((x) => reduce(x, 0, { kep: true } as object), [f32(2, 3)])).toThrow(
        new OptionError(`${name}: there is no option 'kep'; did you mean keep?`),
      );
    }
  });

  it("pass NaN on", async () => {
    for (const reduce of [sum, mean, max, min]) expect(await numbersOf((x) => reduce(x), doubles(1, nan, 2))).toBe(nan);
    expect(await numbersOf((x) => sum(x), doubles(inf, -inf))).toBe(nan);
    expect(await numbersOf((x) => max(x), doubles(-inf, -inf))).toBe(-inf);
  });

  it("of nothing are 0 for sums, NaN for means, and refused for extremes", async () => {
    expect(await numbersOf((x) => sum(x, 1), zeros([2, 0]))).toEqual([0, 0]);
    expect(await numbersOf((x) => mean(x), zeros([0]))).toBe(nan);
    expect((await compute((x) => max(x, 1), zeros([0, 3]))).shape).toEqual([0]);
    expect(() => trace((x) => max(x, 1), [f32(2, 0)])).toThrow(
      new ShapeError("reduceMax: the reduceMax of nothing is not defined: axes [1] of [2,0] are empty: x f32[2,0]"),
    );
    expect(() => trace((x) => argMax(x), [f32(2, 0)])).toThrow("argMax: axis 1 of [2,0] is empty");
  });

  it("keep digits that sums in float32 would lose", async () => {
    const many = zeros([100_001]);
    many.data.fill(1e-4);
    many.data[0] = 1e4;
    expect(await numbersOf((x) => sum(x), many)).toBe(Math.fround(1e4 + 1e5 * Math.fround(1e-4)));
  });

  it("share the derivative among equal extremes", async () => {
    expect((await derivatives((x) => max(x), doubles(2, 1, 2, 0)))[0]).toEqual([0.5, 0, 0.5, 0]);
    expect((await derivatives((x) => min(x), doubles(2, 0, 2, 0)))[0]).toEqual([0, 0.5, 0, 0.5]);
    expect((await derivatives((x) => mean(x, 0), doubles(1, 2, 3, 4)))[0]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("find the first position of a maximum, and of a NaN before all", async () => {
    expect(await numbersOf((x) => argMax(x), doubles(1, 3, 3, 2))).toBe(1);
    expect(await numbersOf((x) => argMax(x), doubles(5, nan, 7, nan))).toBe(1);
    expect(await numbersOf((x) => argMax(x), doubles(-inf, -inf))).toBe(0);
    expect(await numbersOf((x) => argMax(x, 0), matrix)).toEqual([1, 0, 1]);
  });

  it("refuse axes that are not there", () => {
    expect(() => trace((x) => sum(x, 2), [f32(2, 3)])).toThrow("axis 2 is not an axis of a tensor of rank 2");
    expect(() => trace((x) => sum(x, [0, -2]), [f32(2, 3)])).toThrow("name an axis twice");
  });
});

describe("softmax", () => {
  /** Doubles, added up three at a time. */
  const DIGITS = 14;

  it("survives large logits", async () => {
    expect(await numbersOf((x) => softmax(x), doubles(1000, 1000))).toEqual([0.5, 0.5]);
    expect(await numbersOf((x) => softmax(x), doubles(-1e308, 1e308, 0))).toEqual([0, 1, 0]);
    const [p, q] = (await numbersOf((x) => logSoftmax(x), doubles(1e4, 1e4 - 800))) as number[];
    expect([p, q]).toEqual([0, -800]);
  });

  it("survives large logits in float32 too", async () => {
    expect(await numbersOf((x) => logSoftmax(x), array([200, 0, -200]))).toEqual([0, -200, -400]);
    expect(await numbersOf((x) => softmax(x), array([3e38, -3e38]))).toEqual([1, 0]);
  });

  it("takes −∞ for impossible, and has no answer without anything possible", async () => {
    expect(await numbersOf((x) => softmax(x), doubles(0, -inf, 0))).toEqual([0.5, 0, 0.5]);
    expect(await numbersOf((x) => logSoftmax(x), doubles(0, -inf))).toEqual([0, -inf]);
    expect(await numbersOf((x) => softmax(x), doubles(-inf, -inf))).toEqual([nan, nan]);
    expect(await numbersOf((x) => softmax(x), doubles(1, nan))).toEqual([nan, nan]);
  });

  it("does not change when all inputs are moved, so its derivatives add up to 0", async () => {
    const x = doubles(0.3, -1.2, 2);
    const first = async (body: (x: Tensor) => Tensor) => (await derivatives((x) => sum(body(x)), x))[0];
    for (const body of [softmax, logSoftmax]) {
      const total = (await first((x) => max(body(x)))).reduce((a, b) => a + b);
      expect(total).toBeCloseTo(0, DIGITS);
    }
  });

  it("goes along any axis", async () => {
    const x = array([[0, 1000], [0, 0]], "f64"); // biome-ignore format: a matrix
    expect(await numbersOf((x) => softmax(x, 0), x)).toEqual([[0.5, 1], [0.5, 0]]); // biome-ignore format: a matrix
    expect(await numbersOf((x) => softmax(x), x)).toEqual([[0, 1], [0.5, 0.5]]); // biome-ignore format: a matrix
  });
});
