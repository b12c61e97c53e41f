import { describe, expect, it } from "vitest";
import { derivatives, interpreted } from "../../tests/support/values.ts";
import { array, type NdArray, ShapeError } from "../array/index.ts";
import * as ops from "../ops/index.ts";
import { add, gradient, mul, pow, sum } from "../ops/index.ts";
import { constant, defineOp, f32, f64, i32, pointwise, type Tensor, trace } from "./index.ts";

const doubles = (...values: number[]): NdArray => array(values, "f64");

/** For results of a handful of double-precision operations: digits after the point. */
const DIGITS = 13;

describe("the gradient", () => {
  it("follows the chain rule", async () => {
    const [x, w] = [[-1, 0, 2], 0.7];
    const [dx, dw] = await derivatives((x, w) => pow(ops.sigmoid(mul(x, w)), 2), doubles(...x), doubles(w));
    // E = Σ σ(w x)²: dE/dx = 2 σ · σ (1 − σ) · w, and dE/dw the sum of the same with x.
    const inner = x.map((x) => 1 / (1 + Math.exp(-w * x))).map((s) => 2 * s * s * (1 - s));
    for (const i of [0, 1, 2]) expect(dx[i]).toBeCloseTo(inner[i] * w, DIGITS);
    expect(dw[0]).toBeCloseTo(inner[0] * x[0] + inner[1] * x[1] + inner[2] * x[2], DIGITS);
  });

  it("adds up over all uses of a tensor", async () => {
    expect(await derivatives((x) => add(mul(x, x), add(x, x)), doubles(3, -1))).toEqual([[8, 0]]);
  });

  it.each([
    ["a product", (x: Tensor) => mul(mul(x, x), x)],
    ["a power", (x: Tensor) => pow(x, 3)],
  ])("can be taken again: x³ as %s gives 3x², 6x, 6 and 0", async (_, cube) => {
    const x = doubles(-2, 0.5, 4);
    const run = interpreted(
      (x) => {
        const chain = [cube(x)];
        for (let order = 1; order <= 4; order++) chain.push(...gradient(sum(chain[order - 1]), [x]));
        return { chain: chain.slice(1) };
      },
      [x],
    );
    const [first, second, third, fourth] = (await run(x)).chain.map(({ data }) => [...data]);
    expect(first).toEqual([12, 0.75, 48]);
    expect(second).toEqual([-12, 3, 24]);
    expect(third).toEqual([6, 6, 6]);
    expect(fourth).toEqual([0, 0, 0]);
  });

  it("can be taken of several variables mixed: d²/dxdy of x²y³ is 6xy²", async () => {
    const mixed = (x: Tensor, y: Tensor) => gradient(sum(mul(mul(x, x), pow(y, 3))), [x])[0];
    expect((await derivatives(mixed, doubles(2), doubles(3)))[1]).toEqual([6 * 2 * 9]);
  });

  it("is zero, of the tensor's own type, where the result does not depend on it", async () => {
    const run = interpreted((x, y) => gradient(sum(x), [y, x]), [f32(2), f64(3, 1)]);
    const [dy, dx] = await run(array([1, 2]), array([[1], [2], [3]], "f64"));
    expect([dy.dtype, dy.shape, [...dy.data]]).toEqual(["f64", [3, 1], [0, 0, 0]]);
    expect([...dx.data]).toEqual([1, 1]);
  });

  it("reaches tensors in the middle, beside those that they are made of", async () => {
    const run = interpreted(
      (x) => {
        const h = mul(x, 3);
        return gradient(sum(mul(h, h)), [x, h]);
      },
      [f64(1)],
    );
    expect((await run(doubles(2))).map((g) => g.item())).toEqual([36, 12]);
    expect(await derivatives((x) => ops.reshape(x, []), doubles(5))).toEqual([[1]]);
  });

  it("sums over the axes along which a tensor was repeated", async () => {
    const weights = constant(array([[1, 2, 3], [4, 5, 6]], "f64")); // biome-ignore format: a matrix
    const [row, column, one] = await derivatives(
      (row, column, one) => mul(mul(add(row, column), weights), one),
      doubles(0, 0, 0),
      array([[1], [1]], "f64"),
      array(1, "f64"),
    );
    expect(row).toEqual([5, 7, 9]);
    expect(column).toEqual([6, 15]);
    expect(one).toEqual([21]);
  });

  it("starts from a given derivative of the result", async () => {
    const run = interpreted((x, dy) => ({ dx: gradient(mul(x, x), [x], { outputGradient: dy })[0] }), [f64(3), f64(3)]);
    expect([...(await run(doubles(1, 2, 3), doubles(1, 0, -1))).dx.data]).toEqual([2, 0, -6]);
  });

  it("flows through one of several outputs alone", async () => {
    const x = array([[[1, 5, 2, 4]]], "f64");
    const [dx] = await derivatives((x) => ops.maxPoolWithPositions(x, { kernel: 2 }).values, x);
    expect(dx).toEqual([0, 1, 0, 1]);
  });

  it("does not flow through integers, conditions, and what is stopped", async () => {
    const through = async (body: (x: Tensor) => Tensor) => (await derivatives(body, doubles(2, -3)))[0];
    expect(await through((x) => mul(x, ops.cast(ops.cast(x, "i32"), "f64")))).toEqual([2, -3]);
    expect(await through((x) => ops.select(ops.greater(x, 0), x, 0))).toEqual([1, 0]);
    expect(await through((x) => mul(x, ops.stopGradient(x)))).toEqual([2, -3]);
    expect(await through((x) => ops.stopGradient(x))).toEqual([0, 0]);
  });

  it("takes graphs that are deeper than the call stack", async () => {
    const [dx] = await derivatives((x) => {
      let y = x;
      for (let i = 0; i < 20_000; i++) y = add(y, x);
      return y;
    }, doubles(1));
    expect(dx).toEqual([20_001]);
  });
});

describe("a gradient is refused", () => {
  const attempt = (body: (x: Tensor) => unknown, type = f32(2, 3)) => {
    trace((x) => void body(x), [type]);
  };

  it.each<[string, (x: Tensor) => unknown, string]>([
    [
      "of more than one number",
      (x) => gradient(x, [x]),
      "gradient: the result must be one number, got f32[2,3]; reduce it, or give outputGradient",
    ],
    [
      "of integers",
      (x) => gradient(ops.argMax(ops.reshape(x, [6])), [x]),
      "gradient: the result must be floating point, got i32[]",
    ],
    [
      "from a start of another shape",
      (x) => gradient(x, [x], { outputGradient: sum(x) }),
      "gradient: outputGradient is f32[], the result is f32[2,3]; they must agree",
    ],
    [
      "from a start of another element type",
      (x) => gradient(x, [x], { outputGradient: ops.cast(x, "f64") }),
      "gradient: outputGradient is f64[2,3], the result is f32[2,3]; they must agree",
    ],
  ])("%s", (_, body, message) => {
    expect(() => attempt(body)).toThrow(new ShapeError(message));
  });

  const shape = (_: unknown, x: { shape: readonly number[]; dtype: "f32" | "f64" | "i32" | "u8" | "bool" }) => x;
  const rest = { inputs: ["x"], attributes: {}, sees: pointwise, reference: () => {}, samples: [] };

  it("through an op that has none, with its reason", () => {
    const jump = defineOp({ ...rest, name: "jump", shape, gradient: { none: "it jumps" } });
    expect(() => attempt((x) => gradient(sum(jump([x])), [x]))).toThrow(
      new ShapeError("jump: has no gradient: it jumps; stopGradient() around it leaves it out"),
    );
    expect(() => attempt((x) => gradient(sum(add(x, ops.stopGradient(jump([x])))), [x]))).not.toThrow();
  });

  it("where an op's rule gives another type than the input's", () => {
    const wrong = defineOp({ ...rest, name: "wrong", shape, gradient: (_, [dy]) => [sum(dy)] });
    expect(() => attempt((x) => gradient(sum(wrong([x])), [x]))).toThrow(
      new ShapeError("wrong: its gradient rule gives f32[] for x f32[2,3]"),
    );
  });

  it.each<[string, unknown, string]>([
    ["nothing", [], "must give a list with a derivative or undefined for each of 1 inputs, got 0 entries"],
    ["too much", [undefined, undefined], "must give a list with a derivative or undefined for each of 1 inputs, got 2"],
    ["no list", 3, "must give a list with a derivative or undefined for each of 1 inputs, got 3"],
    ["a number", [3], "gives 3 for x f32[2,3]"],
  ])("where an op's rule gives %s", (_, given, message) => {
    const wrong = defineOp({ ...rest, name: "wrong", shape, gradient: () => given as [] });
    expect(() => attempt((x) => gradient(sum(wrong([x])), [x]))).toThrow(`wrong: its gradient rule ${message}`);
  });

  it("of integers even with nothing to differentiate", () => {
    expect(() => attempt((x) => gradient(sum(x), []), i32(3))).toThrow("must be floating point, got i32[]");
  });
});
