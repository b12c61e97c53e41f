/**
 * Other backward rules for ReLU, y = max(0, z): what comes to y, R, goes on as
 *
 *   gradient                  R · [z > 0]
 *   deconvnet                 R · [R > 0]
 *   guided back-propagation   R · [z > 0] · [R > 0]
 *
 * Max pooling goes back through its switches, the positions of its maxima, in all three. Sources: Zeiler and Fergus 2014,
 * "Visualizing and understanding convolutional networks"; Springenberg et al. 2015, "Striving for simplicity". Where they
 * mislead: both draw sharp edges of the picture, mostly whatever the class and the weights of higher layers are (Adebayo et al.
 * 2018; Nie, Zhang, Patel 2018).
 */
import { OptionError } from "../../../array/index.ts";
import { type BackwardRule, isOpNode, type Node, type OpNode, type Tensor } from "../../../graph/index.ts";
import { byRecord, isUseOf, lessEqual, relu, select } from "../../../ops/index.ts";
import type { BackwardRules } from "../../probe/index.ts";
import { askingProbe, defineMethod } from "../method.ts";
import type { Subject } from "../subject.ts";

/** From what comes to a rectifier's output y, what goes on to its input. */
type Rectified = (dy: Tensor, y: Tensor) => Tensor;

/** The rules of a method. A `select` that gives 0 for numbers below 0 is a rectifier, too: the lower half of relu6. */
const rulesOf = (rectified: Rectified): BackwardRules =>
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

const isRectifier = (node: Node): boolean =>
  isUseOf(node, "relu") || (isOpNode(node) && isUseOf(node, "select") && isLowerHalf(node));

function expectRectifiers(name: string, { network }: Subject): void {
  if (network.graph.nodes.some(isRectifier)) return;
  throw new OptionError(
    `${name}: it is another rule for ReLU, and the network has none; take gradient or integrated-gradients`,
  );
}

const defineRectified = <N extends string>(name: N, rectified: Rectified) =>
  defineMethod({
    name,
    options: {},
    prepare: (subject) => {
      expectRectifiers(name, subject);
      const ask = askingProbe(subject, { gradients: subject.places, rules: rulesOf(rectified) });
      return async (inputs, given) => {
        const { gradients: maps, target, index } = await ask(inputs, given);
        return { maps, target, index };
      };
    },
  });

export const deconvnet = defineRectified("deconvnet", (dy) => relu(dy));

export const guidedBackpropagation = defineRectified("guided-backpropagation", (dy, y) =>
  select(lessEqual(y, 0), 0, relu(dy)),
);
