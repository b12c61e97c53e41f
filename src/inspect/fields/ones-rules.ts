/**
 * Backward rules that pass ones along every connection: an input counts as seen if there is a path from it to the unit,
 * whatever the weights, values and activation functions on the way are.
 *
 *   o(x) = 1 if x is used by some u with o(u) = 1 at an element that is computed from x, else 0
 *
 * Filters and factors count as ones; a maximum passes back to its whole window, and every activation function passes.
 */
import { isFloat } from "../../array/index.ts";
import { applyOp, type BackwardRule, fill, type Op, type OpNode, type Tensor } from "../../graph/index.ts";
import { allOps, broadcastTo, byRecord, cast, inputGradientOp, notEqual, reshape, sum } from "../../ops/index.ts";

/** 1 where there is anything, else 0. */
const seen = (x: Tensor): Tensor => cast(notEqual(x, 0), x.dtype);

const ones = ({ shape, dtype }: Tensor): Tensor => fill(1, shape, dtype);

/** Every float input is seen where the output is. */
const pointwise: BackwardRule = ({ inputs }, [dy]) => inputs.map(({ dtype }) => (isFloat(dtype) ? dy : undefined));

/** An op's own derivative; nothing where it has none. */
export const derivative: BackwardRule = (node, outputs) =>
  typeof node.op.gradient === "function" ? node.op.gradient(node as never, outputs) : node.inputs.map(() => undefined);

/** The derivative as if all inputs were ones, so that nothing cancels and nothing is multiplied by 0. */
const ofOnes: BackwardRule = (node, outputs) =>
  derivative({ ...node, inputs: node.inputs.map((x) => (isFloat(x.dtype) ? ones(x) : x)) }, outputs);

/** The first input is seen all along the op's axes where any output along them is. */
const mixing: BackwardRule = ({ inputs: [x, ...others], attributes }, [dy]) => {
  const { axis, axes = [axis] } = attributes as { readonly axis?: number; readonly axes?: readonly number[] };
  const kept = x.shape.map((n, i) => (axes.includes(i) ? 1 : n));
  const total = dy.shape.length === x.shape.length ? sum(dy, axes as readonly number[]) : dy;
  return [broadcastTo(reshape(total, kept), x.shape), ...others.map(() => undefined)];
};

interface PoolAttributes {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

/** The windows of a maximum, as filters of ones over single channels; with room for windows that hang over. */
const windows: BackwardRule = ({ attributes, inputs: [x] }, [dy]) => {
  const { kernel, stride, padding, dilation } = attributes as unknown as PoolAttributes;
  const [, channels, ...size] = x.shape;
  const before = padding.slice(0, kernel.length);
  const after = kernel.map((k, i) =>
    Math.max(
      padding[kernel.length + i],
      (dy.shape[2 + i] - 1) * stride[i] + dilation[i] * (k - 1) + 1 - size[i] - before[i],
    ),
  );
  const filters = fill(1, [channels, 1, ...kernel], x.dtype);
  const window = { stride, padding: [...before, ...after], dilation, groups: channels, size };
  return applyOp(inputGradientOp.op, [dy, filters], window).outputs;
};

/** Ops whose own derivative is not enough: it may vanish, cancel, or pick some of what is seen. */
const special = byRecord<BackwardRule>({
  conv: ofOnes,
  convInputGradient: ofOnes,
  matmul: ofOnes,
  maxPool: windows,
  softmax: mixing,
  logSoftmax: mixing,
  standardize: mixing,
  reduceMax: mixing,
  reduceMin: mixing,
});

const ruleOf = (op: Op): BackwardRule => special.get(op) ?? (op.elementwise ? pointwise : derivative);

const clamped =
  (rule: BackwardRule): BackwardRule =>
  (node: OpNode, outputs) =>
    rule(
      node,
      outputs.map((dy) => (isFloat(dy.dtype) ? seen(dy) : dy)),
    );

/** The rule of every op. */
export const onesRules: ReadonlyMap<Op, BackwardRule> = new Map(
  [...allOps.values()].map((op) => [op, clamped(ruleOf(op))]),
);
