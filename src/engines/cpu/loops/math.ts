/**
 * Elementary functions as polynomials over vectors or scalars. Arguments are reduced to a small interval, where a
 * polynomial of degree 5 to 9 is good to the last bit or two of float32. Coefficients and reductions: S. Moshier, "Cephes
 * Mathematical Library" (1989), single precision.
 *
 * Errors, relative to the result, as measured by the tests against double precision: exp, log 2e-7; tanh, sigmoid,
 * expm1, log1p 5e-7; sin and cos 2e-7 absolute for |x| < 8192; pow 1e-7 · (2 + |b ln a|).
 */
import { apply, constant, type KernelBuilder } from "./builder.ts";
import type { Lane, Value } from "./ir.ts";

const like = (x: Value, value: number, lane: Lane = x.type.lane): Value =>
  constant(value, { lane, lanes: x.type.lanes });

const add = (a: Value, b: Value): Value => apply("add", a, b);
const sub = (a: Value, b: Value): Value => apply("sub", a, b);
const mul = (a: Value, b: Value): Value => apply("mul", a, b);
const select = (mask: Value, a: Value, b: Value): Value => apply("select", mask, a, b);
const times = (x: Value, factor: number): Value => mul(x, like(x, factor));

/** c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ, by Horner's rule. */
const polynomial = (x: Value, [first, ...rest]: readonly number[]): Value =>
  rest.reduce((sum, c) => apply("fma", sum, x, like(x, c)), like(x, first));

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];

/** r + r² P(r), which is eʳ − 1 for |r| ≤ ln 2 / 2. */
const expm1Small = (r: Value): Value => apply("fma", mul(r, r), polynomial(r, EXP), r);

/** 2ⁿ for a whole number n from −126 to 127. */
const powerOfTwo = (n: Value): Value =>
  apply(
    "bitsToFloat",
    apply("shl", add(apply("toInteger", n), like(n, 127, "i32")), constant(23, { lane: "i32", lanes: 1 })),
  );

/** eˣ = 2ⁿ eʳ with n = round(x / ln 2). Two factors 2^⌊n/2⌋ reach from denormals to infinity. */
export function exp(b: KernelBuilder, argument: Value): Value {
  const x = b.local(apply("min", apply("max", argument, like(argument, -104)), like(argument, 89)));
  const n = b.local(apply("nearest", times(x, Math.LOG2E)));
  const r = b.local(sub(sub(x, times(n, LN2_HIGH)), times(n, LN2_LOW)));
  const half = b.local(apply("floor", times(n, 0.5)));
  const mantissa = add(expm1Small(r), like(x, 1));
  return b.local(mul(mul(mantissa, powerOfTwo(half)), powerOfTwo(sub(n, half))));
}

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];

/** ln(1 + m) for √½ − 1 ≤ m ≤ √2 − 1, plus e ln 2. */
function logOfReduced(b: KernelBuilder, m: Value, e: Value): Value {
  const z = b.local(mul(m, m));
  const tail = apply("fma", e, like(e, LN2_LOW), mul(mul(m, z), polynomial(m, LOG)));
  return apply("fma", e, like(e, LN2_HIGH), add(m, sub(tail, times(z, 0.5))));
}

/** ln x = ln m + e ln 2 with x = m 2ᵉ. */
export function log(b: KernelBuilder, argument: Value): Value {
  const bitsOf = (n: number) => constant(n, { lane: "i32", lanes: 1 });
  const tiny = b.local(apply("lt", argument, like(argument, 2 ** -126)));
  const x = b.local(select(tiny, times(argument, 2 ** 23), argument));
  const bits = b.local(apply("floatToBits", x));
  const exponent = sub(apply("shr", bits, bitsOf(23)), like(bits, 126));
  const fraction = apply("bitsToFloat", apply("or", apply("and", bits, like(bits, 0x7fffff)), like(bits, 0x3f000000)));
  const f = b.local(fraction);
  const low = b.local(apply("lt", f, like(f, Math.SQRT1_2)));
  const m = b.local(sub(select(low, add(f, f), f), like(f, 1)));
  const e = b.local(
    sub(sub(apply("toFloat", exponent), select(low, like(f, 1), like(f, 0))), select(tiny, like(f, 23), like(f, 0))),
  );
  const finite = logOfReduced(b, m, e);
  const orInfinite = select(apply("lt", argument, like(x, Infinity)), finite, argument);
  const orNegative = select(apply("lt", argument, like(x, 0)), like(x, NaN), orInfinite);
  return b.local(select(apply("eq", argument, like(x, 0)), like(x, -Infinity), orNegative));
}

const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1];

/** x + x³ P(x²) near 0, and 1 − 2 / (e^{2|x|} + 1) with the sign of x elsewhere. */
export function tanh(b: KernelBuilder, x: Value): Value {
  const magnitude = b.local(apply("abs", x));
  const z = b.local(mul(x, x));
  const near = apply("fma", mul(x, z), polynomial(z, TANH), x);
  const far = b.local(sub(like(x, 1), apply("div", like(x, 2), add(exp(b, add(magnitude, magnitude)), like(x, 1)))));
  const signed = select(apply("lt", x, like(x, 0)), apply("neg", far), far);
  return b.local(select(apply("lt", magnitude, like(x, 0.625)), near, signed));
}

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (b: KernelBuilder, x: Value): Value =>
  b.local(apply("div", like(x, 1), add(exp(b, apply("neg", x)), like(x, 1))));

export function expm1(b: KernelBuilder, x: Value): Value {
  const far = sub(exp(b, x), like(x, 1));
  return b.local(select(apply("lt", apply("abs", x), like(x, 0.34)), expm1Small(x), far));
}

export function log1p(b: KernelBuilder, x: Value): Value {
  const far = log(b, add(x, like(x, 1)));
  return b.local(select(apply("lt", apply("abs", x), like(x, 0.29)), logOfReduced(b, x, like(x, 0)), far));
}

/** π/2 in three parts, the first two with few enough bits that their multiples are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.54978995489188e-8] as const;
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

/** sin(x + shift · π/2): reduced to |r| ≤ π/4 and a quadrant, which chooses the polynomial and the sign. */
function sine(b: KernelBuilder, x: Value, shift: number): Value {
  const n = b.local(apply("nearest", times(x, 2 / Math.PI)));
  const r = b.local(HALF_PI.reduce((rest, part) => sub(rest, times(n, part)), x));
  const quadrant = b.local(add(apply("toInteger", n), like(n, shift, "i32")));
  const bit = (value: number): Value => apply("ne", apply("and", quadrant, like(quadrant, value)), like(quadrant, 0));
  const z = b.local(mul(r, r));
  const s = apply("fma", mul(r, z), polynomial(z, SIN), r);
  const c = add(apply("fma", mul(z, z), polynomial(z, COS), times(z, -0.5)), like(x, 1));
  const value = b.local(select(bit(1), c, s));
  return b.local(select(bit(2), apply("neg", value), value));
}

export const sin = (b: KernelBuilder, x: Value): Value => sine(b, x, 0);
export const cos = (b: KernelBuilder, x: Value): Value => sine(b, x, 1);

/** |a|ᵇ by e^{b ln |a|}; negative a have powers with whole exponents only. */
export function pow(b: KernelBuilder, a: Value, exponent: Value): Value {
  const magnitude = exp(b, mul(exponent, log(b, apply("abs", a))));
  const isWhole = apply("eq", apply("nearest", exponent), exponent);
  const half = b.local(times(exponent, 0.5));
  const isOdd = apply("and", isWhole, apply("ne", apply("nearest", half), half));
  const ofNegative = select(isWhole, select(isOdd, apply("neg", magnitude), magnitude), like(a, NaN));
  const power = select(apply("lt", a, like(a, 0)), ofNegative, magnitude);
  return b.local(select(apply("eq", exponent, like(a, 0)), like(a, 1), power));
}
