/**
 * Layer-wise relevance as backward rules. A value x has the relevance R = x · g with the derivative g that goes backwards; so all
 * that is linear in the samples (sums, shortcuts, mean pooling, movements) divides relevance in proportion to contributions by
 * its own derivative, and rules are needed for the rest only.
 *
 * A linear layer z = Σᵢ zᵢ + b, zᵢ = wᵢ xᵢ, passes its relevance on as
 *
 *   ε    Rᵢ = zᵢ / (z + ε sign z) · R
 *   αβ   Rᵢ = (α zᵢ⁺ / z⁺ − β zᵢ⁻ / z⁻) · R,    z⁺ = Σ zᵢ⁺ + b⁺,  z⁻ likewise;    z⁺ is α = 1, β = 0
 *
 * It may be scaled and shifted afterwards, by batch normalization: z = s · y + b counts as one layer. An activation f passes on
 * all, g · f(z) / z; of products each factor gets half, of quotients the numerator all; statistics of normalizations count as
 * constants; max pooling passes to its winners. Sources: Bach et al. 2015, equations 58 and 60; Ancona et al. 2018, for
 * f(z) / z; Achtibat et al. 2024, for products.
 */
import {
  applyOp,
  type BackwardRule,
  fill,
  isOpNode,
  type Node,
  type OpNode,
  sortNodes,
  type Tensor,
} from "../../graph/index.ts";
import {
  add,
  broadcastTo,
  byRecord,
  div,
  equal,
  greater,
  greaterEqual,
  less,
  mul,
  neg,
  relu,
  reshape,
  select,
  sqrt,
} from "../../ops/index.ts";
import type { BackwardRules } from "../probe/index.ts";

/** How a linear layer divides relevance. */
export type LinearRule = (layer: LinearLayer) => Coefficients;

/** A linear layer z = scale · y + bias, with y = Σᵢ wᵢ xᵢ. */
interface LinearLayer {
  readonly z: Tensor;
  readonly scale: Tensor;
  readonly bias: Tensor;
  /** The relevance of z. */
  readonly relevance: Tensor;
  /** The sums of the positive and of the negative products wᵢ xᵢ. */
  readonly parts: () => Signed;
}

interface Signed {
  readonly positive: Tensor;
  readonly negative: Tensor;
}

/** The relevance for each unit of a positive and of a negative product wᵢ xᵢ; one number where both are the same. */
type Coefficients = Signed | Tensor;

/** x + ε sign x, with sign 0 = 1. */
const stabilized = (x: Tensor, epsilon: number): Tensor =>
  add(x, select(less(x, 0), fill(-epsilon, x.shape, x.dtype), epsilon));

export const epsilonRule =
  (epsilon: number): LinearRule =>
  ({ z, scale, relevance }) =>
    mul(scale, div(relevance, stabilized(z, epsilon)));

export const alphaBetaRule =
  (alpha: number, beta: number): LinearRule =>
  ({ scale, bias, relevance, parts }) => {
    const { positive, negative } = parts();
    const isUp = greaterEqual(scale, 0);
    const share = (factor: number, of: Tensor, rest: Tensor): Tensor => {
      const whole = add(mul(scale, of), rest);
      return mul(scale, select(equal(whole, 0), 0, div(mul(relevance, factor), whole)));
    };
    const up = share(alpha, select(isUp, positive, negative), relu(bias));
    const down = share(-beta, select(isUp, negative, positive), negativePart(bias));
    return { positive: select(isUp, up, down), negative: select(isUp, down, up) };
  };

const negativePart = (x: Tensor): Tensor => neg(relu(neg(x)));

/** What follows a value y until the next op that is not affine: z = scale · y + bias, and the relevance of z. */
type Affine = Pick<LinearLayer, "z" | "scale" | "bias" | "relevance">;

/** The rules for the graph of a target. */
export function relevanceRules(score: Tensor, rule: LinearRule): BackwardRules {
  const { varies, isUsedOnce } = aboutGraph(score);
  const following = new Map<Tensor, Affine>();
  const affineAfter = (y: Tensor, dy: Tensor): Affine =>
    (isUsedOnce(y) && following.get(y)) || {
      z: y,
      scale: fill(1, y.shape, y.dtype),
      bias: fill(0, y.shape, y.dtype),
      relevance: mul(y, dy),
    };
  /** Notes that y = factor · x + shift. */
  const note = (x: Tensor, y: Tensor, dy: Tensor, factor: Tensor | number, shift: Tensor | number): void => {
    const { scale, bias, ...after } = affineAfter(y, dy);
    following.set(x, { ...after, scale: mul(scale, factor), bias: add(mul(scale, shift), bias) });
  };
  const usual = (node: OpNode, dy: Tensor): readonly (Tensor | undefined)[] =>
    (node.op.gradient as BackwardRule)(node, [dy]);
  /** A rule for ops of two operands: for one that varies, the first; and for two. */
  const ofTwo =
    (one: (x: Tensor, constant: Tensor, y: Tensor, dy: Tensor) => void, both: BackwardRule): BackwardRule =>
    (node, [dy]) => {
      const [a, b] = node.inputs;
      if (varies(a) && varies(b)) return both(node, [dy]);
      if (varies(a)) one(a, b, node.outputs[0], dy);
      return usual(node, dy);
    };
  const halves: BackwardRule = (node, [dy]) => usual(node, mul(dy, 0.5));
  const linear: BackwardRule = (node, [dy]) => {
    if (node.inputs.every(varies)) return halves(node, [dy]);
    const at = node.inputs.findIndex(varies);
    const [y] = node.outputs;
    return shared(node, at, rule({ ...affineAfter(y, dy), parts: () => signedSums(node, at) }));
  };
  const passing: BackwardRule = ({ inputs: [z], outputs: [y] }, [dy]) => [mul(dy, div(y, stabilized(z, TINY)))];
  return byRecord<BackwardRule>({
    add: (node, [dy]) => {
      const [a, b] = node.inputs;
      if (varies(a) !== varies(b)) note(varies(a) ? a : b, node.outputs[0], dy, 1, varies(a) ? b : a);
      return usual(node, dy);
    },
    sub: ofTwo(
      (x, shift, y, dy) => note(x, y, dy, 1, neg(shift)),
      (node, [dy]) => usual(node, dy),
    ),
    mul: (node, [dy]) => {
      const [a, b] = node.inputs;
      if (varies(a) && varies(b)) return halves(node, [dy]);
      note(varies(a) ? a : b, node.outputs[0], dy, varies(a) ? b : a, 0);
      return usual(node, dy);
    },
    div: ofTwo(
      (x, divisor, y, dy) => note(x, y, dy, div(1, divisor), 0),
      ({ inputs: [, b] }, [dy]) => [div(dy, b), undefined],
    ),
    reshape: (node, [dy]) => {
      const [x] = node.inputs;
      const after = affineAfter(node.outputs[0], dy);
      const back = (t: Tensor): Tensor => reshape(t, x.shape);
      const { z, scale, bias, relevance } = after;
      following.set(x, { z: back(z), scale: back(scale), bias: back(bias), relevance: back(relevance) });
      return usual(node, dy);
    },
    conv: linear,
    convInputGradient: linear,
    matmul: linear,
    tanh: passing,
    sigmoid: passing,
    select: (node, [dy]) => clipped(node, dy) ?? usual(node, dy),
    standardize: ({ attributes, inputs: [x, scale], outputs: [, , variance] }, [dy]) => {
      const deviation = sqrt(add(variance, attributes.epsilon as number));
      return [mul(dy, broadcastTo(div(scale, deviation), x.shape)), undefined, undefined];
    },
  });
}

/** Keeps f(z) / z finite near 0. */
const TINY = 1e-6;

/** A clip, select(x ≥ c, c, x), passes on all that comes to c. */
function clipped({ inputs: [condition, chosen, x] }: OpNode, dy: Tensor): readonly (Tensor | undefined)[] | undefined {
  const { node } = chosen;
  const isClip = node.kind === "fill" && node.value !== 0 && isOpNode(condition.node) && condition.node.inputs[0] === x;
  return isClip ? [undefined, undefined, select(condition, mul(dy, div(chosen, x)), dy)] : undefined;
}

/** Which values depend on the samples, and which are used by one op only. */
function aboutGraph(score: Tensor) {
  const varying = new Set<Node>();
  const uses = new Map<Tensor, number>();
  for (const node of sortNodes([score])) {
    if (node.kind === "input") varying.add(node);
    if (!isOpNode(node)) continue;
    if (node.inputs.some((input) => varying.has(input.node))) varying.add(node);
    for (const input of node.inputs) uses.set(input, (uses.get(input) ?? 0) + 1);
  }
  return {
    varies: (tensor: Tensor): boolean => varying.has(tensor.node),
    isUsedOnce: (tensor: Tensor): boolean => uses.get(tensor) === 1,
  };
}

/** The derivative of a bilinear op by the operand `at`, with other weights. */
function derivative(node: OpNode, at: number, weights: Tensor, dy: Tensor): Tensor {
  const inputs = node.inputs.map((input, i) => (i === at ? input : weights));
  return (node.op.gradient as BackwardRule)({ ...node, inputs }, [dy])[at]!;
}

/** The sums of positive and of negative products. */
function signedSums(node: OpNode, at: number): Signed {
  const [x, w] = [node.inputs[at], node.inputs[1 - at]].map((t) => ({ positive: relu(t), negative: negativePart(t) }));
  const product = (value: Tensor, weights: Tensor): Tensor =>
    applyOp(node.op, at === 0 ? [value, weights] : [weights, value], node.attributes).outputs[0];
  return {
    positive: add(product(x.positive, w.positive), product(x.negative, w.negative)),
    negative: add(product(x.positive, w.negative), product(x.negative, w.positive)),
  };
}

/** What comes to each operand of a linear layer: g = R / x, by the sign of x. */
function shared(node: OpNode, at: number, each: Coefficients): readonly (Tensor | undefined)[] {
  const [x, w] = [node.inputs[at], node.inputs[1 - at]];
  const back = (weights: Tensor, coefficients: Tensor): Tensor => derivative(node, at, weights, coefficients);
  const result = (): Tensor => {
    if (!("positive" in each)) return back(w, each);
    const [up, down] = [relu(w), negativePart(w)];
    const above = add(back(up, each.positive), back(down, each.negative));
    const below = add(back(down, each.positive), back(up, each.negative));
    return select(greater(x, 0), above, below);
  };
  const own = result();
  return node.inputs.map((_, i) => (i === at ? own : undefined));
}
