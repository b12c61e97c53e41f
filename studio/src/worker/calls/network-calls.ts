/** Networks as text: described before they are trained. */
import { nn } from "fovea";
import { architectures } from "fovea/models";
import type { NetworkCalls } from "../api/network.ts";
import { describeNetwork } from "../network/describe-network.ts";

export const networkCalls = (): NetworkCalls => ({
  describeNetwork: async (text, input, classes) => describeNetwork(text, input, classes),
  architecturesFor: async (input) =>
    Object.values(architectures)
      .filter(({ name }) => takes(name, input))
      .map(({ name, summary }) => ({ name, summary })),
});

/** Whether an architecture can be built for pictures of a shape. */
function takes(name: string, input: readonly number[]): boolean {
  try {
    return nn.Model.build(architectures[name]({ input, classes: 2 }), { input }).outputs.length === 1;
  } catch {
    return false;
  }
}
