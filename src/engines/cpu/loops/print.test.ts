/** Kernels as text: the notation, and snapshots of what some ops become, so that a change of the lowering shows. */
import { describe, expect, it } from "vitest";
import { f32, i32, type Tensor, type TensorType, trace } from "../../../graph/index.ts";
import { conv, gather, matmul, maxPool, mul, sum, tanh } from "../../../ops/index.ts";
import { x86 } from "../lower/context/tuning.ts";
import { lower } from "../lower/lower.ts";
import {
  apply,
  at,
  computed,
  constant,
  indexValue,
  KernelBuilder,
  laneOf,
  plus,
  scalar,
  splat,
  times,
} from "./builder.ts";
import type { Buffer, Value } from "./ir.ts";
import { printIndex, printKernel, printStatement, printValue } from "./print.ts";

const x: Buffer = { name: "x", lane: "f32", length: 100 };
const y: Buffer = { name: "y", lane: "i32", length: 50 };
const float = (value: number, lanes = 1): Value => constant(value, { lane: "f32", lanes });
const integer = (value: number): Value => constant(value, scalar("i32"));

describe("a kernel", () => {
  it("shows buffers, loops, conditions, types where locals are first set, and accesses with their widths", () => {
    const b = new KernelBuilder(4);
    b.loop(
      5,
      (i) => {
        const sums = b.local(float(0, 4));
        b.loop(3, (j) => {
          const element = plus(times(i, 12), times(j, 4));
          b.set(sums, apply("fma", b.loadSplat(y, j, 4), b.load(x, plus(element, 1), 4), sums));
        });
        b.when(apply("lt", indexValue(plus(i, -1)), integer(3)), () => b.storeLane(x, plus(i, 90), sums, 2));
        b.store(x, times(i, 4), sums);
      },
      { parallel: true },
    );
    expect(printKernel(b.finish("example"))).toBe(
      `kernel example
  y: i32[50]
  x: f32[100]
  for i0 in 0..5 parallel
    v1: f32x4 = 0.0
    for i2 in 0..3
      v1 = fma(splat y[i2], x[i0*12 + i2*4 + 1; 4], v1)
    if (-1 + (i0 * 1)) < 3
      x[i0 + 90] = lane 2 of v1
    x[i0*4; 4] = v1`,
    );
  });

  it("without statements is its name", () => {
    expect(printKernel({ name: "nothing", body: [] })).toBe("kernel nothing");
  });
});

describe("a value", () => {
  const b = new KernelBuilder(4);
  const v = b.local(float(1, 4));
  const s = b.local(float(2));

  it.each<[Value, string]>([
    [float(1), "1.0"],
    [float(-0), "-0.0"],
    [float(0.1), "0.1"],
    [float(1e30), "1e+30"],
    [float(Infinity), "Infinity"],
    [float(NaN), "NaN"],
    [integer(-7), "-7"],
    [constant(1, scalar("mask")), "true"],
    [splat(s, 4), "(splat v1)"],
    [laneOf(v, 3), "(lane 3 of v0)"],
    [apply("add", v, apply("mul", v, splat(s, 4))), "(v0 + (v0 * (splat v1)))"],
    [apply("select", apply("ge", s, float(0)), s, apply("neg", s)), "select(v1 >= 0.0, v1, neg(v1))"],
    [apply("shr", apply("floatToBits", v), integer(23)), "(floatToBits(v0) >>> 23)"],
    [apply("max", v, b.loadSplat(x, at(3), 4)), "max(v0, splat x[3])"],
  ])("%# is printed as %s", (value, text) => {
    expect(printValue(value)).toBe(text);
  });
});

it("prints an index with its signs, factors and computed part", () => {
  const b = new KernelBuilder(4);
  b.loop(9, (i) => {
    b.loop(9, (j) => {
      expect(printIndex(at(0))).toBe("0");
      expect(printIndex(at(-3))).toBe("-3");
      expect(printIndex(plus(times(i, -2), times(j, 1)))).toBe("-i0*2 + i1");
      expect(printIndex(plus(plus(i, times(j, -1)), -5))).toBe("i0 - i1 - 5");
      const position = apply("mul", b.load(y, i), integer(4));
      expect(printIndex(computed(plus(j, 2), position))).toBe("i1 + (y[i0] * 4) + 2");
    });
  });
});

it("prints a statement by itself on one line", () => {
  const b = new KernelBuilder(4);
  b.loop(9, (i) => b.store(x, i, float(1)));
  expect(b.finish("k").body.map((statement) => printStatement(statement))).toEqual(["for i0 in 0..9"]);
});

/** Fixed, so that the snapshots are the same on every machine. */
const options = { lanes: 4, tiles: [{ rows: 3, vectors: 2 }], tuning: x86 };

const cases: readonly [string, (...inputs: Tensor[]) => Tensor, TensorType[]][] = [
  ["matmul 5×7 · 7×9", (a, b) => matmul(a, b), [f32(5, 7), f32(7, 9)]],
  ["conv, stride 2 and padding 1", (x, w) => conv(x, w, { stride: 2, padding: 1 }), [f32(1, 2, 6, 5), f32(3, 2, 3, 3)]],
  ["maxPool with windows that overhang", (x) => maxPool(x, { kernel: 2, stride: 2, padding: 1 }), [f32(2, 3, 5, 4)]],
  ["gather", (x, index) => gather(x, index, 0), [f32(5, 3), i32(2, 3)]],
  ["sum of products over rows", (x, y) => sum(mul(x, y), [1]), [f32(3, 10), f32(3, 10)]],
  ["tanh", (x) => tanh(x), [f32(3, 3)]],
];

it.each(cases)("%s", (_, body, types) => {
  const { steps } = lower(trace(body, types).graph, options);
  expect(steps.map(({ kernel }) => printKernel(kernel)).join("\n")).toMatchSnapshot();
});
