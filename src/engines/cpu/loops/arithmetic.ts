/** Shorthand for expressions of elementary functions, over vectors or scalars. */
import { apply, constant, type KernelBuilder } from "./builder.ts";
import type { Lane, Value } from "./ir.ts";

/** A constant in the lanes of `x`. */
export const like = (x: Value, value: number, lane: Lane = x.type.lane): Value =>
  constant(value, { lane, lanes: x.type.lanes });

export const add = (a: Value, b: Value): Value => apply("add", a, b);
export const sub = (a: Value, b: Value): Value => apply("sub", a, b);
export const mul = (a: Value, b: Value): Value => apply("mul", a, b);
export const select = (mask: Value, a: Value, b: Value): Value => apply("select", mask, a, b);
export const scaled = (x: Value, factor: number): Value => mul(x, like(x, factor));

export const shift = (direction: "shl" | "shr", bits: Value, by: number): Value =>
  apply(direction, bits, constant(by, { lane: "i32", lanes: 1 }));

/** c₀ xⁿ + c₁ xⁿ⁻¹ + … + cₙ, by Horner's rule. */
export const polynomial = (x: Value, [first, ...rest]: readonly number[]): Value =>
  rest.reduce((sum, c) => apply("fma", sum, x, like(x, c)), like(x, first));

export const ONE_BITS = 0x3f800000;
export const SIGN_BIT = -(2 ** 31);
export const FRACTION_BITS = 0x7fffff;

/** 2ⁿ for n from −126 to 127 in the lowest nine bits; 0 for −127 and infinity for 128. */
export const powerOfTwo = (bits: Value): Value =>
  apply("bitsToFloat", add(shift("shl", bits, 23), like(bits, ONE_BITS)));

/** 1.5 · 2²³: added to a number below 2²², it leaves the nearest whole number in the lowest bits of the sum. */
const SHIFTER = 12_582_912;

/** A number as a whole number n of steps of 1 / `perStep`: n as a float, and bits of which the lowest nine hold n. */
export function wholeSteps(b: KernelBuilder, x: Value, perStep: number): { n: Value; bits: Value } {
  const shifted = b.local(apply("fma", x, like(x, perStep), like(x, SHIFTER)));
  return { n: b.local(sub(shifted, like(x, SHIFTER))), bits: b.local(apply("floatToBits", shifted)) };
}
