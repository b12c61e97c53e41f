/**
 * Elementary functions over vectors or scalars: arguments are reduced to a small interval, where a polynomial of degree 5
 * to 9 is good to the last bit or two of float32. Coefficients and reductions: S. Moshier, "Cephes Mathematical Library"
 * (1989), single precision; tanh and erf are quotients of polynomials fitted for this file.
 *
 * Errors, relative to the result, as measured by the tests against double precision, with and without fused multiply-add:
 * exp, log 1e-7; sigmoid, expm1 2e-7; log1p 3e-7; tanh 4e-7; erf 5e-7; pow 1.5e-7 · (1 + |b ln a|). Below the smallest
 * normal number, 2⁻¹²⁶, they are relative to that, and sigmoid may be 0 there. Absolute: sin, cos 1e-7 for |x| < 8192 and
 * 1e-6 for |x| < 10⁵; of huge numbers they mean nothing. Results of 0 may have the wrong sign, except tanh's and erf's.
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

/** Comparisons keep what is not a number, for less than `min` and `max` take on targets where these do not by themselves. */
function clamp(b: KernelBuilder, x: Value, low: number, high: number): Value {
  const above = b.local(select(apply("lt", x, like(x, low)), like(x, low), x));
  return b.local(select(apply("gt", above, like(x, high)), like(x, high), above));
}

const shift = (direction: "shl" | "shr", bits: Value, by: number): Value =>
  apply(direction, bits, constant(by, { lane: "i32", lanes: 1 }));

/** c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ, by Horner's rule. */
const polynomial = (x: Value, [first, ...rest]: readonly number[]): Value =>
  rest.reduce((sum, c) => apply("fma", sum, x, like(x, c)), like(x, first));

const ONE_BITS = 0x3f800000;
const SIGN_BIT = -(2 ** 31);
const FRACTION_BITS = 0x7fffff;

/** 1.5 · 2²³: added to a number below 2²², it leaves the nearest whole number in the lowest bits of the sum. */
const SHIFTER = 12_582_912;

/** A number as a whole number n of steps of 1 / `perStep`: n as a float, and bits of which the lowest nine hold n. */
function wholeSteps(b: KernelBuilder, x: Value, perStep: number): { n: Value; bits: Value } {
  const shifted = b.local(apply("fma", x, like(x, perStep), like(x, SHIFTER)));
  return { n: b.local(sub(shifted, like(x, SHIFTER))), bits: b.local(apply("floatToBits", shifted)) };
}

/** 2ⁿ for n from −126 to 127 in the lowest nine bits; 0 for −127 and infinity for 128. */
const powerOfTwo = (bits: Value): Value => apply("bitsToFloat", add(shift("shl", bits, 23), like(bits, ONE_BITS)));

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

/** eˣ − 1 = 2 (2ⁿ⁻¹ (eʳ − 1) + 2ⁿ⁻¹ − ½). */
export function expm1(b: KernelBuilder, argument: Value): Value {
  const x = clamp(b, argument, -40, 89);
  const { bits, fraction } = reduceExp(b, x);
  const half = b.local(powerOfTwo(sub(bits, like(bits, 1))));
  return b.local(times(apply("fma", half, fraction, sub(half, like(x, 0.5))), 2));
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

const SQRT_HALF_BITS = 0x3f3504f3;

/** ln x = ln (1 + m) + e ln 2 with x = (1 + m) 2ᵉ. Denormals are scaled first. */
export function log(b: KernelBuilder, x: Value): Value {
  const tiny = b.local(apply("lt", x, like(x, 2 ** -126)));
  const normal = apply("floatToBits", select(tiny, times(x, 2 ** 23), x));
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
  return b.local(select(apply("lt", apply("abs", x), like(x, 0.29)), logOfReduced(b, x, like(x, 0)), far));
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

/** π/2 in three parts, the first two with few enough bits that their multiples are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.54978995489188e-8] as const;
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

/** sin(x + quarters · π/2): reduced to |r| ≤ π/4 and a quadrant, which chooses the polynomial and the sign. */
function sine(b: KernelBuilder, x: Value, quarters: number): Value {
  const { n, bits } = wholeSteps(b, x, 2 / Math.PI);
  const r = b.local(HALF_PI.reduce((rest, part) => apply("fma", n, like(n, -part), rest), x));
  const quadrant = b.local(add(bits, like(bits, quarters)));
  const bit = (value: number): Value => apply("and", quadrant, like(quadrant, value));
  const z = b.local(mul(r, r));
  const s = apply("fma", mul(r, z), polynomial(z, SIN), r);
  const c = add(apply("fma", mul(z, z), polynomial(z, COS), times(z, -0.5)), like(x, 1));
  const magnitude = select(apply("eq", bit(1), like(quadrant, 0)), s, c);
  return b.local(apply("bitsToFloat", apply("xor", apply("floatToBits", magnitude), shift("shl", bit(2), 30))));
}

export const sin = (b: KernelBuilder, x: Value): Value => sine(b, x, 0);
export const cos = (b: KernelBuilder, x: Value): Value => sine(b, x, 1);

/** |a|ᵇ by e^{b ln |a|}; negative a have powers with whole exponents only. */
export function pow(b: KernelBuilder, a: Value, exponent: Value): Value {
  const magnitude = exp(b, mul(exponent, log(b, b.local(apply("abs", a)))));
  const isWhole = apply("eq", apply("nearest", exponent), exponent);
  const half = b.local(times(exponent, 0.5));
  const isOdd = apply("and", isWhole, apply("ne", apply("nearest", half), half));
  const ofNegative = select(isWhole, select(isOdd, apply("neg", magnitude), magnitude), like(a, NaN));
  const power = select(apply("lt", a, like(a, 0)), ofNegative, magnitude);
  return b.local(select(apply("eq", exponent, like(a, 0)), like(a, 1), power));
}
