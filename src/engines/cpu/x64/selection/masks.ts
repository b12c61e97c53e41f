/**
 * What comparisons give. Of vectors: a mask register, or a vector with all bits of a lane set or clear. Of scalars: 0 or 1 in a
 * general register; the flags where something is decided right away; or a vector's mask where a float is selected.
 */
import type { Value } from "../../loops/index.ts";
import { immediate, type Label, type Register } from "../assembler/index.ts";
import { comparisons, logic } from "./operations.ts";
import type { Apply, Values } from "./values.ts";

const ALL_BITS = -1;

/** A mask as vectors have it; of a scalar, its first lane counts. */
export function intoMask(s: Values, value: Value, dst: Register): void {
  if (value.kind !== "apply") {
    if (value.type.lanes > 1) s.into(value, dst);
    else fromGeneral(s, value, dst);
    return;
  }
  const { operation, operands } = value;
  const kind = dst.class === "mask" ? "mask" : "vector";
  const width = kind === "mask" ? 32 : s.target.width;
  if (operation in logic) {
    const [a, b] = operands.map((operand) => maskOf(s, operand));
    s.code.put(logic[operation]![kind], width, dst, a, b);
  } else if (operation === "not") {
    const a = maskOf(s, operands[0]);
    if (kind === "mask") s.code.put("knotw", 32, dst, a);
    else s.code.put("vxorps", width, dst, a, s.code.constant(ALL_BITS));
  } else if (operation === "select") selectMask(s, operands, dst);
  else if (operands[0].type.lane === "f32") compareFloats(s, value, dst);
  else if (value.type.lanes > 1) compareIntegers(s, value, dst);
  else fromGeneral(s, value, dst);
}

const maskOf = (s: Values, value: Value): Register => (value.type.lanes > 1 ? s.register(value) : predicate(s, value));

/** A scalar's mask for selecting floats. */
export function predicate(s: Values, value: Value): Register {
  const mask = s.code.fresh(s.target.hasMasks ? "mask" : "vector");
  intoMask(s, value, mask);
  return mask;
}

function fromGeneral(s: Values, value: Value, dst: Register): void {
  const bit = s.register(value);
  if (dst.class === "mask") {
    s.code.put("kmovw", 32, dst, bit);
    return;
  }
  const bits = s.code.fresh("general");
  s.move(bits, bit);
  s.code.put("neg", 32, bits);
  s.code.put("vmovd", 32, dst, bits);
}

function compareFloats(s: Values, { operation, operands: [a, b] }: Apply, dst: Register): void {
  const mnemonic = a.type.lanes > 1 ? "vcmpps" : "vcmpss";
  s.combine(mnemonic, s.widthOf(a.type), dst, a, b, false, comparisons[operation]!.floats);
}

function compareIntegers(s: Values, { operation, operands: [a, b] }: Apply, dst: Register): void {
  const { width, hasMasks } = s.target;
  const { integers, vector } = comparisons[operation]!;
  if (hasMasks) {
    s.combine("vpcmpd", width, dst, a, b, false, integers);
    return;
  }
  const [x, y] = vector.swaps ? [b, a] : [a, b];
  if (!vector.inverts) {
    s.combine(vector.mnemonic, width, dst, x, y);
    return;
  }
  const opposite = s.code.fresh("vector");
  s.combine(vector.mnemonic, width, opposite, x, y);
  s.code.put("vxorps", width, dst, opposite, s.code.constant(ALL_BITS));
}

/** mask ? a : b with masks for a and b too. */
function selectMask(s: Values, operands: readonly Value[], dst: Register): void {
  const [mask, a, b] = operands.map((operand) => maskOf(s, operand));
  if (dst.class === "vector") {
    s.code.put("vblendvps", s.target.width, dst, b, a, mask);
    return;
  }
  const [chosen, others, rest] = [0, 1, 2].map(() => s.code.fresh("mask"));
  s.code.put("kandw", 32, chosen, a, mask);
  s.code.put("knotw", 32, others, mask);
  s.code.put("kandw", 32, rest, b, others);
  s.code.put("korw", 32, dst, chosen, rest);
}

/** A scalar mask as 0 or 1. */
export function intoBit(s: Values, value: Apply, dst: Register): void {
  const { operation, operands } = value;
  if (operation in logic || operation === "not") {
    const [a, b] = operands;
    s.apart(dst, operands.slice(1), (bit) => {
      s.into(a, bit);
      if (operation === "not") s.code.put("xor", 32, bit, immediate(1));
      else s.code.put(logic[operation]!.general, 32, bit, s.register(b));
    });
  } else if (operands[0].type.lane === "f32") {
    const mask = predicate(s, value);
    if (mask.class === "mask") s.code.put("kmovw", 32, dst, mask);
    else s.code.put("vmovd", 32, dst, mask);
    s.code.put("and", 32, dst, immediate(1));
  } else {
    const byte = s.code.fresh("general");
    compareGeneral(s, value);
    s.code.put(comparisons[operation]!.set, 32, byte);
    s.code.put("movzx", 32, dst, byte);
  }
}

/** Sets the flags. */
export function compareGeneral(s: Values, { operands: [a, b] }: Apply): void {
  const left = s.register(a);
  s.code.put("cmp", 32, left, b.kind === "constant" ? immediate(b.value | 0) : s.source(b));
}

export const isIntegerComparison = (value: Value): value is Apply =>
  value.kind === "apply" && value.operation in comparisons && value.operands[0].type.lane !== "f32";

/** Goes to `label` unless the condition holds. */
export function branchUnless(s: Values, condition: Value, label: Label): void {
  const parts = conjunctsOf(condition);
  for (let i = 0; i < parts.length; i++) {
    const within = withinLimit(parts[i], parts[i + 1]);
    if (within === undefined) branchUnlessOne(s, parts[i], label);
    else {
      s.code.put("cmp", 32, s.register(within.value), immediate(within.limit));
      s.code.put("jae", 32, label);
      i++;
    }
  }
}

const conjunctsOf = (condition: Value): readonly Value[] =>
  condition.kind === "apply" && condition.operation === "and" ? condition.operands.flatMap(conjunctsOf) : [condition];

/** 0 ≤ value < limit, which is one comparison of numbers without sign. */
function withinLimit(low: Value, high: Value | undefined): { value: Value; limit: number } | undefined {
  if (low.kind !== "apply" || low.operation !== "ge" || high?.kind !== "apply" || high.operation !== "lt")
    return undefined;
  const [[value, zero], [same, limit]] = [low.operands, high.operands];
  const isRange = zero.kind === "constant" && zero.value === 0 && limit.kind === "constant" && limit.value >= 0;
  return isRange && value === same && value.type.lane === "i32" ? { value, limit: limit.value } : undefined;
}

function branchUnlessOne(s: Values, condition: Value, label: Label): void {
  if (condition.kind === "apply" && condition.operation === "not") branchIf(s, condition.operands[0], label);
  else if (condition.kind === "apply" && condition.operation === "or") {
    const holds = s.code.label();
    branchIf(s, condition.operands[0], holds);
    branchUnless(s, condition.operands[1], label);
    s.code.place(holds);
    s.forget();
  } else if (isIntegerComparison(condition)) {
    compareGeneral(s, condition);
    s.code.put(comparisons[condition.operation]!.jumpUnless, 32, label);
  } else {
    test(s, condition);
    s.code.put("je", 32, label);
  }
}

function branchIf(s: Values, condition: Value, label: Label): void {
  if (isIntegerComparison(condition)) {
    compareGeneral(s, condition);
    s.code.put(comparisons[condition.operation]!.jump, 32, label);
  } else {
    test(s, condition);
    s.code.put("jne", 32, label);
  }
}

export function test(s: Values, condition: Value): void {
  const bit = s.register(condition);
  s.code.put("test", 32, bit, bit);
}
