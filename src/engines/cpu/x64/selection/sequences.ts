/** Operations on vectors, and on single floats, that take more than one instruction or a choice among several. */
import { SIGN_BIT, type Value } from "../../loops/index.ts";
import { immediate, type Mnemonic, type Register, type Width } from "../assembler/index.ts";
import { intoMask, predicate } from "./masks.ts";
import { AT_LEAST, ORDERED } from "./operations.ts";
import type { Apply, Values } from "./values.ts";

const LARGEST_INTEGER = 2 ** 31 - 1;
/** 2³¹ as a float. */
const TOO_LARGE = 0x4f000000;

type Sequence = (s: Values, value: Apply, dst: Register) => void;

/** One float is computed as the first of four where there is no instruction for one. */
const packedWidth = (s: Values, { type }: Apply): Width => (type.lanes > 1 ? s.target.width : 128);

/**
 * min and max of the processor give the second operand when one is NaN or both are zeros. A bound that is neither can be the
 * first.
 */
const extreme =
  (
    mnemonic: "vminps" | "vmaxps",
    general: (s: Values, width: Width, one: Register, other: Register, dst: Register) => void,
  ): Sequence =>
  (s, value, dst) => {
    const width = packedWidth(s, value);
    const [a, b] = value.operands;
    const [x, bound] = isBound(a) ? [b, a] : [a, b];
    if (isBound(bound)) {
      s.code.put(mnemonic, width, dst, s.register(bound), value.type.lanes > 1 ? s.source(x) : s.register(x));
      return;
    }
    const [first, second] = [s.register(a), s.register(b)];
    const [one, other] = [s.code.fresh("vector"), s.code.fresh("vector")];
    s.code.put(mnemonic, width, one, first, second);
    s.code.put(mnemonic, width, other, second, first);
    general(s, width, one, other, dst);
  };

const isBound = (value: Value): boolean => value.kind === "constant" && Math.abs(value.value) > 0;

/** Asked in both orders, the two answers differ where one is NaN or both are zeros: their union is NaN, and the zero with the sign. */
const min = extreme("vminps", (s, width, one, other, dst) => s.code.put("vorps", width, dst, one, other));

/** Where zeros differ, the sign is taken off the union again: −0 − −0 = 0. */
const max = extreme("vmaxps", (s, width, one, other, dst) => {
  const [difference, union] = [s.code.fresh("vector"), s.code.fresh("vector")];
  s.code.put("vxorps", width, difference, one, other);
  s.code.put("vorps", width, union, one, difference);
  s.code.put("vsubps", width, dst, union, difference);
});

/**
 * dst = a · b + c in place of one of the three: of what is not needed any more if there is such, so that nothing is copied.
 * What can lie in memory is the last operand.
 */
const fma: Sequence = (s, { operands, type }, dst) => {
  const [a, b, c] = operands;
  const lanes = type.lanes > 1 ? "ps" : "ss";
  const width = s.widthOf(type);
  const inPlace = [c, a, b].find((x) => x.kind === "local" && s.mentions(x, dst));
  const replaced = inPlace ?? [c, a, b].find((x) => isPassing(s, x)) ?? [c, a, b].find((x) => s.isInMemory(x)) ?? c;
  const others = operands.filter((_, k) => k !== operands.indexOf(replaced));
  s.apart(dst, inPlace === undefined ? others : [], (sum) => {
    s.into(replaced, sum);
    if (replaced === c) {
      const [x, y] = s.prefersMemory(a) && !s.prefersMemory(b) ? [b, a] : [a, b];
      s.code.put(`vfmadd231${lanes}`, width, sum, s.register(x), s.source(y));
      return;
    }
    const factor = replaced === a ? b : a;
    if (s.prefersMemory(factor) && !s.isInMemory(c))
      s.code.put(`vfmadd132${lanes}`, width, sum, s.register(c), s.source(factor));
    else s.code.put(`vfmadd213${lanes}`, width, sum, s.register(factor), s.source(c));
  });
};

/** What is computed into a register of its own. */
const isPassing = (s: Values, value: Value): boolean =>
  (value.kind === "apply" || value.kind === "splat" || value.kind === "lane") && !s.isInMemory(value);

const withConstant =
  (mnemonic: Mnemonic, bits: number): Sequence =>
  (s, value, dst) =>
    s.code.put(mnemonic, packedWidth(s, value), dst, s.register(value.operands[0]), s.code.constant(bits));

const neg: Sequence = (s, value, dst) => {
  if (value.type.lane === "f32") withConstant("vxorps", SIGN_BIT)(s, value, dst);
  else s.code.put("vpsubd", s.target.width, dst, s.code.constant(0), s.source(value.operands[0]));
};

const abs: Sequence = (s, value, dst) => {
  if (value.type.lane === "f32") withConstant("vandps", LARGEST_INTEGER)(s, value, dst);
  else s.code.put("vpabsd", s.target.width, dst, s.source(value.operands[0]));
};

/** Conversion gives −2³¹ for what does not fit: turned into the largest integer or 0 where that is wrong. */
export function toIntegerInto(s: Values, x: Register, width: Width, dst: Register): void {
  const limit = s.code.constant(TOO_LARGE);
  if (s.target.hasMasks) {
    const [ordered, large] = [s.code.fresh("mask"), s.code.fresh("mask")];
    const result = s.code.fresh("vector");
    s.code.put("vcmpps", width, ordered, x, x, immediate(ORDERED));
    s.code.put("vcmpps", width, large, x, limit, immediate(AT_LEAST));
    s.code.putMasked(ordered, true, "vcvttps2dq", width, result, x);
    s.code.putMasked(large, false, "vblendmps", width, dst, result, s.code.constant(LARGEST_INTEGER));
    return;
  }
  const [converted, large, ordered, saturated] = [0, 1, 2, 3].map(() => s.code.fresh("vector"));
  s.code.put("vcvttps2dq", width, converted, x);
  s.code.put("vcmpps", width, large, x, limit, immediate(AT_LEAST));
  s.code.put("vcmpps", width, ordered, x, x, immediate(ORDERED));
  s.code.put("vxorps", width, saturated, converted, large);
  s.code.put("vandps", width, dst, saturated, ordered);
}

const toInteger: Sequence = (s, { operands: [a] }, dst) => toIntegerInto(s, s.register(a), s.target.width, dst);

const toFloat: Sequence = (s, { operands: [a], type }, dst) => {
  if (type.lanes > 1) s.code.put("vcvtdq2ps", s.target.width, dst, s.source(a));
  else {
    const bits = s.code.fresh("vector");
    s.code.put("vmovd", 32, bits, s.source(a));
    s.code.put("vcvtdq2ps", 128, dst, bits);
  }
};

const bitsToFloat: Sequence = (s, { operands: [a], type }, dst) => {
  if (type.lanes > 1) s.into(a, dst);
  else s.code.put("vmovd", 32, dst, s.source(a));
};

const floatToBits: Sequence = (s, { operands: [a] }, dst) => s.into(a, dst);

const shiftVector =
  (mnemonic: "vpslld" | "vpsrld"): Sequence =>
  (s, { operands: [a, distance] }, dst) => {
    const { width } = s.target;
    const bits = s.register(a);
    if (distance.kind === "constant") {
      s.code.put(mnemonic, width, dst, bits, immediate(distance.value & 31));
      return;
    }
    const [low, count] = [s.code.fresh("general"), s.code.fresh("vector")];
    s.into(distance, low);
    s.code.put("and", 32, low, immediate(31));
    s.code.put("vmovd", 32, count, low);
    s.code.put(mnemonic, width, dst, bits, count);
  };

const maskToInteger: Sequence = (s, { operands: [a] }, dst) => {
  const mask = s.register(a);
  if (s.target.hasMasks) s.code.putMasked(mask, true, "vmovaps", s.target.width, dst, s.code.constant(1));
  else s.code.put("vpsrld", s.target.width, dst, mask, immediate(31));
};

const selectVector: Sequence = (s, value, dst) => {
  const [mask, a, b] = value.operands;
  const width = packedWidth(s, value);
  const isVector = value.type.lanes > 1;
  const read = (x: Value) => (isVector ? s.source(x) : s.register(x));
  const chosen = isVector ? s.register(mask) : predicate(s, mask);
  if (s.target.hasMasks) {
    const otherwise = s.register(b);
    s.code.putMasked(chosen, false, "vblendmps", width, dst, otherwise, read(a));
  } else s.code.put("vblendvps", width, dst, s.register(b), read(a), chosen);
};

const sequences: Readonly<Record<string, Sequence>> = {
  min,
  max,
  fma,
  neg,
  abs,
  toInteger,
  toFloat,
  bitsToFloat,
  floatToBits,
  shl: shiftVector("vpslld"),
  shr: shiftVector("vpsrld"),
  maskToInteger,
  select: selectVector,
};

/** A vector or a single float. */
export function applyVector(s: Values, value: Apply, dst: Register): void {
  if (value.type.lane === "mask") intoMask(s, value, dst);
  else sequences[value.operation](s, value, dst);
}

/** One value in all lanes. A scalar mask is 0 or 1. */
export function splatInto(s: Values, value: Value, dst: Register): void {
  const { width, hasMasks } = s.target;
  if (value.type.lane === "f32") s.code.put("vbroadcastss", width, dst, s.source(value));
  else if (value.type.lane === "i32" && s.isInMemory(value)) s.code.put("vbroadcastss", width, dst, s.source(value));
  else {
    const bits = s.code.fresh("general");
    s.into(value, bits);
    if (value.type.lane === "mask") s.code.put("neg", 32, bits);
    if (dst.class === "mask") s.code.put("kmovw", 32, dst, bits);
    else if (hasMasks) s.code.put("vpbroadcastd", width, dst, bits);
    else {
      const element = s.code.fresh("vector");
      s.code.put("vmovd", 32, element, bits);
      s.code.put("vbroadcastss", width, dst, element);
    }
  }
}

/** The four lanes among which a lane is. */
export function quarterOf(s: Values, vector: Register, laneNumber: number): Register {
  const quarter = laneNumber >> 2;
  if (quarter === 0) return vector;
  let known = s.quarters.get(vector);
  if (known === undefined) {
    known = [];
    s.quarters.set(vector, known);
  }
  if (known[quarter] === undefined) {
    known[quarter] = s.code.fresh("vector");
    const mnemonic = s.target.hasMasks ? "vextractf32x4" : "vextractf128";
    s.code.put(mnemonic, s.target.width, known[quarter], vector, immediate(quarter));
  }
  return known[quarter];
}

export function laneInto(s: Values, value: Extract<Value, { kind: "lane" }>, dst: Register): void {
  const vector = s.register(value.value);
  if (vector.class === "mask") {
    s.code.put("kmovw", 32, dst, vector);
    if (value.lane > 0) s.code.put("shr", 32, dst, immediate(value.lane));
    s.code.put("and", 32, dst, immediate(1));
    return;
  }
  const quarter = quarterOf(s, vector, value.lane);
  const within = value.lane & 3;
  if (dst.class === "vector") {
    if (within === 0) s.move(dst, quarter);
    else s.code.put("vpermilps", 128, dst, quarter, immediate(within));
    return;
  }
  if (within === 0) s.code.put("vmovd", 32, dst, quarter);
  else s.code.put("vpextrd", 32, dst, quarter, immediate(within));
  if (value.type.lane === "mask") s.code.put("and", 32, dst, immediate(1));
}
