import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DOUBLE, random, total } from "../../tests/support/random.ts";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray } from "../array/index.ts";
import { f32, trace } from "../graph/index.ts";
import { type AvgPoolOptions, avgPool, gradient, type MaxPoolOptions, maxPool, maxPoolWithPositions } from "./index.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** One map of one channel: [1, 1, length] or [1, 1, height, width]. */
const map = (...rows: (number | number[])[]): NdArray => array([[rows]], "f64");
/** What stands in the only map of a result. */
const inMap = (result: unknown): unknown => (result as [[unknown]])[0][0];

const values = async (x: NdArray, options: MaxPoolOptions) => inMap(await numbersOf((x) => maxPool(x, options), x));
const winners = async (x: NdArray, options: MaxPoolOptions) =>
  inMap(await numbersOf((x) => maxPoolWithPositions(x, options).positions, x));
const maxGradient = async (x: NdArray, options: MaxPoolOptions) =>
  (await derivatives((x) => maxPool(x, options), x))[0];
const means = async (x: NdArray, options: AvgPoolOptions) => inMap(await numbersOf((x) => avgPool(x, options), x));
const meanGradient = async (x: NdArray, options: AvgPoolOptions) =>
  (await derivatives((x) => avgPool(x, options), x))[0];

describe("max pooling", () => {
  it("gives a tie, and its whole derivative, to the first position in scan order", async () => {
    const x = map([1, 7], [7, 7]);
    expect(await winners(x, { kernel: 2 })).toEqual([[1]]);
    expect(await maxGradient(x, { kernel: 2 })).toEqual([0, 1, 0, 0]);
  });

  it("adds the derivatives of windows that overlap", async () => {
    const x = map(1, 9, 2, 8, 3);
    expect(await values(x, { kernel: 3, stride: 1 })).toEqual([9, 9, 8]);
    expect(await maxGradient(x, { kernel: 3, stride: 1 })).toEqual([0, 2, 0, 1, 0]);
  });

  it("lets NaN win, the first of several", async () => {
    const x = map(1, nan, 3, nan, 5, 6);
    expect(await values(x, { kernel: 2 })).toEqual([nan, nan, 6]);
    expect(await winners(x, { kernel: 3 })).toEqual([1, 3]);
    expect(await winners(map(nan, nan), { kernel: 2 })).toEqual([0]);
  });

  it("finds a winner among infinities", async () => {
    const x = map(-inf, -inf, inf, 1);
    expect(await values(x, { kernel: 2 })).toEqual([-inf, inf]);
    expect(await winners(x, { kernel: 2 })).toEqual([0, 2]);
  });

  it("never takes the padding, also where everything is negative", async () => {
    const x = map(-5, -3, -4);
    expect(await values(x, { kernel: 3, stride: 1, padding: 1 })).toEqual([-3, -3, -3]);
    expect(await winners(x, { kernel: 2, padding: [0, 1] })).toEqual([1, 2]);
  });

  it("gives −∞, and its derivative to nobody, where a dilated window meets only padding", async () => {
    const options = { kernel: 2, dilation: 2, padding: 1 };
    expect(await values(map(5), options)).toEqual([-inf]);
    expect(await winners(map(5), options)).toEqual([-1]);
    expect(await maxGradient(map(5), options)).toEqual([0]);
  });

  it("keeps an overhanging window in ceil mode only", async () => {
    const x = map(1, 2, 3, 4, 5);
    expect(await values(x, { kernel: 2 })).toEqual([2, 4]);
    expect(await values(x, { kernel: 2, ceil: true })).toEqual([2, 4, 5]);
  });

  it("keeps a window that is longer than its input in ceil mode, as PyTorch does", async () => {
    expect(await values(map(1, 2), { kernel: 3, stride: 2, ceil: true })).toEqual([2]);
    expect(await winners(map(1, 2), { kernel: 5, stride: 2, padding: 1, ceil: true })).toEqual([1]);
    expect(await maxGradient(map(1, 2), { kernel: 3, stride: 2, ceil: true })).toEqual([0, 1]);
    // A dilated one meets its first position only.
    const rows = map([1, 2, 3], [4, 5, 6], [7, 8, 9]);
    expect(await values(rows, { kernel: 2, stride: 2, dilation: 3, ceil: true })).toEqual([[1]]);
    const wide = map([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]);
    expect(await values(wide, { kernel: [3, 2], stride: 2, ceil: true })).toEqual([[7, 9, 10]]);
    const cube = array([[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]], "f64"); // biome-ignore format: a cube
    expect(await values(cube, { kernel: 3, ceil: true })).toEqual([[[8]]]);
  });

  it("numbers positions within a map row by row", async () => {
    expect(await winners(map([0, 0, 0], [0, 1, 0], [0, 0, 2]), { kernel: 2, stride: 1 })).toEqual([[4, 4], [4, 8]]); // biome-ignore format: two rows
  });
});

describe("mean pooling", () => {
  const x = map(2, 4, 6, 8);
  const padded = { kernel: 3, stride: 2, padding: 1 };

  it("divides by the window, zeros of the padding included", async () => {
    expect(await means(x, padded)).toEqual([6 / 3, 18 / 3]);
    expect(await meanGradient(x, padded)).toEqual([1 / 3, 2 / 3, 1 / 3, 1 / 3]);
  });

  it("or by what lies inside the input", async () => {
    expect(await means(x, { ...padded, includePadding: false })).toEqual([6 / 2, 18 / 3]);
    expect(await meanGradient(x, { ...padded, includePadding: false })).toEqual([1 / 2, 1 / 2 + 1 / 3, 1 / 3, 1 / 3]);
  });

  it("does not count what a window overhangs beyond the padding", async () => {
    expect(await means(x, { kernel: 3, stride: 2, ceil: true })).toEqual([4, 7]);
    // The second window covers positions 2 and 3, one zero of the padding, and one place beyond it.
    expect(await means(x, { kernel: 4, stride: 3, padding: 1, ceil: true })).toEqual([12 / 4, 14 / 3]);
    expect(await means(x, { kernel: 4, stride: 3, padding: 1, ceil: true, includePadding: false })).toEqual([4, 7]);
  });

  it("counts what a window that is longer than its input has of it, as PyTorch does", async () => {
    const [short, wide] = [map(1, 2), map([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])];
    const long = { kernel: 5, stride: 2, padding: 1, ceil: true };
    expect(await means(short, { kernel: 3, stride: 2, ceil: true })).toEqual([1.5]);
    expect(await means(short, long)).toEqual([0.75]);
    expect(await means(short, { ...long, includePadding: false })).toEqual([1.5]);
    expect(await meanGradient(short, long)).toEqual([1 / 4, 1 / 4]);
    const tall = { kernel: [5, 2], stride: [3, 2], padding: [1, 0], ceil: true };
    expect(await means(wide, tall)).toEqual([[2, 3, 3.75]]);
    expect(await means(wide, { ...tall, includePadding: false })).toEqual([[4, 6, 7.5]]);
  });

  it("keeps NaN and infinities in their own windows", async () => {
    expect(await means(map(nan, 1, 2, 4, inf, 1), { kernel: 2 })).toEqual([nan, 3, inf]);
  });
});

const axis = fc.record({
  input: fc.integer({ min: 1, max: 8 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 4 }),
});
const windows = fc.record({
  axes: fc.array(
    axis.filter(({ input, kernel }) => input >= kernel),
    { minLength: 1, maxLength: 3 },
  ),
  ceil: fc.boolean(),
});

it("hands back as much derivative as came in, to maxima and to means", async () => {
  await fc.assert(
    fc.asyncProperty(windows, async ({ axes, ceil }) => {
      const x = random([2, 1, ...axes.map(({ input }) => input)], "x");
      const options = { kernel: axes.map(({ kernel }) => kernel), stride: axes.map(({ stride }) => stride), ceil };
      for (const pool of [maxPool, avgPool]) {
        const dy = random((await compute((x) => pool(x, options), x)).shape, "dy");
        const dx = await compute((x, dy) => gradient(pool(x, options), [x], { outputGradient: dy })[0], x, dy);
        expect(Math.abs(total(dx) - total(dy))).toBeLessThan(DOUBLE);
      }
    }),
  );
});

describe("padding in words", () => {
  it("keeps the size, or lets every window see something", async () => {
    const x = map(1, 5, 2, 4, 3);
    expect(await values(x, { kernel: 3, stride: 1, padding: "same" })).toEqual([5, 5, 5, 4, 4]);
    expect(await values(x, { kernel: 2, stride: 2, padding: "same" })).toEqual([5, 4, 3]);
    expect(await values(x, { kernel: 3, stride: 1, padding: "full" })).toEqual([1, 5, 5, 5, 4, 4, 3]);
    expect(await values(x, { kernel: 3, stride: 1, padding: "valid" })).toEqual([5, 5, 4]);
    expect(await means(x, { kernel: 2, stride: 1, padding: "full", includePadding: false })).toEqual([
      1, 3, 3.5, 3, 3.5, 3,
    ]);
  });
});

it("pools each channel of each sample for itself", async () => {
  const x = array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "f64"); // biome-ignore format: nested
  expect(await numbersOf((x) => maxPool(x, { kernel: 2 }), x)).toEqual([[[2], [4]], [[6], [8]]]); // biome-ignore format: nested
  expect(await numbersOf((x) => avgPool(x, { kernel: 2 }), x)).toEqual([[[1.5], [3.5]], [[5.5], [7.5]]]); // biome-ignore format: nested
});

it("pools an empty batch, and refuses an empty map", () => {
  const shapes = trace((x) => [maxPool(x, { kernel: 2 }), avgPool(x, { kernel: 2 })], [f32(0, 3, 4, 4)]).graph.outputs;
  expect(shapes.map(({ shape }) => shape)).toEqual([[0, 3, 2, 2], [0, 3, 2, 2]]); // biome-ignore format: two shapes
  expect(() => trace((x) => maxPool(x, { kernel: 2 }), [f32(1, 3, 0, 4)])).toThrow("the padded input has 0");
});
