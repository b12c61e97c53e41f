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
import { lessEqual, relu, select } from "../../../ops/index.ts";
import { isRectifier, type Rectified, rectifierRules } from "../../rectifiers.ts";
import { askingProbe, defineMethod } from "../method.ts";
import type { Subject } from "../subject.ts";

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
      const ask = askingProbe(subject, { gradients: subject.places, rules: rectifierRules(rectified) });
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
