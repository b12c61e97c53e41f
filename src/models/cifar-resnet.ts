/**
 * Residual networks for CIFAR: 32×32 pixels, three stages of n blocks with 16, 32 and 64 channels, 6 n + 2 layers (He, Zhang,
 * Ren, Sun 2015, section 4.2). Shortcuts have no parameters (option A): where the shape changes, they take every second row
 * and column, and channels of zeros, half before and half behind. Names of parameters are those of
 * github.com/akamaster/pytorch_resnet_cifar10, whose trained weights reach the paper's accuracy.
 */
import * as nn from "../nn/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { reluOfSum } from "./blocks.ts";

/** [n, c, h, w] to [n, 2 c, ⌈h / 2⌉, ⌈w / 2⌉]: every second position, c / 2 maps of zeros before and behind. */
export const shortcutOfZeros = (channels: number): nn.Layer =>
  nn.network(["x"], ({ x }) => {
    const around = [0, channels / 2, 0, 0];
    const half = x.slice(2, 0, undefined, 2).slice(3, 0, undefined, 2);
    return nn.op("pad", { before: around, after: around, interior: [0, 0, 0, 0] })(half);
  });

/** The channels of the three stages. */
export const cifarWidths = [16, 32, 64];

const conv = (filters: number, stride = 1): nn.Layer =>
  nn.conv2d(filters, { kernel: 3, stride, padding: 1, bias: false, initializer: "heNormal" });

const block = (channels: number, isHalved: boolean): nn.Layer =>
  reluOfSum(
    {
      conv1: conv(channels, isHalved ? 2 : 1),
      bn1: nn.batchNorm2d(),
      relu: nn.relu(),
      conv2: conv(channels),
      bn2: nn.batchNorm2d(),
    },
    isHalved ? shortcutOfZeros(channels / 2) : undefined,
  );

const stage = (index: number, count: number): nn.Layer =>
  nn.sequential(...Array.from({ length: count }, (_, i) => block(cifarWidths[index], index > 0 && i === 0)));

const depthOf = (layers: number) => {
  const count = (layers - 2) / 6;
  return defineArchitecture({
    name: `resnet${layers}`,
    summary: `ResNet-${layers} for CIFAR (He et al. 2015): three stages of ${count} blocks, 16, 32, 64 channels`,
    input: [3, 32, 32],
    classes: 10,
    network: ({ classes }) =>
      nn.sequential({
        conv1: conv(16), // [n, 16, 32, 32]
        bn1: nn.batchNorm2d(),
        relu: nn.relu(),
        layer1: stage(0, count),
        layer2: stage(1, count), // [n, 32, 16, 16]
        layer3: stage(2, count), // [n, 64, 8, 8]
        avgpool: nn.globalAvgPool(),
        linear: nn.linear(classes, { initializer: "heNormal", biasInitializer: "torchUniform" }),
      }),
  });
};

/** ResNet-20 for CIFAR: 270,000 parameters. He et al. 2015. */
export const resnet20 = depthOf(20);
/** ResNet-32 for CIFAR: 464,000 parameters. He et al. 2015. */
export const resnet32 = depthOf(32);
/** ResNet-44 for CIFAR: 659,000 parameters. He et al. 2015. */
export const resnet44 = depthOf(44);
/** ResNet-56 for CIFAR: 853,000 parameters. He et al. 2015. */
export const resnet56 = depthOf(56);
/** ResNet-110 for CIFAR: 1.73 million parameters. He et al. 2015. */
export const resnet110 = depthOf(110);
