/**
 * Residual networks with activations before the convolutions, for CIFAR:
 *
 *   y = x + conv(relu(bn(conv(relu(bn(x)))))),
 *
 * so that the sum passes through the whole network unchanged (He, Zhang, Ren, Sun 2016, "Identity Mappings in Deep Residual
 * Networks"). `preact_resnet20` to `110` have the sizes and shortcuts of `resnet20` to `110`. Wide ones (Zagoruyko and Komodakis
 * 2016, "Wide Residual Networks", table 1), `wrn_DEPTH_WIDTH`, have (depth − 4) / 6 blocks a stage and `width` times the channels;
 * where the shape changes, their shortcut is a 1×1 convolution of relu(bn(x)). Names of their parameters are those of the
 * authors' networks.
 */
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineArchitecture, type NetworkOptions } from "./architecture.ts";
import { applyInOrder, classifier } from "./blocks.ts";
import { cifarWidths, shortcutOfZeros } from "./cifar-resnet.ts";

const conv = (filters: number, kernel = 3, stride = 1): nn.Layer =>
  nn.conv2d(filters, { kernel, stride, padding: (kernel - 1) / 2, bias: false, initializer: "heNormal" });

/** `count` layers one after the other; `make` gets the stride of each. */
const stage = (count: number, stride: number, make: (stride: number, i: number) => nn.Layer): readonly nn.Layer[] =>
  Array.from({ length: count }, (_, i) => make(i === 0 ? stride : 1, i));

const basicBlock = (channels: number, stride: number): nn.Layer =>
  nn.network(["x"], ({ x }) => {
    const y = applyInOrder(x, {
      bn1: nn.batchNorm2d(),
      relu1: nn.relu(),
      conv1: conv(channels, 3, stride),
      bn2: nn.batchNorm2d(),
      relu2: nn.relu(),
      conv2: conv(channels),
    });
    return y.add(stride === 1 ? x : nn.named("downsample", shortcutOfZeros(channels / 2))(x));
  });

const preactOf = (layers: number) => {
  const count = (layers - 2) / 6;
  const stageOf = (channels: number, stride: number): nn.Layer =>
    nn.sequential(...stage(count, stride, (step) => basicBlock(channels, step)));
  return defineArchitecture({
    name: `preact_resnet${layers}`,
    summary: `ResNet-${layers} for CIFAR, activations first (He et al. 2016): three stages of ${count} blocks`,
    input: [3, 32, 32],
    classes: 10,
    network: ({ classes }) =>
      nn.sequential({
        conv1: conv(16), // [n, 16, 32, 32]
        layer1: stageOf(16, 1),
        layer2: stageOf(32, 2), // [n, 32, 16, 16]
        layer3: stageOf(64, 2), // [n, 64, 8, 8]
        bn: nn.batchNorm2d(),
        relu: nn.relu(),
        avgpool: nn.globalAvgPool(),
        fc: classifier(classes),
      }),
  });
};

/** ResNet-20 for CIFAR with activations first. He et al. 2016. */
export const preact_resnet20 = preactOf(20);
/** ResNet-32 for CIFAR with activations first. He et al. 2016. */
export const preact_resnet32 = preactOf(32);
/** ResNet-44 for CIFAR with activations first. He et al. 2016. */
export const preact_resnet44 = preactOf(44);
/** ResNet-56 for CIFAR with activations first. He et al. 2016. */
export const preact_resnet56 = preactOf(56);
/** ResNet-110 for CIFAR with activations first. He et al. 2016. */
export const preact_resnet110 = preactOf(110);

const wideOptions = {
  /** The rate of dropout between the convolutions of a block, 0 to 1. Default 0. */
  dropout: withDefault(real(0, 1), 0),
};

interface WideBlock {
  readonly channels: number;
  readonly stride: number;
  /** Whether the shortcut is a convolution. */
  readonly isProjected: boolean;
  readonly dropout: number;
}

const wideBlock = ({ channels, stride, isProjected, dropout }: WideBlock): nn.Layer =>
  nn.network(["x"], ({ x }) => {
    const active = applyInOrder(x, { bn0: nn.batchNorm2d(), relu0: nn.relu() });
    const y = applyInOrder(active, {
      conv0: conv(channels, 3, stride),
      bn1: nn.batchNorm2d(),
      relu1: nn.relu(),
      ...(dropout > 0 && { dropout: nn.dropout(dropout) }),
      conv1: conv(channels),
    });
    return y.add(isProjected ? nn.named("convdim", conv(channels, 1, stride))(active) : x);
  });

const wideOf =
  (layers: number, width: number) =>
  ({ classes, dropout }: NetworkOptions & { readonly dropout: number }): nn.Layer => {
    const group = (index: number): nn.Layer => {
      const channels = cifarWidths[index] * width;
      const blocks = stage((layers - 4) / 6, index === 0 ? 1 : 2, (stride, i) =>
        wideBlock({ channels, stride, isProjected: i === 0, dropout }),
      );
      return nn.sequential(Object.fromEntries(blocks.map((layer, i) => [`block${i}`, layer])));
    };
    return nn.sequential({
      conv0: conv(16), // [n, 16, 32, 32]
      group0: group(0),
      group1: group(1), // [n, 32 · width, 16, 16]
      group2: group(2), // [n, 64 · width, 8, 8]
      bn: nn.batchNorm2d(),
      relu: nn.relu(),
      avgpool: nn.globalAvgPool(),
      fc: classifier(classes),
    });
  };

const wide = (layers: number, width: number) =>
  defineArchitecture({
    name: `wrn_${layers}_${width}`,
    summary: `WRN-${layers}-${width} for CIFAR (Zagoruyko and Komodakis 2016): ${layers} layers, ${width} times as wide`,
    input: [3, 32, 32],
    classes: 10,
    options: wideOptions,
    network: wideOf(layers, width),
  });

/** WRN-16-8: 11.0 million parameters. Zagoruyko and Komodakis 2016; `dropout` inside of blocks is 0 unless given. */
export const wrn_16_8 = wide(16, 8);
/** WRN-28-10: 36.5 million parameters. Zagoruyko and Komodakis 2016; `dropout` inside of blocks is 0 unless given. */
export const wrn_28_10 = wide(28, 10);
/** WRN-40-4: 8.9 million parameters. Zagoruyko and Komodakis 2016; `dropout` inside of blocks is 0 unless given. */
export const wrn_40_4 = wide(40, 4);
