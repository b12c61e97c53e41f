import { describe, expect, it } from "vitest";
import { derivatives, numbersOf } from "../../../tests/support/values.ts";
import { array, type NdArray, OptionError, ShapeError } from "../../array/index.ts";
import { atPath, constant, f32, i32, type Tensor, trace } from "../../graph/index.ts";
import { crossEntropy, type LossOptions, meanSquaredError, negativeLogLikelihood } from "./index.ts";

const { log } = Math;
const classes = (...values: number[]): Tensor => constant(array(values, "i32"));
/** Doubles, after a few operations. */
const DIGITS = 14;

/** Probabilities 1/4 and 3/4, then 1/2 and 1/2. */
const scores = array([[0, log(3)], [5, 5]], "f64"); // biome-ignore format: two samples

describe("cross-entropy", () => {
  const loss = async (target: number[], options?: Parameters<typeof crossEntropy>[2]) =>
    numbersOf((x) => crossEntropy(x, classes(...target), options), scores);

  it("is −log of the probability of the right class, averaged over the batch", async () => {
    expect(await loss([1, 0])).toBeCloseTo((log(4 / 3) + log(2)) / 2, DIGITS);
    expect(await loss([0, 0])).toBeCloseTo((log(4) + log(2)) / 2, DIGITS);
  });

  it("may be added up, or left as it is", async () => {
    expect(await loss([1, 0], { reduction: "sum" })).toBeCloseTo(log(4 / 3) + log(2), DIGITS);
    const [first, second] = (await loss([1, 0], { reduction: "none" })) as number[];
    expect([first, second]).toEqual([expect.closeTo(log(4 / 3), DIGITS), expect.closeTo(log(2), DIGITS)]);
  });

  it("spreads a share of the target evenly with label smoothing", async () => {
    const even = (log(4) + log(4 / 3)) / 2;
    const expected = 0.8 * log(4 / 3) + 0.2 * even;
    const [first] = (await loss([1, 0], { labelSmoothing: 0.2, reduction: "none" })) as number[];
    expect(first).toBeCloseTo(expected, DIGITS);
  });

  it("has the derivative probability − indicator", async () => {
    const [dx] = await derivatives((x) => crossEntropy(x, classes(1, 0), { reduction: "sum" }), scores);
    expect(dx).toEqual([0.25, -0.25, -0.5, 0.5].map((value) => expect.closeTo(value, DIGITS)));
  });

  it("stays finite for large scores", async () => {
    const x = array([[1e4, -1e4]], "f64");
    expect(await numbersOf((x) => crossEntropy(x, classes(1)), x)).toBe(2e4);
    expect((await derivatives((x) => crossEntropy(x, classes(1)), x))[0]).toEqual([1, -1]);
  });

  it("is NaN for a class that does not exist", async () => {
    expect(await loss([1, 2])).toBe(Number.NaN);
    expect(await loss([1, -1])).toBe(Number.NaN);
  });

  it("goes over maps: [n, classes, …] with classes [n, …]", async () => {
    const maps = array([[[0, 5], [log(3), 5]]], "f64"); // biome-ignore format: [1, 2, 2]
    const target = array([[1, 0]], "i32");
    expect(await numbersOf((x) => crossEntropy(x, constant(target)), maps)).toBeCloseTo(
      (log(4 / 3) + log(2)) / 2,
      DIGITS,
    );
  });
});

describe("other losses", () => {
  it("negative log-likelihood takes logarithms", async () => {
    const x = array([[log(0.25), log(0.75)], [log(0.5), log(0.5)]], "f64"); // biome-ignore format: two samples
    expect(await numbersOf((x) => negativeLogLikelihood(x, classes(0, 1)), x)).toBeCloseTo(
      (log(4) + log(2)) / 2,
      DIGITS,
    );
    expect(await numbersOf((x) => negativeLogLikelihood(x, classes(9, 1), { reduction: "none" }), x)).toEqual([
      Number.NaN,
      expect.closeTo(log(2), DIGITS),
    ]);
  });

  it("mean squared error averages over all elements", async () => {
    const x = array([[1, 2], [3, 4]], "f64"); // biome-ignore format: a matrix
    const target = constant(array([[1, 0], [0, 0]], "f64")); // biome-ignore format: a matrix
    expect(await numbersOf((x) => meanSquaredError(x, target), x)).toBe((4 + 9 + 16) / 4);
    expect(await numbersOf((x) => meanSquaredError(x, target, { reduction: "sum" }), x)).toBe(29);
    expect((await derivatives((x) => meanSquaredError(x, target), x))[0]).toEqual([0, 1, 1.5, 2]);
  });
});

describe("a loss refuses", () => {
  const attempt =
    (body: (x: Tensor, y: Tensor) => Tensor, ...types: NdArray["shape"][]) =>
    () =>
      trace((x, y) => atPath("head", () => body(x, y)), [f32(...types[0]), i32(...types[1])]);

  it.each([
    [[4], [4]],
    [[4, 3], [3]],
    [
      [4, 3],
      [4, 1],
    ],
    [[4, 3, 2], [4]],
  ])("scores %j with classes %j", (x, y) => {
    const got = `f32[${x}] and i32[${y}]`;
    expect(attempt(crossEntropy, x, y)).toThrow(
      new ShapeError(`crossEntropy (head): expects scores [n, classes, …] and i32 class numbers [n, …], got ${got}`),
    );
  });

  it("classes that are no integers", () => {
    expect(() => trace((x, y) => negativeLogLikelihood(x, y), [f32(4, 3), f32(4)])).toThrow(
      "negativeLogLikelihood: expects scores [n, classes, …] and i32 class numbers [n, …], got f32[4,3] and f32[4]",
    );
  });

  it("a target of another shape, instead of repeating it", () => {
    expect(() => trace((x, y) => meanSquaredError(x, y), [f32(4, 1), f32(4)])).toThrow(
      new ShapeError("meanSquaredError: shapes differ: f32[4,1] and target f32[4]"),
    );
  });

  it.each<[object, string]>([
    [{ reduction: "avg" }, "reduction must be one of 'mean', 'sum', 'none', got \"avg\""],
    [{ labelSmothing: 0.1 }, "there is no option 'labelSmothing'; did you mean labelSmoothing?"],
    [{ labelSmoothing: 2 }, "labelSmoothing must be a number from 0 to 1, got 2"],
  ])("the options %j", (options, message) => {
    expect(attempt((x, y) => crossEntropy(x, y, options as LossOptions), [4, 3], [4])).toThrow(
      new OptionError(`crossEntropy (head): ${message}`),
    );
  });
});
