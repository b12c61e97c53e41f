/**
 * Sine and cosine: the argument is reduced to |r| ≤ π/4 and a quadrant, which chooses the polynomial and the sign.
 *
 *   |x| < 8192   r = x − n π/2, with π/2 in three parts (W. Cody and W. Waite, "Software Manual for the Elementary
 *                Functions", 1980)
 *   elsewhere    x = m 2ᵉ with a whole m of 24 bits: all of x · 2/π but the bits that matter is a multiple of four
 *                quadrants, so m is multiplied by the bits of 2/π from place e on (M. Payne and R. Hanek, "Radian
 *                Reduction for Trigonometric Functions", 1983)
 *
 * The absolute error is below 1.5e-7 everywhere. Of ±∞ and NaN the result is NaN. Polynomials: S. Moshier, Cephes.
 */
import { add, FRACTION_BITS, like, mul, polynomial, scaled, select, shift, sub, wholeSteps } from "./arithmetic.ts";
import { apply, type KernelBuilder } from "./builder.ts";
import type { Value } from "./ir.ts";
import { orZero } from "./math.ts";

const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

/** x = n π/2 + r. The lowest two bits of `quadrant` are those of n. */
interface ReducedArgument {
  readonly r: Value;
  readonly quadrant: Value;
}

/** π/2 in three parts, the first two with few enough bits that their multiples are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.54978995489188e-8] as const;

function reduceSmall(b: KernelBuilder, x: Value): ReducedArgument {
  const { n, bits } = wholeSteps(b, x, 2 / Math.PI);
  return { r: HALF_PI.reduce((rest, part) => apply("fma", n, like(n, -part), rest), x), quadrant: bits };
}

/** 2/π = 0.A2F9836E…₁₆ in groups of 16 bits, behind a group of zeros for small exponents. */
const TWO_OVER_PI = [0x0000, 0xa2f9, 0x836e, 0x4e44, 0x1529, 0xfc27, 0x57d1, 0xf534, 0xddc0, 0xdb62, 0x9599, 0x3c43];
const GROUP = 16;

/** The exponent, as it lies in a float's bits, of which m 2ᵉ · 2/π / 4 starts with the first group. */
const FIRST_EXPONENT = 136;

/** Numbers from here on are reduced by bits of 2/π. */
const LARGE = 8192;

/** The bits of an exponent in a float, moved to the lowest place. */
const exponentOf = (bits: Value): Value => apply("and", shift("shr", bits, 23), like(bits, 0xff));

/**
 * The groups number `first`, `first` + 1, … of a table, `count` of them, for a `first` of each lane, 0 … 7: by halving, since
 * vectors cannot look up tables.
 */
function lookUp(b: KernelBuilder, table: readonly number[], first: Value, count: number): Value[] {
  let entries = table.map((entry) => like(first, entry));
  for (const step of [4, 2, 1]) {
    const skips = b.local(apply("ne", apply("and", first, like(first, step)), like(first, 0)));
    const kept = Math.min(entries.length - step, count + step - 1);
    entries = Array.from({ length: kept }, (_, i) => b.local(select(skips, entries[i + step], entries[i])));
  }
  return entries;
}

/**
 * |x| / 2π mod 1 in units of 2⁻³², for the bits of a float from `LARGE` on: low 32 bits of m times the first 32 bits of
 * 2/π from its place, and the upper ones of m times the next.
 */
function turnsOf(b: KernelBuilder, bits: Value): Value {
  const place = b.local(sub(exponentOf(bits), like(bits, FIRST_EXPONENT)));
  const groups = lookUp(b, TWO_OVER_PI, b.local(apply("and", shift("shr", place, 4), like(bits, 7))), 5);
  const within = apply("and", place, like(bits, GROUP - 1));
  const scale = b.local(apply("toInteger", apply("bitsToFloat", shift("shl", add(within, like(bits, 127)), 23))));
  const join = (a: Value, c: Value): Value => apply("or", shift("shl", a, GROUP), c);
  /** 32 bits from `within` on, of 16 and 16 and 16. */
  const shifted = (head: Value, next: Value): Value => add(mul(head, scale), shift("shr", mul(next, scale), GROUP));
  const [head, tail] = [shifted(join(groups[0], groups[1]), groups[2]), shifted(join(groups[2], groups[3]), groups[4])];
  const m = b.local(apply("or", apply("and", bits, like(bits, FRACTION_BITS)), like(bits, FRACTION_BITS + 1)));
  const upper = mul(apply("toFloat", shift("shr", tail, 8)), apply("toFloat", m));
  return add(mul(m, head), apply("toInteger", scaled(upper, 2 ** -24)));
}

function reduceLarge(b: KernelBuilder, x: Value): ReducedArgument {
  const bits = b.local(apply("floatToBits", x));
  const size = b.local(turnsOf(b, bits));
  const turns = b.local(select(apply("lt", bits, like(bits, 0)), apply("neg", size), size));
  const quadrant = b.local(shift("shr", add(turns, like(bits, 2 ** 29)), 30));
  const rest = apply("toFloat", sub(turns, shift("shl", quadrant, 30)));
  return { r: scaled(rest, Math.PI * 2 ** -31), quadrant };
}

function reduce(b: KernelBuilder, x: Value): ReducedArgument {
  const isLarge = b.local(apply("ge", apply("abs", x), like(x, LARGE)));
  const [small, large] = [reduceSmall(b, x), reduceLarge(b, x)];
  return {
    r: b.local(select(isLarge, large.r, small.r)),
    quadrant: b.local(select(isLarge, large.quadrant, small.quadrant)),
  };
}

/** sin(x + quarters · π/2). */
function sine(b: KernelBuilder, x: Value, quarters: number): Value {
  const { r, quadrant: n } = reduce(b, x);
  const quadrant = b.local(add(n, like(n, quarters)));
  const bit = (value: number): Value => apply("and", quadrant, like(quadrant, value));
  const z = b.local(mul(r, r));
  const s = apply("fma", mul(r, z), polynomial(z, SIN), r);
  const c = add(apply("fma", mul(z, z), polynomial(z, COS), scaled(z, -0.5)), like(x, 1));
  const magnitude = select(apply("eq", bit(1), like(quadrant, 0)), s, c);
  const signed = apply("bitsToFloat", apply("xor", apply("floatToBits", magnitude), shift("shl", bit(2), 30)));
  return b.local(select(apply("lt", apply("abs", x), like(x, Infinity)), signed, like(x, NaN)));
}

export const sin = (b: KernelBuilder, x: Value): Value => orZero(b, x, sine(b, x, 0));
export const cos = (b: KernelBuilder, x: Value): Value => sine(b, x, 1);
