/**
 * Fills stay fills through every op that treats all positions alike, by the algebra of its record or by a rule of its own.
 * Elementwise ops are computed here by their own reference, on one element, in the type that the graph declares.
 */
import { full, sizeOf, zeros } from "../array/index.ts";
import { fill, type Op, type Tensor } from "../graph/index.ts";
import { byRecord } from "../ops/index.ts";
import { integersOf, isFill, type RewriteRule, sameValue, stored, uniformValue } from "./rules.ts";

const computeFill: RewriteRule = ({ op, attributes, inputs, outputs: [y] }) => {
  if (inputs.some(({ node }) => node.kind !== "fill")) return undefined;
  const operands = inputs.map((x) => full([], uniformValue(x)!, x.dtype));
  const result = zeros([], y.dtype);
  op.reference(attributes as never, operands, [result]);
  return fill(result.data[0], y.shape, y.dtype);
};

/** The fill `x` in the shape of `y`. */
const spreadFill = (x: Tensor, y: Tensor): Tensor | undefined =>
  x.node.kind === "fill" ? fill(x.node.value, y.shape, y.dtype) : undefined;

/** An op that picks elements of equal fills is that fill. */
const picked: RewriteRule = ({ inputs: [x, ...rest], outputs: [y] }) =>
  rest.every((z) => sameValue(x, z)) ? spreadFill(x, y) : undefined;

/** The largest count for which every k · x of a float32 x (24 bits) is exact in the double that sums are taken in. */
const MOST_FLOATS = 2 ** 29;

const summed: RewriteRule = (use) => {
  const [x] = use.inputs;
  const [y] = use.outputs;
  const value = uniformValue(x);
  if (value === undefined) return undefined;
  const count = sizeOf(integersOf(use, "axes").map((axis) => x.shape[axis]));
  const isExact =
    !Number.isFinite(value) ||
    (Number.isInteger(value) && Number.isSafeInteger(value * count)) ||
    (x.dtype === "f32" && count <= MOST_FLOATS);
  // A sum starts at 0: it is 0 for no elements, even of infinities, and for −0.
  return isExact ? fill(count === 0 ? 0 : 0 + value * count, y.shape, y.dtype) : undefined;
};

const own = byRecord<RewriteRule>({
  sum: summed,
  pad: ({ inputs: [x], attributes: { value }, outputs: [y] }) =>
    isFill(x, stored(value as number, x.dtype)) ? spreadFill(x, y) : undefined,
  argMax: ({ inputs: [x], outputs: [y] }) => (x.node.kind === "fill" ? fill(0, y.shape, y.dtype) : undefined),
});

/** The rule for uses of an op, if it treats all positions alike. */
export function fillRuleOf(op: Op): RewriteRule | undefined {
  if (op.elementwise) return computeFill;
  return op.picks ? picked : own.get(op);
}
