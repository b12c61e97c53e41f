/**
 * LeNet-5 and the small net of the Oxford lecture, for pictures of 28×28 or 32×32.
 *
 * LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998) as CMU 11-785 describes it: 6 filters of 5×5, 2×2 max pooling, 16 filters
 * of 5×5, 2×2 max pooling, "400 values in all", then 120, 84 and 10 units. The lecture's input is 32×32; pictures of
 * 28×28 are padded by 2. Torch's net: 16 and 128 filters of 5×5, 200 units, log-softmax left to the loss.
 * Parameters are called as in a PyTorch `nn.Sequential` of the same layers: 0.weight, 3.weight, 7.weight, …
 */
import { describeGiven, OptionError, type Shape } from "../array/index.ts";
import * as nn from "../nn/index.ts";

/** Brings a picture to the 32×32 for which these nets were drawn, when it is smaller. */
function paddingFor(where: string, input: Shape): number {
  if (!Array.isArray(input) || input.length !== 3)
    throw new OptionError(
      `${where}: expects the shape of one picture, [channels, height, width], got ${describeGiven(input)}`,
    );
  return Math.max(0, Math.ceil((32 - input[1]) / 2));
}

/** LeNet-5 for pictures [channels, height, width] of 32×32, or smaller ones, which are padded to that. */
export function lenet5(input: Shape, classes: number): nn.Layer {
  return nn.sequential(
    nn.conv2d(6, { kernel: 5, padding: paddingFor("lenet5", input) }), // [n, 6, 28, 28]
    nn.tanh(),
    nn.maxPool2d(2), // [n, 6, 14, 14]
    nn.conv2d(16, { kernel: 5 }), // [n, 16, 10, 10]
    nn.tanh(),
    nn.maxPool2d(2), // [n, 16, 5, 5]
    nn.flatten(),
    nn.linear(120),
    nn.tanh(),
    nn.linear(84),
    nn.tanh(),
    nn.linear(classes),
  );
}

/** The network of the Torch tutorial, wider than LeNet-5, for the same pictures. */
export function torchTutorial(input: Shape, classes: number): nn.Layer {
  return nn.sequential(
    nn.conv2d(16, { kernel: 5, padding: paddingFor("torchTutorial", input) }),
    nn.tanh(),
    nn.maxPool2d(2),
    nn.conv2d(128, { kernel: 5 }),
    nn.tanh(),
    nn.maxPool2d(2), // [n, 128, 5, 5]
    nn.flatten(),
    nn.linear(200),
    nn.tanh(),
    nn.linear(classes),
  );
}
