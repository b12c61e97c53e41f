/**
 * LeNet-5 and the small net of the Oxford lecture, for pictures of 28×28 or 32×32.
 *
 * LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998) as CMU 11-785 describes it: 6 filters of 5×5, 2×2 max pooling, 16 filters
 * of 5×5, 2×2 max pooling, "400 values in all", then 120, 84 and 10 units. The lecture's input is 32×32; pictures of
 * 28×28 are padded by 2. Torch's net: 16 and 128 filters of 5×5, 200 units, log-softmax left to the loss.
 * Parameters are called as in a PyTorch `nn.Sequential` of the same layers: 0.weight, 3.weight, 7.weight, …
 */
import type { Shape } from "../array/index.ts";
import * as nn from "../nn/index.ts";
import { defineArchitecture, type NetworkOptions } from "./architecture.ts";

/** Brings a picture to the 32×32 for which these nets were drawn, when it is smaller. */
const paddingFor = ([, height]: Shape): number => Math.max(0, Math.ceil((32 - height) / 2));

interface Widths {
  readonly filters: readonly [number, number];
  readonly units: readonly number[];
}

const convolve = (filters: number, padding: number): nn.Layer[] => [
  nn.conv2d(filters, { kernel: 5, padding }),
  nn.tanh(),
  nn.maxPool2d(2),
];

const networkOf =
  ({ filters: [first, second], units }: Widths) =>
  ({ input, classes }: NetworkOptions): nn.Layer =>
    nn.sequential(
      ...convolve(first, paddingFor(input)), // [n, first, 14, 14]
      ...convolve(second, 0), // [n, second, 5, 5]
      nn.flatten(),
      ...units.flatMap((n) => [nn.linear(n), nn.tanh()]),
      nn.linear(classes),
    );

const described = { input: [1, 28, 28], classes: 10 };

/** LeNet-5 for pictures [channels, height, width] of 32×32, or smaller ones, which are padded to that. */
export const lenet5 = defineArchitecture({
  name: "lenet5",
  summary: "LeNet-5 (LeCun et al. 1998): 6 and 16 filters of 5×5, 120, 84 units",
  ...described,
  network: networkOf({ filters: [6, 16], units: [120, 84] }),
});

/** The network of the Torch tutorial, wider than LeNet-5, for the same pictures. */
export const torchTutorial = defineArchitecture({
  name: "torch-tutorial",
  summary: "Torch's net of the Oxford lecture: 16 and 128 filters of 5×5, 200 units",
  ...described,
  network: networkOf({ filters: [16, 128], units: [200] }),
});
