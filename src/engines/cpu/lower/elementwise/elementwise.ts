/** Elementwise ops as expressions of the loop language, for scalars and for vectors. */
import type { Op, OpNode } from "../../../../graph/index.ts";
import { byRecord, recordsOf } from "../../../../ops/index.ts";
import { apply, cos, type KernelBuilder, like, math, type Operation, sin, type Value } from "../../loops/index.ts";

type BuildValue = (b: KernelBuilder, ...operands: Value[]) => Value;

const direct =
  (operation: Operation): BuildValue =>
  (_, ...operands) =>
    apply(operation, ...operands);

/** One where x is positive, minus one where it is negative, x itself (0 or NaN) elsewhere. */
const sign: BuildValue = (_, x) => {
  const negative = apply("select", apply("lt", x, like(x, 0)), like(x, -1), x);
  return apply("select", apply("gt", x, like(x, 0)), like(x, 1), negative);
};

/** x unless it is at most 0: so NaN passes, and −0 gives 0. */
export const relu: BuildValue = (_, x) => apply("select", apply("le", x, like(x, 0)), like(x, 0), x);

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

const unchanged = [
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
} satisfies Readonly<Record<string, BuildValue>>;

/** The elementary functions: polynomials of some dozens of operations. */
export const elementary: ReadonlySet<Op> = recordsOf(...Object.keys(polynomials));

/** Every elementwise op but `cast`. */
const elementwise: ReadonlyMap<Op, BuildValue> = byRecord<BuildValue>({
  ...Object.fromEntries(unchanged.map((name) => [name, direct(name)])),
  ...Object.fromEntries(Object.entries(renamed).map(([name, operation]) => [name, direct(operation)])),
  ...polynomials,
  sign,
  relu,
});

/** Those that take masks as they are; all others take the numbers 0 and 1. */
const logical: ReadonlySet<Op> = recordsOf("and", "or", "not", "select");

/** Comparisons of masks are those of 0 and 1. */
const comparable = (x: Value): Value => (x.type.lane === "mask" ? apply("maskToInteger", x) : x);

/** Conversion between element types; bytes are kept in 32 bits, cut to 0 … 255. */
function cast(x: Value, to: string): Value {
  if (to === "bool") return x.type.lane === "mask" ? x : apply("ne", x, like(x, 0));
  const number = comparable(x);
  if (to === "f32") return number.type.lane === "f32" ? number : apply("toFloat", number);
  const integer = number.type.lane === "f32" ? apply("toInteger", number) : number;
  return to === "u8" ? apply("min", apply("max", integer, like(integer, 0)), like(integer, 255)) : integer;
}

const casts = recordsOf("cast");

export const isElementwise = ({ op }: Pick<OpNode, "op">): boolean => elementwise.has(op) || casts.has(op);

/** The value of an elementwise node, from those of its inputs. */
export function applyElementwise(
  b: KernelBuilder,
  { op, attributes, inputs }: OpNode,
  operands: readonly Value[],
): Value {
  if (casts.has(op)) return cast(operands[0], attributes.dtype as string);
  const isComparison = !logical.has(op) && inputs[0].dtype === "bool";
  return elementwise.get(op)!(b, ...(isComparison ? operands.map(comparable) : operands));
}
