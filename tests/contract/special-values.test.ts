/**
 * Elementwise ops where floating point has its corners: zeros of both signs, subnormal, huge and infinite numbers, NaN,
 * and floats of random bits. Every engine gives what the interpreter gives: the same NaNs, infinities and signs of zero,
 * and finite numbers within the errors that `loops/math.ts` states.
 */
import { describe, expect, it } from "vitest";
import { NdArray, Random } from "../../src/array/index.ts";
import { compile, createInterpreter } from "../../src/engines/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import * as ops from "../../src/ops/index.ts";
import { usable } from "../support/engines.ts";

const { neg, abs, sign, floor, ceil, round, sqrt, relu, tanh, sigmoid, erf, exp, expm1 } = ops;
const { add, sub, mul, div, maximum, minimum, equal, notEqual, less, lessEqual, greater, greaterEqual } = ops;

const LARGEST = 2 ** 128 * (1 - 2 ** -24);
const SMALLEST_NORMAL = 2 ** -126;

/** Corners, powers of two around the bounds of argument reductions, and neighbors of kinks. */
const corners = [0, 2 ** -149, 2 ** -127, SMALLEST_NORMAL, 1e-30, 1e-8, 0.25, 0.5, 0.75, 1 - 2 ** -24, 1, 1 + 2 ** -23]
  .concat([1.5, 2, 2.5, 3, 5, 7.5, 8, 9.5, 16, 17, 20.5, 80, 87, 88, 88.7, 89, 103, 104, 127, 128, 129, 8191.5, 8192])
  .concat([1e5, 1e6, 7423918, 2 ** 22, 2 ** 22 + 0.5, 2 ** 23, 2 ** 23 + 1, 2 ** 24, 2 ** 24 + 2, 2 ** 31, 2 ** 32])
  .concat([1e10, 3e19, 2 ** 63, 2 ** 64, 1e30, 2 ** 127, LARGEST, Infinity, NaN])
  .flatMap((x) => [x, -x]);

/** Floats of random bits: every exponent is as likely as any other. */
function randomBits(count: number, stream: string): Float32Array {
  const random = new Random(1, stream);
  return new Float32Array(Uint32Array.from({ length: count }, () => random.uniform(0, 2 ** 32)).buffer);
}

const vector = (values: Float32Array): NdArray => new NdArray(values, [values.length], "f32");
const singles = vector(Float32Array.from([...corners, ...randomBits(4000, "unary")]));

/** Every corner beside every corner, and random bits beside small whole numbers and random bits. */
function pairs(): [NdArray, NdArray] {
  const [some, others] = [randomBits(3000, "first"), randomBits(3000, "second")];
  const a = [...corners.flatMap((x) => corners.map(() => x)), ...some, ...some];
  const b = [...corners.flatMap(() => corners), ...others, ...some.map((_, i) => (i % 9) - 4)];
  return [vector(Float32Array.from(a)), vector(Float32Array.from(b))];
}

/** How far a result may be off: relative to it, absolutely, or both. */
interface Allowance {
  readonly relative?: number;
  readonly absolute?: number;
}

const exact: Allowance = {};

function differs(actual: number, expected: number, { relative = 0, absolute = 0 }: Allowance): boolean {
  if (Object.is(actual, expected)) return false;
  if (actual === 0 && expected === 0) return true;
  // Beyond the largest number, or just not: rounding decides.
  if (Math.abs(expected) > LARGEST * (1 - 1e-4) && relative > 0)
    return !(Math.sign(actual) === Math.sign(expected) && Math.abs(actual) > LARGEST * (1 - 2e-4));
  return !(Math.abs(actual - expected) <= relative * Math.abs(expected) + absolute);
}

type Row<F> = readonly [name: string, op: F, allowance: Allowance];

const rows = <F>(functions: Readonly<Record<string, F>>, allowance: Allowance): Row<F>[] =>
  Object.entries(functions).map(([name, f]) => [name, f, allowance]);

const unary: readonly Row<(x: Tensor) => Tensor>[] = [
  ...rows({ neg, abs, sign, floor, ceil, round, sqrt, relu }, exact),
  ["exp", ops.exp, { relative: 2e-7, absolute: 2e-45 }],
  ["log", ops.log, { relative: 2e-7 }],
  ["expm1", ops.expm1, { relative: 3e-7, absolute: 2e-45 }],
  ["log1p", ops.log1p, { relative: 4e-7, absolute: 2e-45 }],
  ["tanh", ops.tanh, { relative: 5e-7, absolute: 2e-45 }],
  ["erf", ops.erf, { relative: 6e-7, absolute: 2e-45 }],
  ["sigmoid", ops.sigmoid, { relative: 3e-7, absolute: SMALLEST_NORMAL }],
  ["sin", ops.sin, { absolute: 2e-7 }],
  ["cos", ops.cos, { absolute: 2e-7 }],
];

/** Composed of several functions, whose errors add up; where 1 − tanh² cancels they are absolute. */
const composed: Allowance = { relative: 2e-6, absolute: 5e-6 };

const activations: readonly Row<(x: Tensor) => Tensor>[] = [
  ["leakyRelu", (x) => ops.leakyRelu(x), composed],
  ["elu", (x) => ops.elu(x), composed],
  ["selu", ops.selu, composed],
  ["gelu", (x) => ops.gelu(x), composed],
  ["gelu by tanh", (x) => ops.gelu(x, { approximate: "tanh" }), composed],
  ["silu", ops.silu, composed],
  ["softplus", (x) => ops.softplus(x), composed],
  ["softsign", ops.softsign, composed],
  ["hardTanh", (x) => ops.hardTanh(x), composed],
  ["hardSigmoid", ops.hardSigmoid, composed],
  ["hardSwish", ops.hardSwish, composed],
];

const slopeOf =
  (op: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    ops.gradient(ops.sum(op(x)), [x])[0];

const slopes = [...activations, ...rows({ tanh, sigmoid, erf, relu, exp, expm1 }, composed)].map(
  ([name, op, allowance]): Row<(x: Tensor) => Tensor> => [`slope of ${name}`, slopeOf(op), allowance],
);

const asNumber = (compare: (x: Tensor, y: Tensor) => Tensor) => (x: Tensor, y: Tensor) =>
  ops.cast(compare(x, y), "f32");

const binary: readonly Row<(x: Tensor, y: Tensor) => Tensor>[] = [
  ...rows({ add, sub, mul, div, maximum, minimum }, exact),
  ...rows({ equal, notEqual, less, lessEqual, greater, greaterEqual }, exact).map(
    ([name, compare, allowance]): Row<(x: Tensor, y: Tensor) => Tensor> => [name, asNumber(compare), allowance],
  ),
  ["pow", ops.pow, { relative: 3e-5, absolute: 2e-45 }],
];

const written = (x: number): string => (Object.is(x, -0) ? "-0" : `${x}`);

function format(name: string, numbers: readonly number[]): string {
  const [actual, expected] = numbers.slice(-2).map(written);
  return `${name}(${numbers.slice(0, -2).map(written)}) is ${actual}, expected ${expected}`;
}

const compiled = usable.filter(({ name }) => name !== "interpreter");

async function compareAll<F extends (...x: Tensor[]) => Tensor>(rows: readonly Row<F>[], inputs: NdArray[]) {
  const body = (...x: Tensor[]) => rows.map(([, op]) => op(...x));
  const expected = await compile(body, inputs, { engine: createInterpreter() })(...inputs);
  const failures: string[] = [];
  for (const candidate of compiled) {
    if (!("engine" in candidate)) continue;
    const actual = await compile(body, inputs, { engine: candidate.engine })(...inputs);
    rows.forEach(([name, , allowance], k) => {
      const wrong = [...actual[k].data].flatMap((y, i) =>
        differs(y, expected[k].data[i], allowance)
          ? [format(`${candidate.name}: ${name}`, [...inputs.map(({ data }) => data[i]), y, expected[k].data[i]])]
          : [],
      );
      failures.push(...wrong.slice(0, 3));
    });
  }
  return failures;
}

describe("on every engine", () => {
  it("functions of one number agree", async () => expect(await compareAll(unary, [singles])).toEqual([]));
  it("activations agree", async () => expect(await compareAll(activations, [singles])).toEqual([]));
  it("and so do their derivatives", async () => expect(await compareAll(slopes, [singles])).toEqual([]));
  it("functions of two numbers agree", async () => expect(await compareAll(binary, pairs())).toEqual([]));
});
