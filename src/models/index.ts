import type { Shape } from "../array/index.ts";
import type { Layer } from "../nn/index.ts";
import { lenet5, torchTutorial } from "./lenet5.ts";

export { lenet5, torchTutorial } from "./lenet5.ts";

/** A network that can be asked for by name. */
export interface Architecture {
  /** One line on the network: its source and its shape. */
  readonly summary: string;
  /**
   * Makes the network for inputs of the shape and as many classes.
   * @param input the shape of one input, [channels, height, width]
   */
  readonly create: (input: Shape, classes: number) => Layer;
  /** The input that it was described for, when none is given. */
  readonly input: Shape;
}

/** The networks by name, for commands and configurations. */
export const architectures: Readonly<Record<string, Architecture>> = {
  lenet5: {
    summary: "LeNet-5 (LeCun et al. 1998): 6 and 16 filters of 5×5, 120, 84 units",
    create: lenet5,
    input: [1, 28, 28],
  },
  "torch-tutorial": {
    summary: "Torch's net of the Oxford lecture: 16 and 128 filters of 5×5, 200 units",
    create: torchTutorial,
    input: [1, 28, 28],
  },
};
