/**
 * Elementary functions over vectors or scalars: arguments are reduced to a small interval, where a polynomial of degree 5
 * to 9 is good to the last bit or two of float32. Coefficients and reductions: S. Moshier, "Cephes Mathematical Library"
 * (1989), single precision; tanh and erf are quotients of polynomials fitted for this file.
 *
 * Errors, relative to the result, as measured by the tests against double precision, with and without fused multiply-add:
 * exp, log 1e-7; sigmoid, expm1 2e-7; log1p 3e-7; tanh 4e-7; erf 5e-7; pow 1.5e-7 · (1 + |b ln a|). Below the smallest
 * normal number, 2⁻¹²⁶, they are relative to that, and sigmoid may be 0 there. Zeros, infinities and NaN are the
 * interpreter's, signs included.
 */
import {
  add,
  FRACTION_BITS,
  like,
  mul,
  ONE_BITS,
  polynomial,
  powerOfTwo,
  SIGN_BIT,
  scaled,
  select,
  shift,
  sub,
  wholeSteps,
} from "./arithmetic.ts";
import { apply, type KernelBuilder } from "./builder.ts";
import type { Value } from "./ir.ts";

/** Comparisons keep what is not a number, for less than `min` and `max` take on targets where these do not by themselves. */
function clamp(b: KernelBuilder, x: Value, low: number, high: number): Value {
  const above = b.local(select(apply("lt", x, like(x, low)), like(x, low), x));
  return b.local(select(apply("gt", above, like(x, high)), like(x, high), above));
}

const LN2_HIGH = 0.693359375;
const LN2_LOW = -2.1219444e-4;
const EXP = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];

/** x = n ln 2 + r with |r| ≤ ln 2 / 2: the bits of n, and eʳ − 1 = r + r² P(r). */
function reduceExp(b: KernelBuilder, x: Value): { bits: Value; fraction: Value } {
  const { n, bits } = wholeSteps(b, x, Math.LOG2E);
  const r = b.local(apply("fma", n, like(n, -LN2_LOW), apply("fma", n, like(n, -LN2_HIGH), x)));
  return { bits, fraction: apply("fma", mul(r, r), polynomial(r, EXP), r) };
}

/** eˣ = 2ⁿ eʳ. Two factors, 2^⌊n/2⌋ and what is left, reach from denormals to infinity. */
export function exp(b: KernelBuilder, argument: Value): Value {
  const x = clamp(b, argument, -104, 89);
  const { bits, fraction } = reduceExp(b, x);
  const half = b.local(shift("shr", bits, 1));
  return b.local(mul(mul(add(fraction, like(x, 1)), powerOfTwo(half)), powerOfTwo(sub(bits, half))));
}

/** 1 / (1 + e⁻ˣ). Where e⁻ˣ is below the normal numbers or above all, 0 or infinity will do. */
export function sigmoid(b: KernelBuilder, argument: Value): Value {
  const x = clamp(b, b.local(apply("neg", argument)), -88, 89);
  const { bits, fraction } = reduceExp(b, x);
  const power = mul(add(fraction, like(x, 1)), powerOfTwo(bits));
  return b.local(apply("div", like(x, 1), add(power, like(x, 1))));
}

/** Where the argument is 0 or −0, so is an odd function's result. */
export const orZero = (b: KernelBuilder, x: Value, result: Value): Value =>
  b.local(select(apply("eq", x, like(x, 0)), x, result));

/** eˣ − 1 = 2 (2ⁿ⁻¹ (eʳ − 1) + 2ⁿ⁻¹ − ½). */
export function expm1(b: KernelBuilder, argument: Value): Value {
  const x = clamp(b, argument, -40, 89);
  const { bits, fraction } = reduceExp(b, x);
  const half = b.local(powerOfTwo(sub(bits, like(bits, 1))));
  return orZero(b, argument, scaled(apply("fma", half, fraction, sub(half, like(x, 0.5))), 2));
}

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];

/** ln(1 + m) for √½ − 1 ≤ m ≤ √2 − 1, plus e ln 2. */
function logOfReduced(b: KernelBuilder, m: Value, e: Value): Value {
  const z = b.local(mul(m, m));
  const tail = apply("fma", e, like(e, LN2_LOW), mul(mul(m, z), polynomial(m, LOG)));
  return apply("fma", e, like(e, LN2_HIGH), add(m, sub(tail, scaled(z, 0.5))));
}

const SQRT_HALF_BITS = 0x3f3504f3;

/** ln x = ln (1 + m) + e ln 2 with x = (1 + m) 2ᵉ. Denormals are scaled first. */
export function log(b: KernelBuilder, x: Value): Value {
  const tiny = b.local(apply("lt", x, like(x, 2 ** -126)));
  const normal = apply("floatToBits", select(tiny, scaled(x, 2 ** 23), x));
  const bits = b.local(add(normal, like(normal, ONE_BITS - SQRT_HALF_BITS)));
  const bias = select(tiny, like(bits, 127 + 23), like(bits, 127));
  const e = b.local(apply("toFloat", sub(shift("shr", bits, 23), bias)));
  const mantissa = add(apply("and", bits, like(bits, FRACTION_BITS)), like(bits, SQRT_HALF_BITS));
  const m = b.local(sub(apply("bitsToFloat", mantissa), like(x, 1)));
  // Of infinity and of what is not a number: the argument itself.
  const orArgument = select(apply("lt", x, like(x, Infinity)), logOfReduced(b, m, e), x);
  const orNegative = select(apply("lt", x, like(x, 0)), like(x, NaN), orArgument);
  return b.local(select(apply("eq", x, like(x, 0)), like(x, -Infinity), orNegative));
}

export function log1p(b: KernelBuilder, x: Value): Value {
  const far = log(b, b.local(add(x, like(x, 1))));
  return orZero(b, x, select(apply("lt", apply("abs", x), like(x, 0.29)), logOfReduced(b, x, like(x, 0)), far));
}

/** From here on tanh is within 2.8e-7 of 1. */
const TANH_END = 7.9;
/** Fitted for the least relative error over (0, 7.9]: 1.7e-8 before rounding. */
const TANH_ABOVE = [
  2.4105610076572746e-11, -1.4906439882351252e-8, 9.939262575801887e-6, 2.9921061680306033e-3, 1.2984918376627963e-1, 1,
];
const TANH_BELOW = [2.3808804578059545e-4, 2.405313135845901e-2, 4.63182363261649e-1, 1];

/** x P(x²) / Q(x²), and 1 with the sign of x from `end` on. */
function oddQuotient(
  b: KernelBuilder,
  x: Value,
  above: readonly number[],
  below: readonly number[],
  end: number,
): Value {
  const z = b.local(mul(x, x));
  const quotient = apply("div", mul(x, polynomial(z, above)), polynomial(z, below));
  const bits = apply("floatToBits", x);
  const sign = apply("or", apply("and", bits, like(bits, SIGN_BIT)), like(bits, ONE_BITS));
  const isBeyond = apply("ge", apply("abs", x), like(x, end));
  return b.local(select(isBeyond, apply("bitsToFloat", sign), quotient));
}

export const tanh = (b: KernelBuilder, x: Value): Value => oddQuotient(b, x, TANH_ABOVE, TANH_BELOW, TANH_END);

/** From here on erf rounds to 1. */
const ERF_END = 3.92;
/** Fitted for the least relative error over (0, 3.92]: 1.9e-8 before rounding. */
const ERF_ABOVE = [
  2.0501082194798543e-6, 2.848823764116113e-4, 3.7655629992891376e-3, 5.274855574099813e-2, 1.9040508696458694e-1,
  1.1283791461650141,
];
const ERF_BELOW = [
  3.809191630260868e-5, 1.1625241353009905e-3, 1.4969106466522488e-2, 1.141085553345087e-1, 5.020748559014141e-1, 1,
];

/** Never beyond ±1, so that 1 + erf x is not below 0. */
export const erf = (b: KernelBuilder, x: Value): Value =>
  clamp(b, oddQuotient(b, x, ERF_ABOVE, ERF_BELOW, ERF_END), -1, 1);

/**
 * |a|ᵇ = e^{b ln |a|}, with the sign of a, −0 included, where b is odd. Finite numbers below 0 have powers with whole
 * exponents only. As ECMAScript has it: a⁰ is 1 of NaN too, and 1 to the power of ±∞ or NaN is NaN.
 */
export function pow(b: KernelBuilder, a: Value, exponent: Value): Value {
  const magnitude = exp(b, mul(exponent, log(b, b.local(apply("abs", a)))));
  const isWhole = b.local(apply("eq", apply("nearest", exponent), exponent));
  const half = b.local(scaled(exponent, 0.5));
  const isOdd = apply("and", isWhole, apply("ne", apply("nearest", half), half));
  const bits = b.local(apply("floatToBits", a));
  const sign = select(isOdd, apply("and", bits, like(bits, SIGN_BIT)), like(bits, 0));
  const signed = apply("bitsToFloat", apply("xor", apply("floatToBits", magnitude), sign));
  const isFiniteBelow0 = apply("and", apply("lt", a, like(a, 0)), apply("gt", a, like(a, -Infinity)));
  const power = select(apply("and", isFiniteBelow0, apply("not", isWhole)), like(a, NaN), signed);
  return b.local(select(apply("eq", exponent, like(a, 0)), like(a, 1), power));
}
