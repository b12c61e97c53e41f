/**
 * The gradient, "saliency": how fast the target changes with each number,
 *
 *   m = ∂t/∂x.
 *
 * Source: Simonyan, Vedaldi, Zisserman 2014, "Deep inside convolutional networks", who show max |m| over the channels.
 * Where it misleads: it says what changes the target, not what makes it large, and is nearly 0 where the network is sure.
 */
import { askingProbe, defineMethod } from "../method.ts";

export const gradientMethod = defineMethod({
  name: "gradient",
  options: {},
  prepare: (subject) => {
    const ask = askingProbe(subject, { gradients: subject.places });
    return async (inputs, given) => {
      const { gradients: maps, target, index } = await ask(inputs, given);
      return { maps, target, index };
    };
  },
});
