/** Ops that move elements: consecutive ones are merged, and identities dropped. */
import { type Shape, sameShape } from "../array/index.ts";
import type { OpNode, Tensor } from "../graph/index.ts";
import { broadcastTo, matmulOp, reshape, sliceOp, transposeOp } from "../ops/index.ts";
import { integersOf, madeBy, type RewriteRule, type RewriteRules, type Use } from "./rules.ts";

/** For ops that take every element at most once and in order: an output of the input's shape equals the input. */
const unlessItChanges: RewriteRule = ({ inputs: [x], outputs: [y] }) => (sameShape(x.shape, y.shape) ? x : undefined);

const isAscending = (list: readonly number[]): boolean => list.every((n, i) => i === 0 || list[i - 1] <= n);

function simplifyTranspose(use: Use): Tensor | undefined {
  const [x] = use.inputs;
  const order = integersOf(use, "order");
  if (isAscending(order)) return x;
  const inner = madeBy(x, "transpose");
  if (inner) return transposeOp(inner.inputs, { order: order.map((axis) => integersOf(inner, "order")[axis]) });
  // The order in memory is that of the axes that are longer than 1.
  const isInOrder = isAscending(order.filter((axis) => x.shape[axis] !== 1));
  return isInOrder ? reshape(x, use.outputs[0].shape) : undefined;
}

/** Whether a reshape only puts axes in front: they have length 1, and broadcasting would put them there by itself. */
const addsInFront = (from: Shape, to: Shape): boolean =>
  to.length > from.length && sameShape(to.slice(to.length - from.length), from);

function repeated({ inputs: [x], outputs: [y] }: Use): Tensor | undefined {
  if (sameShape(x.shape, y.shape)) return x;
  const reshaped = madeBy(x, "reshape");
  const isImplied = reshaped !== undefined && addsInFront(reshaped.inputs[0].shape, x.shape);
  const inner = isImplied ? reshaped : madeBy(x, "broadcastTo");
  return inner && broadcastTo(inner.inputs[0], y.shape);
}

function sliced(use: Use): Tensor | undefined {
  const [x] = use.inputs;
  const size = use.outputs[0].shape;
  if (sameShape(x.shape, size)) return x;
  const inner = madeBy(x, "slice");
  if (inner === undefined) return undefined;
  const [from] = inner.inputs;
  const [start, step] = ["start", "step"].map((name) => integersOf(use, name));
  const [first, apart] = ["start", "step"].map((name) => integersOf(inner, name));
  // For empty slices, a start in steps of the inner slice may lie beyond the end.
  const begin = (n: number, axis: number): number => Math.min(from.shape[axis], first[axis] + n * apart[axis]);
  return sliceOp([from], { start: start.map(begin), size, step: step.map((n, axis) => n * apart[axis]) });
}

/** The tensor of which `x` is the transpose over the last two axes. */
function matrixTransposeOf(x: Tensor): Tensor | undefined {
  const inner = madeBy(x, "transpose");
  const rank = x.shape.length;
  const swapsLast = (node: OpNode): boolean =>
    integersOf(node, "order").every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
  return inner && swapsLast(inner) ? inner.inputs[0] : undefined;
}

function multiplied({ inputs: [a, b], attributes }: Use): Tensor | undefined {
  const [left, right] = [matrixTransposeOf(a), matrixTransposeOf(b)];
  if (left === undefined && right === undefined) return undefined;
  const flip = (name: string, by: unknown): boolean => (attributes[name] as boolean) !== (by !== undefined);
  return matmulOp([left ?? a, right ?? b], {
    transposeA: flip("transposeA", left),
    transposeB: flip("transposeB", right),
  });
}

/** The extreme of one element is that element. A sum is not: it starts at 0, which makes 0 of −0. */
const overOnes: RewriteRule = (use) => {
  const [x] = use.inputs;
  return integersOf(use, "axes").every((axis) => x.shape[axis] === 1) ? reshape(x, use.outputs[0].shape) : undefined;
};

export const movementRules: RewriteRules = {
  reshape: ({ inputs: [x], outputs: [y] }) => {
    const inner = madeBy(x, "reshape");
    return sameShape(x.shape, y.shape) ? x : inner && reshape(inner.inputs[0], y.shape);
  },
  transpose: simplifyTranspose,
  broadcastTo: repeated,
  slice: sliced,
  pad: unlessItChanges,
  concat: ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined),
  matmul: multiplied,
  reduceMax: overOnes,
  reduceMin: overOnes,
  sum: (use) => (use.inputs[0].dtype === "i32" ? overOnes(use) : undefined),
  stopGradient: ({ inputs: [x] }) => x,
};
