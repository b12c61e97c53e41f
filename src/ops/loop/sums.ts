/**
 * Sums over the steps of a loop that are computed once, after it. A product of two tensors of a step, as in the derivative of
 * a weight, is not added to the sum step by step: with the factors of all steps side by side, one product has all terms,
 *
 *   Σ_t A_t B_t = [A_0 A_1 …] [B_0; B_1; …]
 */
import { isOpNode, type Tensor } from "../../graph/index.ts";
import { add, elementwiseOps } from "../elementwise.ts";
import { matmul, matmulOp } from "../matmul.ts";
import { reshape, reshapeOp } from "../reshape.ts";
import { transpose, transposeOp } from "../transpose.ts";

/** A sum over steps, from tensors of each step. */
export interface StepSum {
  /** What is needed of every step. */
  readonly parts: readonly Tensor[];
  /** The sum, from the parts stacked [steps, …]. */
  readonly finish: (stacked: readonly Tensor[]) => Tensor;
}

const addition = elementwiseOps.find(({ op }) => op.name === "add")!.op;

/** How a tensor of a step is summed after the loop; `undefined` for one that is best added up in it. */
export function sumAfterLoop({ node, shape }: Tensor): StepSum | undefined {
  if (!isOpNode(node)) return undefined;
  if (node.op === matmulOp.op) return productSum(node.inputs, node.attributes);
  const inner = node.inputs.map(sumAfterLoop);
  if (inner.includes(undefined)) return undefined;
  const [first, second] = inner as StepSum[];
  if (node.op === reshapeOp.op) return { ...first, finish: (stacked) => reshape(first.finish(stacked), shape) };
  if (node.op === transposeOp.op) {
    const order = node.attributes.order as readonly number[];
    return { ...first, finish: (stacked) => transpose(first.finish(stacked), order) };
  }
  if (node.op !== addition) return undefined;
  const count = first.parts.length;
  return {
    parts: [...first.parts, ...second.parts],
    finish: (stacked) => add(first.finish(stacked.slice(0, count)), second.finish(stacked.slice(count))),
  };
}

function productSum(factors: readonly Tensor[], attributes: object): StepSum {
  const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
  return {
    parts: factors,
    finish: ([a, b]) => matmul(sideBySide(a, !transposeA), sideBySide(b, transposeB), { transposeA, transposeB }),
  };
}

/**
 * Matrices of all steps, [steps, …, rows, columns], as one, along the rows or the columns.
 * @param alongColumns whether columns are summed over, otherwise rows
 */
function sideBySide(x: Tensor, alongColumns: boolean): Tensor {
  const [steps, ...shape] = x.shape;
  const axis = shape.length - (alongColumns ? 1 : 2);
  const axes = shape.map((_, i) => i + 1);
  const together = shape.map((n, i) => (i === axis ? steps * n : n));
  return reshape(transpose(x, [...axes.slice(0, axis), 0, ...axes.slice(axis)]), together);
}
