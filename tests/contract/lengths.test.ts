/** Gradients whose squares leave the range of the type: clipping, their length, and rules that divide by it. */
import { describe, expect, it } from "vitest";
import { array } from "../../src/array/index.ts";
import { compile } from "../../src/engines/index.ts";
import { type Tensor, Variable } from "../../src/graph/index.ts";
import { mul, sum } from "../../src/ops/index.ts";
import { clip } from "../../src/optim/clipping.ts";
import { adadelta, adagrad, adam, globalNorm, minimize, rmsprop } from "../../src/optim/index.ts";
import { usable } from "../support/engines.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

/** Float32, after a few operations, relative to the result. */
const TOLERANCE = 1e-6;

/** The smallest number. What lies near it, or is clipped to a length that does, has no more digits. */
const LEAST = 2 ** -149;

const isNear = (actual: number, expected: number, unit = 1): boolean =>
  actual === expected ||
  (Number.isNaN(actual) && Number.isNaN(expected)) ||
  Math.abs(actual - expected) <= TOLERANCE * Math.abs(expected) + (unit < 1e-38 ? LEAST : 0);

/** What, the length, the gradients before and after. */
const clipped: readonly [string, number, readonly number[], readonly number[]][] = [
  ["huge ones", 1, [3e19, -3e19, 3e19, 3e19], [0.5, -0.5, 0.5, 0.5]],
  ["the largest ones", 1, [3e38, -3e38], [Math.SQRT1_2, -Math.SQRT1_2]],
  ["huge ones, among small ones", 2, [3e30, 1, 0], [2, 2 / 3e30, 0]],
  ["huge ones, to a huge length", 1e20, [3e20, -4e20], [0.6e20, -0.8e20]],
  ["tiny ones", 1e-32, [3e-30, -4e-30], [0.6e-32, -0.8e-32]],
  ["tiny ones that are short enough", 1e12, [3e-30, -4e-30], [3e-30, -4e-30].map(Math.fround)],
  ["subnormal ones", 1e-43, [1e-40, 0], [1e-43, 0]],
  ["ordinary ones", 1, [3, -4], [0.6, -0.8]],
  ["nothing", 1, [0, 0], [0, 0]],
  ["NaN", 1, [nan, 1], [nan, nan]],
  ["an infinite one", 1, [inf, 1], [nan, 0]],
];

describe.each(usable)("on $name", (candidate) => {
  if (!("engine" in candidate)) return;
  const { engine } = candidate;

  it("clips", async () => {
    const inputs = clipped.map(([, , gradients]) => array([...gradients]));
    const body = (...all: Tensor[]) =>
      all.map((g, i) => clip([g], { clipValue: undefined, clipNorm: clipped[i][1] })[0]);
    const results = await compile(body, inputs, { engine })(...inputs);
    const wrong = clipped.flatMap(([what, clipNorm, , expected], i) => {
      const found = [...results[i].data];
      return found.every((g, k) => isNear(g, expected[k], clipNorm)) ? [] : [`${what}: ${found}`];
    });
    expect(wrong).toEqual([]);
  });

  it("gives lengths up to the largest number, and over several tensors", async () => {
    const length = compile((x, y) => globalNorm([x, y]), [array([0, 0]), array([0])], { engine });
    for (const [a, b, c] of [[3e19, 4e19, 0], [3e-30, 0, 4e-30], [0, 3e37, -4e37], [3, 0, 4], [1e38, 0, 1]]) // biome-ignore format: triples
      expect(isNear((await length(array([a, b]), array([c]))).item(), Math.hypot(a, b, c))).toBe(true);
    expect((await length(array([3e38, 3e38]), array([0]))).item()).toBe(inf);
    expect((await length(array([1, nan]), array([0]))).item()).toBe(nan);
    expect((await length(array([1, 2]), array([-inf]))).item()).toBe(inf);
  });

  it.each([
    ["adam", adam],
    ["rmsprop", rmsprop],
    ["adagrad", adagrad],
    ["adadelta", adadelta],
  ] as const)("%s goes on after a huge gradient, and hides no infinite one", async (_, create) => {
    const w = new Variable("w", array([0]));
    const optimizer = create({ learningRate: 0.1 });
    const step = compile((x) => void minimize(sum(mul(w.read(), x)), optimizer), [array([0])], { engine });
    await step(array([3e25]));
    const after = w.value.data[0];
    expect(Number.isFinite(after) && after < 0).toBe(true);
    await step(array([-3e25]));
    expect(w.value.data[0]).not.toBe(after);
    await step(array([inf]));
    expect(w.value.data[0]).toBe(nan);
  });
});
