/** Backward rules for rectifiers, y = max(0, z), that replace their derivative R · [z > 0]. */
import { type BackwardRule, isOpNode, type Node, type OpNode, type Tensor } from "../graph/index.ts";
import { byRecord, isUseOf } from "../ops/index.ts";
import type { BackwardRules } from "./probe/index.ts";

/** From what comes to a rectifier's output y, what goes on to its input. */
export type Rectified = (dy: Tensor, y: Tensor) => Tensor;

/** The rules by which rectifiers go backward. A `select` that gives 0 for numbers below 0 is a rectifier, too: the lower half of relu6. */
export const rectifierRules = (rectified: Rectified): BackwardRules =>
  byRecord<BackwardRule>({
    relu: ({ outputs: [y] }, [dy]) => [rectified(dy, y)],
    select: (node, [dy]) => {
      const usual = node.op.gradient as BackwardRule;
      return isLowerHalf(node) ? [undefined, undefined, rectified(dy, node.outputs[0])] : usual(node, [dy]);
    },
  });

const isZero = ({ node }: Tensor): boolean => node.kind === "fill" && node.value === 0;

/** select(x ≤ 0, 0, …). */
function isLowerHalf({ inputs: [condition, chosen] }: OpNode): boolean {
  const { node } = condition;
  return isZero(chosen) && isUseOf(node, "lessEqual") && isZero(node.inputs[1]);
}

/** Whether a node is a rectifier. */
export const isRectifier = (node: Node): boolean =>
  isUseOf(node, "relu") || (isOpNode(node) && isUseOf(node, "select") && isLowerHalf(node));
