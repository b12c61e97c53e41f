import { describe, expect, it } from "vitest";
import { compute, derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, type NdArray, ShapeError } from "../array/index.ts";
import { f32, f64, fill, i32, type Tensor, trace } from "../graph/index.ts";
import * as ops from "./index.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const doubles = (...values: number[]): NdArray => array(values, "f64");

describe("NaN and infinities", () => {
  const a = doubles(nan, 1, nan, inf, -inf, inf);
  const b = doubles(1, nan, nan, 1, 1, inf);

  it.each<[string, (a: Tensor, b: Tensor) => Tensor, number[]]>([
    ["maximum", ops.maximum, [nan, nan, nan, inf, 1, inf]],
    ["minimum", ops.minimum, [nan, nan, nan, 1, -inf, inf]],
    ["sub", ops.sub, [nan, nan, nan, inf, -inf, nan]],
    ["div", ops.div, [nan, nan, nan, inf, -inf, nan]],
  ])("pass through %s", async (_, op, expected) => {
    expect(await numbersOf(op, a, b)).toEqual(expected);
  });

  it.each<[string, (a: Tensor, b: Tensor) => Tensor, boolean[]]>([
    ["equal", ops.equal, [false, false, false, false, false, true]],
    ["notEqual", ops.notEqual, [true, true, true, true, true, false]],
    ["less", ops.less, [false, false, false, false, true, false]],
    ["lessEqual", ops.lessEqual, [false, false, false, false, true, true]],
    ["greater", ops.greater, [false, false, false, true, false, false]],
    ["greaterEqual", ops.greaterEqual, [false, false, false, true, false, true]],
  ])("compare by %s as IEEE 754 has it", async (_, op, expected) => {
    expect(await numbersOf(op, a, b)).toEqual(expected);
  });

  it.each<[string, (x: Tensor) => Tensor, number[]]>([
    ["relu", ops.relu, [nan, 0, inf, 0]],
    ["abs", ops.abs, [nan, inf, inf, 2]],
    ["sign", ops.sign, [nan, -1, 1, -1]],
    ["sigmoid", ops.sigmoid, [nan, 0, 1, 1 / (1 + Math.exp(2))]],
    ["tanh", ops.tanh, [nan, -1, 1, Math.tanh(-2)]],
    ["exp", ops.exp, [nan, 0, inf, Math.exp(-2)]],
    ["log", ops.log, [nan, nan, inf, nan]],
    ["sqrt", ops.sqrt, [nan, nan, inf, nan]],
  ])("pass through %s", async (_, op, expected) => {
    expect(await numbersOf(op, doubles(nan, -inf, inf, -2))).toEqual(expected);
  });

  it("are told apart by finite", async () => {
    expect(await numbersOf(ops.finite, doubles(nan, inf, -inf, 0, 1e308))).toEqual([false, false, false, true, true]);
  });

  it("do not leak from the side that select leaves out, forwards or backwards", async () => {
    const body = (x: Tensor) => ops.select(ops.greater(x, 0), ops.log(x), 0);
    expect(await numbersOf(body, doubles(-1, 1))).toEqual([0, 0]);
    const sides = (x: Tensor, y: Tensor) => ops.select(ops.greater(x, 0), x, y);
    expect(await derivatives(sides, doubles(2, -2), doubles(nan, nan))).toEqual([[1, 0], [0, 1]]); // biome-ignore format: two rows
  });

  it("are not folded away by a product with 0", async () => {
    expect(await numbersOf((x) => ops.mul(x, 0), doubles(nan, inf, 1))).toEqual([nan, nan, 0]);
  });
});

describe("derivatives at kinks and ties", () => {
  it.each<[string, (x: Tensor) => Tensor, number[]]>([
    ["relu", ops.relu, [0, 0, 1]],
    ["abs", ops.abs, [-1, 0, 1]],
    ["sign", ops.sign, [0, 0, 0]],
    ["floor", ops.floor, [0, 0, 0]],
  ])("of %s", async (_, op, expected) => {
    expect((await derivatives(op, doubles(-2, 0, 2)))[0]).toEqual(expected);
  });

  it("of maximum and minimum go half to each side", async () => {
    expect(await derivatives(ops.maximum, doubles(1, 2, 3), doubles(2, 2, 2))).toEqual([[0, 0.5, 1], [1, 0.5, 0]]); // biome-ignore format: two rows
    expect(await derivatives(ops.minimum, doubles(1, 2, 3), doubles(2, 2, 2))).toEqual([[1, 0.5, 0], [0, 0.5, 1]]); // biome-ignore format: two rows
  });

  it("of a power are 0 where the exponent, or the base, is 0", async () => {
    const [base, exponent] = await derivatives(ops.pow, doubles(0, 0, 2, -2), doubles(0, 2, 3, 2));
    expect(base).toEqual([0, 0, 12, -4]);
    expect(exponent.slice(0, 2)).toEqual([0, 0]);
    expect(exponent[2]).toBeCloseTo(8 * Math.LN2, 12);
  });

  it("of sigmoid and tanh vanish far out, without NaN", async () => {
    expect((await derivatives(ops.sigmoid, doubles(-1e3, 1e3)))[0]).toEqual([0, 0]);
    expect((await derivatives(ops.tanh, doubles(-1e3, 1e3)))[0]).toEqual([0, 0]);
  });
});

describe("integers", () => {
  const ints = (...values: number[]): NdArray => array(values, "i32");

  it("wrap around in products, sums and differences", async () => {
    expect(await numbersOf(ops.mul, ints(65_537, 123_456_789, -(2 ** 31)), ints(65_537, 987_654_321, -1))).toEqual([
      131_073,
      Math.imul(123_456_789, 987_654_321),
      -(2 ** 31),
    ]);
    expect(await numbersOf(ops.add, ints(2 ** 31 - 1), ints(1))).toEqual([-(2 ** 31)]);
    expect(await numbersOf(ops.sub, ints(-(2 ** 31)), ints(1))).toEqual([2 ** 31 - 1]);
    expect(await numbersOf(ops.neg, ints(-(2 ** 31)))).toEqual([-(2 ** 31)]);
  });

  it("do not take a fraction for a partner", () => {
    expect(() => trace((x) => ops.mul(x, 0.5), [i32(2)])).toThrow(
      new ShapeError("mul: 0.5 is no value of type i32; cast the tensor to f32 first"),
    );
    expect(() => trace((x) => ops.greater(3e9, x), [i32(2)])).toThrow("greater: 3000000000 is no value of type i32");
    expect(() => trace((x) => ops.select(ops.greater(x, 0), x, nan), [i32(2)])).toThrow(
      "select: NaN is no value of type i32",
    );
    expect(() => trace((x) => ops.mul(x, -2), [i32(2)])).not.toThrow();
  });

  it("are not averaged without a cast", () => {
    expect(() => trace((x) => ops.mean(x), [i32(4)])).toThrow(
      new ShapeError("mean: needs floating-point values, cast i32[4] first"),
    );
  });
});

it("rounds halves to even", async () => {
  const x = doubles(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999999, 1e15 + 0.5, nan, inf);
  expect(await numbersOf(ops.round, x)).toEqual([-2, -2, -0, 0, 2, 2, 2, 1e15, nan, inf]);
});

it("keeps the digits of expm1 and log1p near 0", async () => {
  expect(await numbersOf(ops.expm1, doubles(1e-17))).toEqual([1e-17]);
  expect(await numbersOf(ops.log1p, doubles(1e-17))).toEqual([1e-17]);
});

describe("broadcasting", () => {
  it("gives numbers the type of their partner, on either side", async () => {
    expect(await numbersOf((x) => ops.sub(10, x), array([1, 2], "i32"))).toEqual([9, 8]);
    expect((await compute((x) => ops.div(1, x), doubles(4))).dtype).toBe("f64");
  });

  it("takes empty tensors along", async () => {
    const empty = await compute(ops.add, array([[], []]), array([[1], [2]]));
    expect(empty.shape).toEqual([2, 0]);
  });

  it("reaches all three operands of select", async () => {
    const condition = (x: Tensor) => ops.greater(x, 0);
    const body = (x: Tensor, y: Tensor) => ops.select(condition(x), fill(1, [2, 1]), y);
    expect(await numbersOf(body, array([1, -1, 1]), array([[5], [6]]))).toEqual([[1, 5, 1], [1, 6, 1]]); // biome-ignore format: two rows
  });

  it("does not mix element types", () => {
    expect(() => trace((x, y) => ops.add(x, y), [f32(2), f64(2)])).toThrow(
      "add: element types differ: f32 and f64; cast one of them: x f32[2], y f64[2]",
    );
  });
});
