/**
 * Algebra that holds bit for bit, for NaN, infinities and both zeros. Counterexamples: x · 0 is NaN for infinities, x − x
 * too, 0 / x is NaN at 0, x + 0 makes 0 of −0, and (x · a) · b rounds twice where x · (a · b) rounds once.
 */
import { type DType, isFloat } from "../array/index.ts";
import { fill, type Tensor } from "../graph/index.ts";
import { abs, add, cast, mul, neg, select, sub } from "../ops/index.ts";
import { isFill, madeBy, type RewriteRule, type RewriteRules, sameValue, type Use, uniformValue } from "./rules.ts";

/** The operand of a negation. */
const negated = (x: Tensor): Tensor | undefined => madeBy(x, "neg")?.inputs[0];

/** −0, or any 0 among integers, which have only one. */
const addsNothing = (x: Tensor): boolean => isFill(x, -0) || (!isFloat(x.dtype) && isFill(x, 0));

function addition({ inputs: [x, y] }: Use): Tensor | undefined {
  if (addsNothing(y)) return x;
  if (addsNothing(x)) return y;
  const [left, right] = [negated(x), negated(y)];
  if (right) return sub(x, right);
  return left && sub(y, left);
}

function subtraction({ inputs: [x, y] }: Use): Tensor | undefined {
  if (isFill(y, 0)) return x;
  const right = negated(y);
  return right && add(x, right);
}

function simplifyProduct({ inputs: [x, y] }: Use): Tensor | undefined {
  if (isFill(x, 1)) return y;
  if (isFill(y, 1)) return x;
  if (isFill(x, -1)) return neg(y);
  if (isFill(y, -1)) return neg(x);
  const [left, right] = [negated(x), negated(y)];
  return left && right && mul(left, right);
}

/** The smallest normal number; engines may flush smaller ones to 0. */
const SMALLEST_NORMAL: Partial<Record<DType, number>> = { f32: 2 ** -126, f64: 2 ** -1022 };

/** Only powers of two have an exact inverse. */
function hasExactInverse(x: number, dtype: DType): boolean {
  const size = Math.abs(x);
  return size === 2 ** Math.round(Math.log2(size)) && Math.min(size, 1 / size) >= SMALLEST_NORMAL[dtype]!;
}

function quotient({ inputs: [x, y] }: Use): Tensor | undefined {
  const divisor = uniformValue(y);
  if (divisor === undefined || !hasExactInverse(divisor, y.dtype)) return undefined;
  return divisor === 1 ? x : mul(x, 1 / divisor);
}

function power({ inputs: [x, y] }: Use): Tensor | undefined {
  switch (uniformValue(y)) {
    case 0: // NaN to the power of 0 is 1 as well.
      return fill(1, x.shape, x.dtype);
    case 1:
      return x;
    case 2:
      return mul(x, x);
  }
}

function choice({ inputs: [condition, x, y] }: Use): Tensor | undefined {
  const constant = uniformValue(condition);
  if (constant !== undefined) return constant === 0 ? y : x;
  if (sameValue(x, y)) return x;
  const opposite = madeBy(condition, "not")?.inputs[0];
  if (opposite) return select(opposite, y, x);
  const [inner, other] = [chosenAlready(condition, x, 1), chosenAlready(condition, y, 2)];
  return inner || other ? select(condition, inner ?? x, other ?? y) : undefined;
}

/** The branch of `x`, a select by the same condition, that remains, counted from 1. */
function chosenAlready(condition: Tensor, x: Tensor, branch: number): Tensor | undefined {
  const inner = madeBy(x, "select");
  return inner?.inputs[0] === condition ? inner.inputs[branch] : undefined;
}

/** The types whose values a type contains. */
const HOLDS: Readonly<Record<DType, readonly DType[]>> = {
  f64: ["f64", "f32", "i32", "u8", "bool"],
  f32: ["f32", "u8", "bool"],
  i32: ["i32", "u8", "bool"],
  u8: ["u8", "bool"],
  bool: ["bool"],
};

function conversion({ inputs: [x], outputs: [y] }: Use): Tensor | undefined {
  if (x.dtype === y.dtype) return x;
  const origin = madeBy(x, "cast")?.inputs[0];
  return origin && HOLDS[x.dtype].includes(origin.dtype) ? cast(origin, y.dtype) : undefined;
}

/** For ops that do not change the results of `names`. */
const after =
  (...names: string[]): RewriteRule =>
  ({ inputs: [x] }) =>
    names.some((name) => madeBy(x, name)) ? x : undefined;

const integral = after("floor", "ceil", "round");

/** For ops that map two equal operands to that operand. */
const unlessTheyDiffer: RewriteRule = ({ inputs: [x, y] }) => (sameValue(x, y) ? x : undefined);

/** `and` and `or`: one truth value decides, the other yields the other operand. */
const logicalRule =
  (decisive: number): RewriteRule =>
  (use) => {
    const constant = use.inputs.findIndex(({ node }) => node.kind === "fill");
    if (constant < 0) return unlessTheyDiffer(use);
    return use.inputs[isFill(use.inputs[constant], decisive) ? constant : 1 - constant];
  };

export const algebraRules: RewriteRules = {
  add: addition,
  sub: subtraction,
  mul: simplifyProduct,
  div: quotient,
  pow: power,
  neg: ({ inputs: [x] }) => negated(x),
  abs: (use) => {
    const opposite = negated(use.inputs[0]);
    return opposite ? abs(opposite) : after("abs")(use);
  },
  relu: after("relu"),
  sign: after("sign"),
  floor: integral,
  ceil: integral,
  round: integral,
  max: unlessTheyDiffer,
  min: unlessTheyDiffer,
  and: logicalRule(0),
  or: logicalRule(1),
  not: ({ inputs: [x] }) => madeBy(x, "not")?.inputs[0],
  select: choice,
  cast: conversion,
};
