/** The meaning of single operations, and of loops divided among threads; whole kernels are compared in `samples.test.ts`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StateError } from "../../../array/index.ts";
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
import { type Elements, type InterpretOptions, interpretKernel } from "./interpret.ts";
import type { Buffer, Operation, Value } from "./ir.ts";

const float = (value: number): Value => constant(value, scalar("f32"));
const integer = (value: number): Value => constant(value, scalar("i32"));
const truth = (value: boolean): Value => constant(Number(value), scalar("mask"));

/** Runs what `build` writes into a buffer of `length` elements, which hold their positions at first. */
function run(
  length: number,
  build: (b: KernelBuilder, buffer: Buffer) => void,
  { lane = "f32", ...options }: InterpretOptions & { lane?: "f32" | "i32" } = {},
): number[] {
  const buffer: Buffer = { name: "buffer", lane, length };
  const elements: Elements = lane === "f32" ? new Float32Array(length) : new Int32Array(length);
  for (let i = 0; i < length; i++) elements[i] = i;
  const b = new KernelBuilder(4);
  build(b, buffer);
  interpretKernel(b.finish("k"), () => elements, options);
  return [...elements];
}

function compute(value: Value, options: InterpretOptions = {}): number {
  const isMask = value.type.lane === "mask";
  const lane = value.type.lane === "f32" ? "f32" : "i32";
  const stored = isMask ? apply("maskToInteger", value) : value;
  return run(1, (b, buffer) => b.store(buffer, at(0), stored), { lane, ...options })[0];
}

const floats: readonly [Operation, number[], number][] = [
  ["add", [2 ** 24, 1], 2 ** 24],
  ["sub", [1, 2 ** -25], 1],
  ["mul", [2 ** 100, 2 ** 100], Infinity],
  ["div", [1, 3], Math.fround(1 / 3)],
  ["div", [1, -0], -Infinity],
  ["min", [1, NaN], NaN],
  ["max", [NaN, 1], NaN],
  ["max", [-0, 0], 0],
  ["min", [0, -0], -0],
  ["fma", [2 ** 12 + 1, 2 ** 12 + 1, -(2 ** 24)], 2 ** 13],
  ["neg", [0], -0],
  ["abs", [-0], 0],
  ["sqrt", [2], Math.fround(Math.SQRT2)],
  ["floor", [-0.5], -1],
  ["ceil", [-0.5], -0],
  ["nearest", [0.5], 0],
  ["nearest", [1.5], 2],
  ["nearest", [2.5], 2],
  ["nearest", [-0.5], -0],
  ["nearest", [-3.5], -4],
  ["nearest", [-1.4], -1],
  ["nearest", [2 ** 23 + 1], 2 ** 23 + 1],
  ["nearest", [Infinity], Infinity],
  ["eq", [NaN, NaN], 0],
  ["ne", [NaN, NaN], 1],
  ["eq", [0, -0], 1],
  ["lt", [NaN, 1], 0],
  ["ge", [NaN, 1], 0],
  ["le", [1, 1], 1],
  ["gt", [1, 1], 0],
  ["toInteger", [-1.9], -1],
  ["toInteger", [3e9], 2 ** 31 - 1],
  ["toInteger", [-Infinity], -(2 ** 31)],
  ["toInteger", [NaN], 0],
  ["floatToBits", [1], 0x3f800000],
  ["floatToBits", [-0], -(2 ** 31)],
];

const integers: readonly [Operation, number[], number][] = [
  ["add", [2 ** 31 - 1, 1], -(2 ** 31)],
  ["sub", [-(2 ** 31), 1], 2 ** 31 - 1],
  ["mul", [0x12345679, 0x12345679], Math.imul(0x12345679, 0x12345679)],
  ["neg", [-(2 ** 31)], -(2 ** 31)],
  ["abs", [-5], 5],
  ["max", [-5, 3], 3],
  ["and", [12, 10], 8],
  ["or", [12, 10], 14],
  ["xor", [12, 10], 6],
  ["shl", [1, 31], -(2 ** 31)],
  ["shl", [1, 32], 1],
  ["shr", [-1, 28], 15],
  ["lt", [-1, 1], 1],
  ["toFloat", [2 ** 24 + 1], 2 ** 24],
  ["bitsToFloat", [0x3fc00000], 1.5],
];

describe("an operation", () => {
  it.each(floats)("%s of floats %j is %d", (operation, operands, expected) => {
    expect(compute(apply(operation, ...operands.map(float)))).toBe(expected);
  });

  it.each(integers)("%s of integers %j is %d", (operation, operands, expected) => {
    expect(compute(apply(operation, ...operands.map(integer)))).toBe(expected);
  });

  it("combines masks, and selects by them", () => {
    for (const [a, b] of [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ]) {
      // biome-ignore format: a table
      expect(compute(apply("and", truth(a), truth(b)))).toBe(Number(a && b));
      expect(compute(apply("or", truth(a), truth(b)))).toBe(Number(a || b));
      expect(compute(apply("xor", truth(a), truth(b)))).toBe(Number(a !== b));
      expect(compute(apply("not", truth(a)))).toBe(Number(!a));
      expect(compute(apply("select", truth(a), float(1), float(2)))).toBe(a ? 1 : 2);
    }
  });

  it.each([
    ["interleaveLow", [0, 10, 1, 11, 4, 14, 5, 15]],
    ["interleaveHigh", [2, 12, 3, 13, 6, 16, 7, 17]],
    ["evenFours", [0, 1, 2, 3, 10, 11, 12, 13]],
    ["oddFours", [4, 5, 6, 7, 14, 15, 16, 17]],
  ] as const)("%s takes lanes of two vectors", (operation, expected) => {
    const moved = run(26, (b, x) => b.store(x, at(18), apply(operation, b.load(x, at(0), 8), b.load(x, at(10), 8))));
    expect(moved.slice(18)).toEqual(expected);
  });

  it("works on each lane of a vector, and shifts all by one distance", () => {
    const shifted = run(8, (b, x) => b.store(x, at(4), apply("shl", b.load(x, at(0), 4), integer(2))), { lane: "i32" });
    expect(shifted).toEqual([0, 1, 2, 3, 0, 4, 8, 12]);
    const chosen = run(8, (b, x) => {
      const v = b.local(b.load(x, at(4), 4));
      const isMore = apply("gt", v, splat(float(5), 4));
      b.store(x, at(0), apply("select", isMore, v, b.loadSplat(x, at(1), 4)));
      b.storeLane(x, at(4), v, 3);
      b.store(x, at(5), laneOf(v, 2));
    });
    expect(chosen).toEqual([1, 1, 6, 7, 7, 6, 6, 7]);
  });
});

describe("a fused multiply-add", () => {
  const fma = (a: number, b: number, c: number): number =>
    compute(apply("fma", float(a), float(b), float(c)), { fused: true });

  it("keeps what a rounded product loses", () => {
    expect(fma(2 ** 12 + 1, 2 ** 12 + 1, -(2 ** 24))).toBe(2 ** 13 + 1);
    expect(fma(1 + 2 ** -23, 1 - 2 ** -24, -1)).toBe(2 ** -24 - 2 ** -47);
  });

  it("is rounded once where double precision lies half way between two floats", () => {
    // 1 + 2⁻²⁴ is half way, to be rounded down to even; 2⁻⁶⁰ more is lost in double precision and decides.
    expect(fma(2 ** -30, 2 ** -30, 1 + 2 ** -23)).toBe(1 + 2 ** -23);
    expect(fma(1 + 2 ** -12, 1 + 2 ** -12, 2 ** -60)).toBe(1 + 2 ** -11 + 2 ** -23);
    expect(fma(1 + 2 ** -12, 1 + 2 ** -12, -(2 ** -60))).toBe(1 + 2 ** -11);
  });

  it("is the float nearest to the exact sum", () => {
    const moderate = fc.float({ min: -(2 ** 20), max: 2 ** 20, noNaN: true });
    const nearest = (a: number, b: number, c: number): number =>
      roundFixed(fixed(a) * fixed(b) + (fixed(c) << 160n), 320n);
    fc.assert(
      fc.property(moderate, moderate, moderate, (a, b, c) => {
        const canceling = -Math.fround(a * b);
        expect(fma(a, b, c) === nearest(a, b, c)).toBe(true);
        expect(fma(a, b, canceling) === nearest(a, b, canceling)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

/** A float32 of at least 2⁻¹⁴⁹ as an integer number of 2⁻¹⁶⁰. */
const fixed = (value: number): bigint => BigInt(value * 2 ** 149) << 11n;

/** The float32 nearest to n · 2⁻ᵇⁱᵗˢ, halves to even, by comparing with the two floats around it exactly. */
function roundFixed(n: bigint, bits: bigint): number {
  const sign = n < 0n ? -1 : 1;
  const magnitude = n < 0n ? -n : n;
  const length = BigInt(magnitude.toString(2).length);
  // The last place: 24 significant bits, but none below 2⁻¹⁴⁹.
  const drop = length - 24n > bits - 149n ? length - 24n : bits - 149n;
  const [quotient, rest, half] = [magnitude >> drop, magnitude & ((1n << drop) - 1n), 1n << (drop - 1n)];
  const up = rest > half || (rest === half && (quotient & 1n) === 1n);
  return sign * Number(quotient + (up ? 1n : 0n)) * 2 ** Number(drop - bits);
}

describe("a parallel loop", () => {
  const inParts = (threads: number, order: number[]): number[] => {
    const elements = new Float32Array(23);
    const buffer: Buffer = { name: "buffer", lane: "f32", length: 23 };
    const b = new KernelBuilder(4);
    b.loop(23, (i) => b.store(buffer, i, apply("add", b.load(buffer, i), apply("toFloat", indexValue(plus(i, 1))))), {
      parallel: true,
    });
    for (const thread of order) interpretKernel(b.finish("k"), () => elements, { thread, threads });
    return [...elements];
  };
  const whole = Array.from({ length: 23 }, (_, i) => i + 1);

  it.each([1, 2, 3, 4, 23, 40])("gives each iteration to one of %d threads", (threads) => {
    const order = Array.from({ length: threads }, (_, i) => i);
    expect(inParts(threads, order)).toEqual(whole);
    expect(inParts(threads, order.reverse())).toEqual(whole);
  });

  it("gives neighbors to the same thread", () => {
    expect(inParts(4, [1]).map((value) => (value === 0 ? 0 : 1))).toEqual(
      whole.map((_, i) => Number(i >= 5 && i < 11)),
    );
  });

  it("leaves the stores beside it to the first thread", () => {
    const build = (b: KernelBuilder, x: Buffer): void => {
      b.loop(4, (i) => b.store(x, i, float(9)), { parallel: true });
      b.store(x, at(5), apply("add", b.load(x, at(5)), float(1)));
    };
    expect(run(6, build, { thread: 0, threads: 2 })).toEqual([9, 9, 2, 3, 4, 6]);
    expect(run(6, build, { thread: 1, threads: 2 })).toEqual([0, 1, 9, 9, 4, 5]);
  });
});

describe("an access", () => {
  it("goes where counters, factors and the computed part say", () => {
    const reversed = run(6, (b, x) => b.loop(3, (i) => b.store(x, plus(times(i, -2), 5), b.load(x, i))));
    expect(reversed).toEqual([0, 2, 2, 1, 4, 0]);
    const gathered = run(
      6,
      (b, x) =>
        b.loop(2, (i) => b.store(x, i, b.load(x, computed(plus(i, 1), apply("mul", indexValue(i), integer(3)))))),
      { lane: "i32" },
    );
    expect(gathered).toEqual([1, 5, 2, 3, 4, 5]);
  });

  it("of a vector finds nothing beyond the end", () => {
    const sum = (b: KernelBuilder, x: Buffer): void => {
      const v = b.local(b.load(x, at(4), 4));
      b.storeLane(x, at(0), v, 1);
      b.storeLane(x, at(1), v, 2);
    };
    expect(run(6, sum)).toEqual([5, NaN, 2, 3, 4, 5]);
  });

  it("outside of the buffer is refused", () => {
    expect(() => run(4, (b, x) => b.store(x, at(4), float(1)))).toThrow(StateError);
    expect(() => run(4, (b, x) => b.store(x, at(4), float(1)))).toThrow("kernel k: stores buffer[4] of 4 elements");
    expect(() => run(4, (b, x) => b.store(x, at(1), splat(float(1), 4)))).toThrow("stores buffer[1] of 4 elements");
    expect(() => run(4, (b, x) => b.store(x, at(0), b.load(x, at(-1))))).toThrow("loads buffer[-1] of 4 elements");
    expect(() => run(4, (b, x) => b.store(x, at(0), b.load(x, computed(at(0), integer(4)))))).toThrow(
      "loads buffer[4]",
    );
  });
});
