/** Single integers and masks: what lies in general registers. Two-operand instructions overwrite the first. */
import type { Operation } from "../../loops/index.ts";
import { immediate, type Register } from "../assembler/index.ts";
import { compareGeneral, intoBit, isIntegerComparison, test } from "./masks.ts";
import { binary, comparisons } from "./operations.ts";
import { toIntegerInto } from "./sequences.ts";
import type { Apply, Values } from "./values.ts";

export const isGeneral = ({ type }: Apply): boolean => type.lanes === 1 && type.lane !== "f32";

type Rule = (s: Values, value: Apply, dst: Register) => void;

/** Multiplication has a form with a result of its own; adding nothing and multiplying by one is what indices often do. */
const arithmeticGeneral: Rule = (s, { operation, operands }, dst) => {
  const row = binary[operation]!;
  const [a, b] = row.commutes && s.prefersMemory(operands[0]) ? [operands[1], operands[0]] : operands;
  const number = b.kind === "constant" ? b.value | 0 : undefined;
  if (number === neutral[operation]) s.into(a, dst);
  else if (operation === "mul" && number !== undefined) s.code.put("imul", 32, dst, s.source(a), immediate(number));
  else
    s.apart(dst, [b], (result) => {
      s.into(a, result);
      s.code.put(row.i32!, 32, result, number === undefined ? s.source(b) : immediate(number));
    });
};

const neutral: Readonly<Partial<Record<Operation, number>>> = { add: 0, sub: 0, mul: 1, or: 0, xor: 0, and: -1 };

const negGeneral: Rule = (s, { operands: [a] }, dst) => {
  s.into(a, dst);
  s.code.put("neg", 32, dst);
};

const absGeneral: Rule = (s, { operands: [a] }, dst) => {
  const x = s.register(a);
  s.apart(dst, [a], (result) => {
    s.move(result, x);
    s.code.put("neg", 32, result);
    s.code.put("cmovs", 32, result, x);
  });
};

/** The second operand instead of the first where the condition holds. */
const extremeGeneral =
  (replaces: "cmovg" | "cmovl"): Rule =>
  (s, { operands: [a, b] }, dst) =>
    s.apart(dst, [b], (result) => {
      s.into(a, result);
      const other = s.register(b);
      s.code.put("cmp", 32, result, other);
      s.code.put(replaces, 32, result, other);
    });

const shiftGeneral =
  (byNumber: "shl" | "shr", byRegister: "shlx" | "shrx"): Rule =>
  (s, { operands: [a, distance] }, dst) => {
    if (distance.kind === "constant") {
      s.into(a, dst);
      s.code.put(byNumber, 32, dst, immediate(distance.value & 31));
    } else s.code.put(byRegister, 32, dst, s.source(a), s.register(distance));
  };

const floatToBitsGeneral: Rule = (s, { operands: [a] }, dst) => s.code.put("vmovd", 32, dst, s.register(a));

const toIntegerGeneral: Rule = (s, { operands: [a] }, dst) => {
  const converted = s.code.fresh("vector");
  toIntegerInto(s, s.register(a), 128, converted);
  s.code.put("vmovd", 32, dst, converted);
};

/** mask ? a : b, of integers and of masks. */
const selectGeneral: Rule = (s, { operands: [mask, a, b] }, dst) =>
  s.apart(dst, [mask, a], (result) => {
    const chosen = s.register(a);
    s.into(b, result);
    if (isIntegerComparison(mask)) {
      compareGeneral(s, mask);
      s.code.put(comparisons[mask.operation]!.move, 32, result, chosen);
    } else {
      test(s, mask);
      s.code.put("cmovne", 32, result, chosen);
    }
  });

const rules: Readonly<Partial<Record<Operation, Rule>>> = {
  add: arithmeticGeneral,
  sub: arithmeticGeneral,
  mul: arithmeticGeneral,
  and: arithmeticGeneral,
  or: arithmeticGeneral,
  xor: arithmeticGeneral,
  neg: negGeneral,
  abs: absGeneral,
  min: extremeGeneral("cmovg"),
  max: extremeGeneral("cmovl"),
  shl: shiftGeneral("shl", "shlx"),
  shr: shiftGeneral("shr", "shrx"),
  floatToBits: floatToBitsGeneral,
  toInteger: toIntegerGeneral,
  select: selectGeneral,
  maskToInteger: (s, { operands: [a] }, dst) => s.into(a, dst),
};

export function applyGeneral(s: Values, value: Apply, dst: Register): void {
  if (value.type.lane === "mask" && value.operation !== "select") intoBit(s, value, dst);
  else rules[value.operation]!(s, value, dst);
}
