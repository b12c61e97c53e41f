/**
 * The elementwise ops, as a table: name, meaning for one element, derivative (`elementwise-row.ts`). All inputs have the
 * same shape; the functions at the end broadcast, and accept plain numbers. An operand that is NaN gives NaN, as in IEEE
 * 754.
 *
 * Sources: sigmoid σ(x) = 1 / (1 + e⁻ˣ), tanh, ReLU max(0, x): Adelaide, "Remember nonlinear activations?". Derivatives of
 * an activation: ∂E/∂z = ∂E/∂y · f′(z), "simple component-wise computation": CMU 11-785.
 */
import { broadcastShapes, converters, describeGiven, isFloat, ShapeError, sameShape } from "../array/index.ts";
import {
  defineOp,
  fill,
  isTensor,
  located,
  naming,
  type Op,
  pointwise,
  TENSOR_HINT,
  type Tensor,
} from "../graph/index.ts";
import { broadcastTo } from "./broadcast.ts";
import { type Derivative, defineElementwiseTable, type ElementwiseRow } from "./elementwise-row.ts";
import { expectBool, expectFloat, expectNumber, expectSameShape, expectSameType } from "./rules.ts";
import { ERF_SLOPE, erfOf, sigmoidOf } from "./special.ts";

/** A tensor, or a number that takes the shape and type of its partner. */
export type Operand = Tensor | number;

/** Constant between jumps, so the derivative is zero almost everywhere. */
const flat: Derivative = (_dy, _y, ...inputs) => inputs.map(() => undefined);

const roundHalfToEven = (x: number): number => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

const unaryRows = {
  neg: { accepts: expectNumber, meaning: (x) => -x, derivative: (dy) => [neg(dy)] },
  abs: { accepts: expectNumber, meaning: Math.abs, derivative: (dy, _y, x) => [mul(dy, sign(x))] },
  sign: { accepts: expectNumber, meaning: Math.sign, derivative: flat },
  floor: { accepts: expectFloat, meaning: Math.floor, derivative: flat },
  ceil: { accepts: expectFloat, meaning: Math.ceil, derivative: flat },
  /** To the nearest integer, halves to the even one, as IEEE 754 rounds. */
  round: { accepts: expectFloat, meaning: roundHalfToEven, derivative: flat },
  exp: { accepts: expectFloat, meaning: Math.exp, derivative: (dy, y) => [mul(dy, y)] },
  log: { accepts: expectFloat, meaning: Math.log, derivative: (dy, _y, x) => [div(dy, x)], domain: [0.2, 3] },
  /** eˣ − 1 and ln(1 + x) without the loss of digits near 0. */
  expm1: { accepts: expectFloat, meaning: Math.expm1, derivative: (dy, y) => [mul(dy, add(y, 1))] },
  log1p: {
    accepts: expectFloat,
    meaning: Math.log1p,
    derivative: (dy, _y, x) => [div(dy, add(x, 1))],
    domain: [-0.5, 2],
  },
  sqrt: { accepts: expectFloat, meaning: Math.sqrt, derivative: (dy, y) => [div(mul(dy, 0.5), y)], domain: [0.2, 3] },
  sin: { accepts: expectFloat, meaning: Math.sin, derivative: (dy, _y, x) => [mul(dy, cos(x))] },
  cos: { accepts: expectFloat, meaning: Math.cos, derivative: (dy, _y, x) => [neg(mul(dy, sin(x)))] },
  tanh: { accepts: expectFloat, meaning: Math.tanh, derivative: (dy, y) => [mul(dy, sub(1, mul(y, y)))] },
  sigmoid: { accepts: expectFloat, meaning: sigmoidOf, derivative: (dy, y) => [mul(dy, mul(y, sub(1, y)))] },
  erf: {
    accepts: expectFloat,
    meaning: erfOf,
    derivative: (dy, _y, x) => [mul(dy, mul(exp(neg(mul(x, x))), ERF_SLOPE))],
  },
  /** The derivative at 0 is 0; NaN stays NaN. Computed from y, so that x need not be kept. */
  relu: {
    accepts: expectNumber,
    meaning: (x) => Math.max(x, 0),
    derivative: (dy, y) => [select(lessEqual(y, 0), 0, dy)],
  },
  not: { accepts: expectBool, meaning: (x) => 1 - x, derivative: flat },
} satisfies Record<string, ElementwiseRow>;

/** Equal operands get half of the derivative each. */
const toWinner =
  (wins: (a: Tensor, b: Tensor) => Tensor): Derivative =>
  (dy, _y, a, b) => {
    const half = mul(dy, 0.5);
    const part = (x: Tensor, other: Tensor) => select(equal(x, other), half, select(wins(x, other), dy, 0));
    return [part(a, b), part(b, a)];
  };

const powDerivative: Derivative = (dy, y, a, b) => [
  select(equal(b, 0), 0, mul(dy, mul(b, pow(a, sub(b, 1))))),
  select(equal(a, 0), 0, mul(dy, mul(y, log(a)))),
];

const binaryRows = {
  add: { accepts: expectNumber, meaning: (a, b) => a + b, derivative: (dy) => [dy, dy], commutative: true },
  sub: { accepts: expectNumber, meaning: (a, b) => a - b, derivative: (dy) => [dy, neg(dy)] },
  mul: {
    accepts: expectNumber,
    meaning: (a, b) => a * b,
    // Products of 32-bit integers keep their low 32 bits; a double would lose them.
    integerMeaning: Math.imul,
    derivative: (dy, _y, a, b) => [mul(dy, b), mul(dy, a)],
    commutative: true,
  },
  div: {
    accepts: expectFloat,
    meaning: (a, b) => a / b,
    derivative: (dy, y, _a, b) => [div(dy, b), neg(div(mul(dy, y), b))],
    domain: [0.3, 2],
  },
  pow: { accepts: expectFloat, meaning: (a, b) => a ** b, derivative: powDerivative, domain: [0.2, 2] },
  max: { accepts: expectNumber, meaning: Math.max, derivative: toWinner((a, b) => greater(a, b)), commutative: true },
  min: { accepts: expectNumber, meaning: Math.min, derivative: toWinner((a, b) => less(a, b)), commutative: true },
  equal: { accepts: expectSameType, gives: "bool", meaning: (a, b) => +(a === b), derivative: flat, commutative: true },
  notEqual: {
    accepts: expectSameType,
    gives: "bool",
    meaning: (a, b) => +(a !== b),
    derivative: flat,
    commutative: true,
  },
  less: { accepts: expectSameType, gives: "bool", meaning: (a, b) => +(a < b), derivative: flat },
  lessEqual: { accepts: expectSameType, gives: "bool", meaning: (a, b) => +(a <= b), derivative: flat },
  greater: { accepts: expectSameType, gives: "bool", meaning: (a, b) => +(a > b), derivative: flat },
  greaterEqual: { accepts: expectSameType, gives: "bool", meaning: (a, b) => +(a >= b), derivative: flat },
  and: { accepts: expectBool, meaning: (a, b) => a & b, derivative: flat, commutative: true },
  or: { accepts: expectBool, meaning: (a, b) => a | b, derivative: flat, commutative: true },
} satisfies Record<string, ElementwiseRow>;

const unaryOps = defineElementwiseTable(unaryRows, 1);
const binaryOps = defineElementwiseTable(binaryRows, 2);

const selectOp = defineOp({
  name: "select",
  inputs: ["condition", "x", "y"],
  attributes: {},
  shape: (_, condition, x, y) => {
    expectBool(condition);
    expectSameType(x, y);
    expectSameShape(condition, x, y);
    return x;
  },
  sees: pointwise,
  elementwise: true,
  gradient: ({ inputs: [condition] }, [dy]) => [undefined, select(condition, dy, 0), select(condition, 0, dy)],
  reference: (_, [condition, x, y], [z]) => {
    for (let i = 0; i < z.size; i++) z.data[i] = condition.data[i] ? x.data[i] : y.data[i];
  },
  samples: [
    { inputs: [{ shape: [3, 4], dtype: "bool", low: 0, high: 2 }, { shape: [3, 4] }, { shape: [3, 4] }] },
    { inputs: [{ shape: [0], dtype: "bool" }, { shape: [0] }, { shape: [0] }] },
  ],
});

/** Every record of the table. */
export const elementwiseOps: readonly { readonly op: Op }[] = [
  ...Object.values(unaryOps),
  ...Object.values(binaryOps),
  selectOp,
];

function toTensor(name: string, x: Operand, { shape, dtype }: Tensor): Tensor {
  if (isTensor(x)) return x;
  if (typeof x !== "number")
    throw new ShapeError(`${located(name)}: takes tensors and numbers, got ${describeGiven(x)}; ${TENSOR_HINT}`);
  if (!isFloat(dtype) && converters[dtype](x) !== x)
    throw new ShapeError(`${located(name)}: ${x} is no value of type ${dtype}; cast the tensor to f32 first`);
  return fill(x, shape, dtype);
}

/** Both operands in their common shape. At least one must be a tensor. */
function alignOperands(name: string, x: Operand, y: Operand): [Tensor, Tensor] {
  const like = isTensor(x) ? x : y;
  if (!isTensor(like))
    throw new ShapeError(
      `${located(name)}: at least one operand must be a tensor, got ${describeGiven(x)} and ${describeGiven(y)}`,
    );
  const [a, b] = [toTensor(name, x, like), toTensor(name, y, like)];
  if (sameShape(a.shape, b.shape)) return [a, b];
  const shape = naming(name, () => broadcastShapes(a.shape, b.shape));
  return [broadcastTo(a, shape), broadcastTo(b, shape)];
}

const one =
  (name: keyof typeof unaryRows) =>
  (x: Tensor): Tensor =>
    unaryOps[name]([x]);
const two =
  (name: keyof typeof binaryRows) =>
  (x: Operand, y: Operand): Tensor =>
    binaryOps[name](alignOperands(name, x, y));

/** −x. */
export const neg = one("neg");
/** |x|; the derivative at 0 is 0. */
export const abs = one("abs");
/** −1, 0 or 1; NaN for NaN. Its derivative is 0. */
export const sign = one("sign");
/** The largest integer that is not above x. Its derivative is 0. */
export const floor = one("floor");
/** The smallest integer that is not below x. Its derivative is 0. */
export const ceil = one("ceil");
/** The nearest integer; halves go to the even one, as IEEE 754 rounds. Its derivative is 0. */
export const round = one("round");
/** eˣ. */
export const exp = one("exp");
/** The natural logarithm. */
export const log = one("log");
/** eˣ − 1, precise near 0. */
export const expm1 = one("expm1");
/** ln(1 + x), precise near 0. */
export const log1p = one("log1p");
/** √x; NaN below 0. */
export const sqrt = one("sqrt");
/** sin x, in radians. */
export const sin = one("sin");
/** cos x, in radians. */
export const cos = one("cos");
/** tanh x. */
export const tanh = one("tanh");
/** σ(x) = 1 / (1 + e⁻ˣ). */
export const sigmoid = one("sigmoid");
/** The error function, (2 / √π) ∫₀ˣ e^(−t²) dt. */
export const erf = one("erf");
/** max(0, x). */
export const relu = one("relu");
/** Negates a `bool`. */
export const not = one("not");

/** x + y. Numbers take the type of the other operand and shapes are broadcast, as in all functions of two operands. */
export const add = two("add");
/** x − y. */
export const sub = two("sub");
/** x · y. Products of integers keep their low 32 bits. */
export const mul = two("mul");
/** x / y, of floats; cast integers first. */
export const div = two("div");
/**
 * xʸ, of floats, as ECMAScript has it: (−0)⁻³ is −∞, NaN⁰ is 1, and 1 to the power of ±∞ or NaN is NaN (C and PyTorch give
 * 1). Negative finite numbers have only integer powers. The derivative by y is 0 where x is 0.
 */
export const pow = two("pow");
/** The larger of two; NaN if either is NaN. For the maximum along axes see `max`. */
export const maximum = two("max");
/** The smaller of two; NaN if either is NaN. For the minimum along axes see `min`. */
export const minimum = two("min");
/** Whether both are equal, as `bool`; NaN equals nothing. */
export const equal = two("equal");
/** Whether they differ, as `bool`; NaN differs from all, itself included. */
export const notEqual = two("notEqual");
/** x < y, as `bool`; never for NaN. */
export const less = two("less");
/** x ≤ y, as `bool`; never for NaN. */
export const lessEqual = two("lessEqual");
/** x > y, as `bool`; never for NaN. */
export const greater = two("greater");
/** x ≥ y, as `bool`; never for NaN. */
export const greaterEqual = two("greaterEqual");
/** Whether both of two `bool`s hold. */
export const and = two("and");
/** Whether at least one of two `bool`s holds. */
export const or = two("or");

/** `x` where the condition holds, `y` elsewhere. Operands not chosen have no effect, NaN included. */
export function select(condition: Tensor, x: Operand, y: Operand): Tensor {
  const [a, b] = alignOperands("select", x, y);
  const shape = naming("select", () => broadcastShapes(condition.shape, a.shape));
  return selectOp([broadcastTo(condition, shape), broadcastTo(a, shape), broadcastTo(b, shape)]);
}

/** Neither NaN nor infinite: x − x is 0 for finite numbers only. */
export const finite = (x: Tensor): Tensor => equal(sub(x, x), 0);
/** x². */
export const square = (x: Tensor): Tensor => mul(x, x);
