/**
 * Reverse-mode differentiation: walks the graph backwards from a result and asks each op's gradient rule for the
 * derivative with respect to its inputs. The result is again a graph, so a gradient can be differentiated.
 *
 *   ∂E/∂x = Σ over the uses u of x of (∂E/∂u · ∂u/∂x)        (the chain rule; 11-785, "Backpropagation")
 */
import { describeGiven, isFloat, ShapeError, sameShape } from "../array/index.ts";
import { checkNames } from "../options/index.ts";
import { expectTensors, type Op } from "./op.ts";
import { atPath, located } from "./path.ts";
import { elementCountOf, fill, formatType, isTensor, type Node, type OpNode, type Tensor } from "./tensor.ts";
import { inputsOf, isOpNode, sortNodes } from "./trace.ts";

/** What an op passes back to each of its inputs, instead of its derivative. Takes the node and what came to each output. */
export type BackwardRule = (node: OpNode, outputGradients: readonly Tensor[]) => readonly (Tensor | undefined)[];

/** Rules that replace the derivatives of some ops, by their records. */
export type BackwardRules = ReadonlyMap<Op, BackwardRule>;

/** Options of `gradient`. */
export interface GradientOptions {
  /** The derivative of the final scalar with respect to `of`; default 1, for which `of` must have one element. */
  readonly outputGradient?: Tensor | undefined;
  /**
   * Rules that replace the derivatives of some ops, by their records: guided back-propagation is another rule for `relu`,
   * and so are relevance and deconvolution. Default: none. @example rules: byRecord({ relu: … })
   */
  readonly rules?: BackwardRules | undefined;
}

/** The derivatives of `of` with respect to each tensor, in their order and shapes, as more graph. */
export type GradientFunction = (of: Tensor, withRespectTo: readonly Tensor[], options?: GradientOptions) => Tensor[];

/** Makes the gradient function from the addition op: this room knows no op by name. */
export function reverseMode(add: (a: Tensor, b: Tensor) => Tensor): GradientFunction {
  const pull = pullBack(add);
  return (of, withRespectTo, options = {}) => {
    checkNames("gradient", ["outputGradient", "rules"], options);
    if (!Array.isArray(withRespectTo))
      throw new ShapeError(
        `gradient: takes a list of tensors to differentiate with respect to, got ${describeGiven(withRespectTo)}`,
      );
    expectTensors("gradient", of, ...withRespectTo);
    const slope = startingGradient(of, options.outputGradient);
    const gradients = pull([[of, slope]], withRespectTo, options.rules);
    return withRespectTo.map((tensor, i) => gradients[i] ?? fill(0, tensor.shape, tensor.dtype));
  };
}

/** A tensor, and the derivative of a scalar with respect to it. */
export type Slope = readonly [of: Tensor, slope: Tensor];

/**
 * Derivatives of several tensors at once, from those that arrive at them, to tensors that they are computed from; `undefined`
 * stands for zero.
 */
export type PullBack = (
  slopes: readonly Slope[],
  withRespectTo: readonly Tensor[],
  rules?: BackwardRules,
) => (Tensor | undefined)[];

/** Makes the function that `reverseMode` is built on, from the addition op. */
export const pullBack =
  (add: (a: Tensor, b: Tensor) => Tensor): PullBack =>
  (slopes, withRespectTo, rules) => {
    const gradients = new Map<Tensor, Tensor>();
    const accumulate = (tensor: Tensor, part: Tensor): void => {
      const sum = gradients.get(tensor);
      gradients.set(tensor, sum === undefined ? part : add(sum, part));
    };
    for (const [of, slope] of slopes) accumulate(of, slope);
    const ends = slopes.map(([of]) => of);
    for (const node of nodesBetween(ends, withRespectTo).reverse()) {
      if (!node.outputs.some((output) => gradients.has(output))) continue;
      atPath(node.path, () => {
        inputGradients(node, gradients, rules).forEach((part, i) => {
          if (part !== undefined && isFloat(node.inputs[i].dtype))
            accumulate(node.inputs[i], checkedGradient(part, node, i));
        });
      });
    }
    return withRespectTo.map((tensor) => gradients.get(tensor));
  };

function startingGradient(of: Tensor, given: Tensor | undefined): Tensor {
  if (!isFloat(of.dtype)) throw new ShapeError(`gradient: the result must be floating point, got ${formatType(of)}`);
  if (given === undefined) {
    if (elementCountOf(of) !== 1) {
      throw new ShapeError(
        `gradient: the result must be one number, got ${formatType(of)}; reduce it, or give outputGradient`,
      );
    }
    return fill(1, of.shape, of.dtype);
  }
  if (given.dtype !== of.dtype || !sameShape(given.shape, of.shape)) {
    throw new ShapeError(
      `gradient: outputGradient is ${formatType(given)}, the result is ${formatType(of)}; they must agree`,
    );
  }
  return given;
}

/** The op nodes through which `ends` depend on any of the tensors, each after its inputs. */
function nodesBetween(ends: readonly Tensor[], tensors: readonly Tensor[]): OpNode[] {
  const targets = new Set(tensors);
  const depending = new Set<Node>(tensors.map(({ node }) => node).filter((node) => !isOpNode(node)));
  return sortNodes(ends).filter((node): node is OpNode => {
    const depends = inputsOf(node).some(
      (input) => isFloat(input.dtype) && (targets.has(input) || depending.has(input.node)),
    );
    if (depends) depending.add(node);
    return depends && isOpNode(node);
  });
}

/** Checks the result of an op's rule, which in JavaScript may be anything. */
function inputGradients(
  node: OpNode,
  gradients: ReadonlyMap<Tensor, Tensor>,
  rules: BackwardRules | undefined,
): readonly unknown[] {
  const rule = rules?.get(node.op) ?? node.op.gradient;
  if (typeof rule !== "function") {
    throw new ShapeError(
      `${located(node.op.name, node.path)}: has no gradient: ${rule.none}; stopGradient() around it leaves it out`,
    );
  }
  const outputGradients = node.outputs.map((output) => gradients.get(output) ?? fill(0, output.shape, output.dtype));
  const parts: unknown = rule(node as never, outputGradients, rules);
  if (Array.isArray(parts) && parts.length === node.inputs.length) return parts;
  throw new ShapeError(
    `${located(node.op.name, node.path)}: its gradient rule must give a list with a derivative or undefined for each of ` +
      `${node.inputs.length} inputs, got ${Array.isArray(parts) ? `${parts.length} entries` : describeGiven(parts)}`,
  );
}

function checkedGradient(part: unknown, node: OpNode, i: number): Tensor {
  const input = node.inputs[i];
  if (isTensor(part) && part.dtype === input.dtype && sameShape(part.shape, input.shape)) return part;
  const got = isTensor(part) ? formatType(part) : describeGiven(part);
  throw new ShapeError(
    `${located(node.op.name, node.path)}: its gradient rule gives ${got} for ${node.op.inputs[i]} ${formatType(input)}`,
  );
}
