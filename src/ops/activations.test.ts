import { describe, expect, it } from "vitest";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray, OptionError, ShapeError } from "../array/index.ts";
import { f32, type Tensor, trace } from "../graph/index.ts";
import * as ops from "./index.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const doubles = (...values: number[]): NdArray => array(values, "f64");
/** Of results that are near 1, in double precision. */
const DIGITS = 13;

type Activation = (x: Tensor) => Tensor;

/** Each by its equation, at −2, −0.5, 0, 0.5, 2. */
const equations: readonly [string, Activation, (x: number) => number][] = [
  ["leakyRelu", (x) => ops.leakyRelu(x), (x) => (x > 0 ? x : 0.01 * x)],
  ["leakyRelu of 0.1", (x) => ops.leakyRelu(x, 0.1), (x) => (x > 0 ? x : 0.1 * x)],
  ["elu", (x) => ops.elu(x, 1.5), (x) => (x > 0 ? x : 1.5 * (Math.exp(x) - 1))],
  ["selu", ops.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1))],
  [
    "gelu by tanh",
    (x) => ops.gelu(x, { approximate: "tanh" }),
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ],
  ["silu", ops.silu, (x) => x / (1 + Math.exp(-x))],
  ["softplus", (x) => ops.softplus(x, { beta: 2 }), (x) => Math.log(1 + Math.exp(2 * x)) / 2],
  ["softsign", ops.softsign, (x) => x / (1 + Math.abs(x))],
  ["hardTanh", (x) => ops.hardTanh(x, -1, 0.25), (x) => Math.min(0.25, Math.max(-1, x))],
  ["hardSigmoid", ops.hardSigmoid, (x) => Math.min(6, Math.max(0, x + 3)) / 6],
  ["hardSwish", ops.hardSwish, (x) => (x * Math.min(6, Math.max(0, x + 3))) / 6],
];

describe.each(equations)("%s", (_, activation, meaning) => {
  const points = [-2, -0.5, 0, 0.5, 2];

  it("is what its equation says", async () => {
    const { data } = await compute(activation, doubles(...points));
    points.forEach((x, i) => {
      expect(data[i]).toBeCloseTo(meaning(x), DIGITS);
    });
  });

  it("keeps NaN, and has finite derivatives for all finite numbers", async () => {
    expect(await numbersOf(activation, doubles(nan))).toEqual([nan]);
    const large = [-1e300, -1e30, -1e3, -30, 0, 30, 1e3, 1e30, 1e300];
    expect([...(await compute(activation, doubles(...large))).data].every(Number.isFinite)).toBe(true);
    expect((await derivatives(activation, doubles(...large)))[0].every(Number.isFinite)).toBe(true);
  });
});

describe("gelu", () => {
  it("is x Φ(x)", async () => {
    // Φ(1) and Φ(−1) from tables of the normal distribution.
    const { data } = await compute((x) => ops.gelu(x), doubles(-1, 0, 1));
    [-0.15865525393145705, 0, 0.8413447460685429].forEach((y, i) => {
      expect(data[i]).toBeCloseTo(y, DIGITS);
    });
  });

  it("keeps NaN and has finite derivatives", async () => {
    expect(await numbersOf((x) => ops.gelu(x), doubles(nan))).toEqual([nan]);
    expect((await derivatives((x) => ops.gelu(x), doubles(-1e300, -40, 40, 1e300)))[0]).toEqual([0, 0, 1, 1]);
  });
});

describe("at their kinks derivatives are PyTorch's", () => {
  it.each<[string, Activation, number[], number[]]>([
    ["leakyRelu", (x) => ops.leakyRelu(x, 0.1), [0], [0.1]],
    ["elu", (x) => ops.elu(x, 1.5), [0], [1.5]],
    ["hardTanh", (x) => ops.hardTanh(x), [-1, 1, 0], [0, 0, 1]],
    ["hardSigmoid", ops.hardSigmoid, [-3, 3, 0], [0, 0, 1 / 6]],
    ["hardSwish", ops.hardSwish, [-4, -3, 0, 3, 4], [0, -0.5, 0.5, 1.5, 1]],
  ])("%s", async (_, activation, at, expected) => {
    expect((await derivatives(activation, doubles(...at)))[0]).toEqual(expected);
  });
});

it("goes to its limits at infinity, and so does its derivative", async () => {
  const ends: readonly [Activation, limits: number[], slopes: number[]][] = [
    [ops.relu, [0, inf], [0, 1]],
    [(x) => ops.leakyRelu(x), [-inf, inf], [0.01, 1]],
    [(x) => ops.leakyRelu(x, 0), [0, inf], [0, 1]],
    [(x) => ops.elu(x), [-1, inf], [0, 1]],
    [ops.selu, [-1.7580993408473766, inf], [0, 1.0507009873554805]],
    [(x) => ops.softplus(x), [0, inf], [0, 1]],
    [ops.softsign, [-1, 1], [0, 0]],
    [(x) => ops.hardTanh(x), [-1, 1], [0, 0]],
    [ops.hardSigmoid, [0, 1], [0, 0]],
    [ops.hardSwish, [0, inf], [0, 1]],
    [ops.silu, [-0, inf], [-0, 1]],
    [(x) => ops.gelu(x), [-0, inf], [-0, 1]],
    [(x) => ops.gelu(x, { approximate: "tanh" }), [-0, inf], [-0, 1]],
    [ops.tanh, [-1, 1], [0, 0]],
    [ops.sigmoid, [0, 1], [0, 0]],
    [ops.erf, [-1, 1], [0, 0]],
  ];
  const close = (values: readonly number[]) => values.map((x) => (Number.isFinite(x) ? expect.closeTo(x, DIGITS) : x));
  for (const [activation, limits, slopes] of ends) {
    expect(await numbersOf(activation, doubles(-inf, inf)), `${activation}`).toEqual(close(limits));
    expect((await derivatives(activation, doubles(-inf, inf)))[0], `${activation}`).toEqual(close(slopes));
  }
});

it("softplus is x itself beyond its threshold", async () => {
  const body = (x: Tensor) => ops.softplus(x, { beta: 2, threshold: 1 });
  const { data } = await compute(body, doubles(0.5, 0.500001, 100));
  expect(data[0]).toBeCloseTo(Math.log(1 + Math.E) / 2, DIGITS);
  expect([...data.slice(1)]).toEqual([0.500001, 100]);
  expect((await derivatives(body, doubles(100)))[0]).toEqual([1]);
});

describe("prelu", () => {
  it("has one slope, or one for each channel", async () => {
    const x = array([[[-1, 2], [-3, -4]]], "f64"); // biome-ignore format: two maps
    expect(await numbersOf(ops.prelu, x, doubles(0.5))).toEqual([[[-0.5, 2], [-1.5, -2]]]); // biome-ignore format: two maps
    expect(await numbersOf(ops.prelu, x, array([[0.5], [2]], "f64"))).toEqual([[[-0.5, 2], [-6, -8]]]); // biome-ignore format: two maps
  });

  it("gives the slope what comes from below 0, and nothing from infinities above", async () => {
    expect(await derivatives(ops.prelu, doubles(-3, -1, 5, inf), doubles(0.25))).toEqual([[0.25, 0.25, 1, 1], [-4]]);
  });
});

describe("maxout", () => {
  const x = array([[1, 5, 2, 2, -1, nan]], "f64");

  it("takes the largest of neighbors; ties share the derivative, NaN wins", async () => {
    expect(await numbersOf((t) => ops.maxout(t, 2), x)).toEqual([[5, 2, nan]]);
    expect((await derivatives((t) => ops.maxout(t, 2), array([[1, 5, 2, 2]], "f64")))[0]).toEqual([0, 1, 0.5, 0.5]);
  });

  it("works along any axis, and on nothing", async () => {
    expect(await numbersOf((t) => ops.maxout(t, 2, -2), array([[[1, 2], [3, 0]]], "f64"))).toEqual([[[3, 2]]]); // biome-ignore format: two rows
    expect(trace((t) => ops.maxout(t, 3), [f32(0, 6, 2)]).graph.outputs[0].shape).toEqual([0, 2, 2]);
  });
});

describe("wrong numbers", () => {
  const applied = (body: (x: Tensor) => Tensor) => () => trace(body, [f32(2, 5)]);

  it.each<[string, () => unknown, Error]>([
    ["softplus", applied((x) => ops.softplus(x, { beta: 0 })), new OptionError("softplus: beta must be a number above 0, got 0")],
    ["softplus, threshold", applied((x) => ops.softplus(x, { threshold: 100 })), new OptionError("softplus: threshold must be a number of at most 80, got 100")],
    ["hardTanh", applied((x) => ops.hardTanh(x, 1, 1)), new OptionError("hardTanh: low must be below high, got 1 and 1")],
    ["maxout", applied((x) => ops.maxout(x, 2)), new ShapeError("maxout: 2 pieces must divide axis 1 of f32[2,5] evenly; take a number that does")],
    ["maxout, axis", applied((x) => ops.maxout(x, 2, 2)), new ShapeError("maxout: axis 2 is not an axis of a tensor of rank 2: expected -2..1")],
  ])("%s", (_, program, error) => {
    expect(program).toThrow(error);
  }); // biome-ignore format: a table
});
