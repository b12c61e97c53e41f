/** The errors that the header of `math.ts` states, measured through WebAssembly over floats of all magnitudes. */
import { describe, expect, it } from "vitest";
import { Random } from "../../../array/index.ts";
import { erfOf } from "../../../ops/special.ts";
import { emitKernel } from "../wasm/emit.ts";
import { encodeModule } from "../wasm/encode.ts";
import { hasRelaxedSimd } from "../wasm/probe.ts";
import { KernelBuilder, times } from "./builder.ts";
import type { Buffer, Index, Value } from "./ir.ts";
import * as math from "./math.ts";
import { cos, sin } from "./sine.ts";

const LANES = 4;
const PAGE = 65_536;

type Function = (b: KernelBuilder, ...operands: Value[]) => Value;

/** f of every element, in vectors and one by one. */
const evaluate = (f: Function, ...operands: Float32Array[]) => run(f, operands, hasRelaxedSimd());

function run(f: Function, operands: readonly Float32Array[], relaxed: boolean) {
  const [{ length, byteLength }] = operands;
  const buffer = (name: string): Buffer => ({ name, lane: "f32", length });
  const inputs = operands.map((_, i) => buffer(`x${i}`));
  const [wide, narrow] = [buffer("wide"), buffer("narrow")];
  const b = new KernelBuilder(LANES);
  const load = (i: Index, lanes: number): Value[] => inputs.map((x) => b.local(b.load(x, i, lanes)));
  b.loop(length / LANES, (i) => b.store(wide, times(i, LANES), f(b, ...load(times(i, LANES), LANES))));
  b.loop(length, (i) => b.store(narrow, i, f(b, ...load(i, 1))));
  const buffers = [...inputs, wide, narrow];
  const addressOf = (buffer: Buffer): number => PAGE + buffers.indexOf(buffer) * byteLength;
  const pages = Math.ceil((buffers.length * byteLength) / PAGE) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const kernel = emitKernel(b.finish("f"), { addressOf, relaxed });
  const module = new WebAssembly.Module(encodeModule([kernel], { pages, shared: false }));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const elements = (buffer: Buffer) => new Float32Array(memory.buffer, addressOf(buffer), length);
  for (const [i, values] of operands.entries()) elements(inputs[i]).set(values);
  (exports.f as (thread: number, threads: number) => void)(0, 1);
  return { wide: elements(wide), narrow: elements(narrow) };
}

/** Every 4093rd float by its bits: a prime, so that all exponents and all low bits come, of both signs, NaN included. */
const everywhere = (): Float32Array =>
  new Float32Array(Int32Array.from({ length: 2 ** 20 }, (_, i) => Math.imul(i, 4093)).buffer);

const within = (low: number, high: number, stream: string): Float32Array => {
  const random = new Random(1, stream);
  return Float32Array.from({ length: 2 ** 17 }, () => random.uniform(low, high));
};

const LARGEST = 2 ** 128 * (1 - 2 ** -24);
const SMALLEST_NORMAL = 2 ** -126;

/** Relative to the result; where that is no finite number or nearly too large, 0 if it is found and Infinity if not. */
function relativeError(actual: number, exact: number, allowed = 0): number {
  if (Number.isNaN(exact)) return Number.isNaN(actual) ? 0 : Infinity;
  if (Math.abs(exact) > LARGEST * (1 - 1e-6)) return Math.abs(actual) > LARGEST * (1 - 2e-6) ? 0 : Infinity;
  return Math.max(0, Math.abs(actual - exact) - allowed) / Math.max(Math.abs(exact), SMALLEST_NORMAL);
}

interface Worst {
  error: number;
  x: number;
}

function worstOf(x: Float32Array, actual: Float32Array, errorOf: (actual: number, i: number) => number): Worst {
  const worst = { error: 0, x: 0 };
  x.forEach((argument, i) => {
    const error = errorOf(actual[i], i);
    if (!(error <= worst.error)) Object.assign(worst, { error, x: argument });
  });
  return worst;
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** The function, what it should be, the bound, and an interval that is looked at more closely. */
const functions: readonly [string, Function, (x: number) => number, number, readonly [number, number]][] = [
  ["exp", math.exp, Math.exp, 1e-7, [-88, 88]],
  ["log", math.log, Math.log, 1e-7, [0, 4]],
  ["tanh", math.tanh, Math.tanh, 4e-7, [-9, 9]],
  ["erf", math.erf, erfOf, 5e-7, [-4, 4]],
  ["sigmoid", math.sigmoid, logistic, 2e-7, [-90, 20]],
  ["expm1", math.expm1, Math.expm1, 2e-7, [-2, 2]],
  ["log1p", math.log1p, Math.log1p, 3e-7, [-1, 2]],
];

describe.each(functions)("%s", (name, f, exact, bound, [low, high]) => {
  it(`is within ${bound} of the result, everywhere`, () => {
    const allowed = name === "sigmoid" ? SMALLEST_NORMAL : 0;
    for (const x of [everywhere(), within(low, high, name)]) {
      const worst = worstOf(x, evaluate(f, x).wide, (y, i) => relativeError(y, exact(x[i]), allowed));
      expect(worst.error, `at ${worst.x}`).toBeLessThan(bound);
    }
  });
});

describe.each([
  ["sin", sin, Math.sin],
  ["cos", cos, Math.cos],
] as const)("%s", (name, f, exact) => {
  it.each([
    [8192, 1e-7],
    [1e5, 1.5e-7],
    [1e9, 1.5e-7],
    [1e38, 1.5e-7],
  ])("up to ±%d is within %d", (end, bound) => {
    const small = everywhere().filter((x) => Math.abs(x) < 1);
    for (const x of [within(-end, end, name), within(-4, 4, name), small.subarray(small.length % LANES)]) {
      const worst = worstOf(x, evaluate(f, x).wide, (y, i) => Math.abs(y - exact(x[i])));
      expect(worst.error, `at ${worst.x}`).toBeLessThan(bound);
    }
  });

  it("of what is not a finite number is not a number", () => {
    expect([...evaluate(f, Float32Array.of(Infinity, -Infinity, NaN, NaN)).wide]).toEqual([NaN, NaN, NaN, NaN]);
  });
});

describe("pow", () => {
  const bound = 1.5e-7;

  it.each([
    [0.5, 2, 100],
    [0, 10, 4],
    [1e-20, 1e20, 2],
  ])(`between %d and %d is within ${bound} · (1 + |b ln a|)`, (low, high, exponents) => {
    const a = within(low, high, "pow");
    const b = within(-exponents, exponents, "exponents");
    const worst = worstOf(
      a,
      evaluate(math.pow, a, b).wide,
      (y, i) => relativeError(y, a[i] ** b[i]) / (1 + Math.abs(b[i] * Math.log(a[i]))),
    );
    expect(worst.error, `at ${worst.x}`).toBeLessThan(bound);
  });

  it.each([
    [2, 0, 1],
    [NaN, 0, 1],
    [0, 2, 0],
    [0, -1, Infinity],
    [-1, 3, -1],
    [-1, 4, 1],
    [-1, 2 ** 24, 1],
    [-8, 1 / 3, NaN],
    [-0, -3, -Infinity],
    [-0, 3, -0],
    [-0, -2, Infinity],
    [-0, -0.5, Infinity],
    [-Infinity, 0.5, Infinity],
    [-Infinity, -0.5, 0],
    [-Infinity, -3, -0],
    [-2, Infinity, Infinity],
    [-1, Infinity, NaN],
    [-Infinity, 3, -Infinity],
    [Infinity, -2, 0],
    [1, NaN, NaN],
    [0.5, Infinity, 0],
    [2, Infinity, Infinity],
  ])("of %d and %d is %d", (a, b, expected) => {
    const [x, y] = [a, b].map((value) => new Float32Array(LANES).fill(value));
    expect(a ** Math.fround(b)).toEqual(expected);
    expect([...evaluate(math.pow, x, y).wide]).toEqual(new Array(LANES).fill(expected));
  });
});

describe("at the ends", () => {
  const of = (f: Function, ...x: number[]): number[] => [...evaluate(f, Float32Array.from(x)).wide];

  it("exp is exactly 1 at 0, and goes to 0 and infinity", () => {
    expect(of(math.exp, 0, -0, 1e-30, -Infinity, Infinity, 88.73, -104, NaN)).toEqual(
      [1, 1, 1, 0, Infinity, Infinity, 0, NaN], // biome-ignore format: one for each argument
    );
  });

  it("log is exactly 0 at 1, and is not a number below 0", () => {
    expect(of(math.log, 1, 0, -0, -1e-45, -1, -Infinity, Infinity, NaN)).toEqual(
      [0, -Infinity, -Infinity, NaN, NaN, NaN, Infinity, NaN], // biome-ignore format: one for each argument
    );
  });

  it("tanh is odd, keeps the sign of 0, and is exactly 1 from where it rounds to it", () => {
    expect(of(math.tanh, 0, -0, 10, -10, Infinity, -Infinity, 3e38, NaN)).toEqual([0, -0, 1, -1, 1, -1, 1, NaN]);
    const x = within(0, 9, "odd");
    const [positive, negative] = [evaluate(math.tanh, x).wide, evaluate(math.tanh, x.map((value) => -value)).wide]; // biome-ignore format: a pair
    expect(negative.map((value) => -value)).toEqual(positive);
    expect(positive.reduce((most, value) => Math.max(most, value))).toBe(1);
  });

  it("erf keeps the sign of 0 and is exactly 1 from where it rounds to it, never more", () => {
    expect(of(math.erf, 0, -0, 4, -4, Infinity, -Infinity, 3e38, NaN)).toEqual([0, -0, 1, -1, 1, -1, 1, NaN]);
    expect(evaluate(math.erf, within(3, 4, "erf")).wide.reduce((most, value) => Math.max(most, value))).toBe(1);
  });

  it("sigmoid goes to 0 and 1, and is exactly a half at 0", () => {
    expect(of(math.sigmoid, 0, -0, 100, -100, Infinity, -Infinity, 17.5, NaN)).toEqual([0.5, 0.5, 1, 0, 1, 0, 1, NaN]);
  });
});

it("gives vectors and scalars the same bits", () => {
  // Without fused multiply-add, which WebAssembly has for vectors only.
  const x = everywhere();
  const named = functions.map(([name, f]): [string, Function] => [name, f]);
  const power: Function = (b, x) => math.pow(b, x, x);
  for (const [name, f] of [...named, ["sin", sin], ["cos", cos], ["pow", power]] as const) {
    const { wide, narrow } = run(f, [x], false);
    const differs = wide.findIndex((value, i) => !Object.is(value, narrow[i]));
    expect(differs < 0 ? "nowhere" : `${name}(${x[differs]})`).toBe("nowhere");
  }
});
