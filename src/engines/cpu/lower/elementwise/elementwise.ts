/** Elementwise ops as expressions of the loop language, for scalars and for vectors. */
import type { Op } from "../../../../graph/index.ts";
import { byRecord, recordsOf } from "../../../../ops/registry.ts";
import type { Operation, Value } from "../../loops/index.ts";
import { apply, constant, cos, type KernelBuilder, math, sin } from "../../loops/index.ts";

type Meaning = (b: KernelBuilder, ...operands: Value[]) => Value;

const like = (x: Value, value: number): Value => constant(value, x.type);

const direct =
  (operation: Operation): Meaning =>
  (_, ...operands) =>
    apply(operation, ...operands);

/** One where x is positive, minus one where it is negative, x itself (0 or NaN) elsewhere. */
const sign: Meaning = (_, x) => {
  const negative = apply("select", apply("lt", x, like(x, 0)), like(x, -1), x);
  return apply("select", apply("gt", x, like(x, 0)), like(x, 1), negative);
};

/** x unless it is at most 0: so NaN passes, and −0 gives 0. */
export const relu: Meaning = (_, x) => apply("select", apply("le", x, like(x, 0)), like(x, 0), x);

/** What is one operation of the loop language under another name. */
const renamed: Readonly<Record<string, Operation>> = {
  round: "nearest",
  equal: "eq",
  notEqual: "ne",
  less: "lt",
  lessEqual: "le",
  greater: "gt",
  greaterEqual: "ge",
};

const plain = [
  "add",
  "sub",
  "mul",
  "div",
  "min",
  "max",
  "neg",
  "abs",
  "sqrt",
  "floor",
  "ceil",
  "and",
  "or",
  "not",
  "select",
] as const;

const polynomials = {
  exp: math.exp,
  log: math.log,
  tanh: math.tanh,
  sigmoid: math.sigmoid,
  expm1: math.expm1,
  log1p: math.log1p,
  erf: math.erf,
  sin,
  cos,
  pow: math.pow,
} satisfies Readonly<Record<string, Meaning>>;

/** The elementary functions: polynomials of some dozens of operations. */
export const elementary: ReadonlySet<Op> = recordsOf(...Object.keys(polynomials));

/** Every elementwise op but `cast`. */
export const elementwise: ReadonlyMap<Op, Meaning> = byRecord<Meaning>({
  ...Object.fromEntries(plain.map((name) => [name, direct(name)])),
  ...Object.fromEntries(Object.entries(renamed).map(([name, operation]) => [name, direct(operation)])),
  ...polynomials,
  sign,
  relu,
});

/** Those that take masks as they are; all others take the numbers 0 and 1. */
export const logical: ReadonlySet<Op> = recordsOf("and", "or", "not", "select");

/** Comparisons of masks are those of 0 and 1. */
export const comparable = (x: Value): Value => (x.type.lane === "mask" ? apply("maskToInteger", x) : x);

/** Conversion between element types; bytes are kept in 32 bits, cut to 0 … 255. */
export function cast(x: Value, to: string): Value {
  if (to === "bool") return x.type.lane === "mask" ? x : apply("ne", x, like(x, 0));
  const number = comparable(x);
  if (to === "f32") return number.type.lane === "f32" ? number : apply("toFloat", number);
  const integer = number.type.lane === "f32" ? apply("toInteger", number) : number;
  return to === "u8" ? apply("min", apply("max", integer, like(integer, 0)), like(integer, 255)) : integer;
}
