/**
 * Densely connected networks: every layer of a block gets the maps of all layers before it, x ← [x, F(x)] (Huang, Liu, van der
 * Maaten, Weinberger 2017, "Densely Connected Convolutional Networks", table 1, DenseNet-BC).
 *
 * F is 1×1 convolution to 4 k maps and 3×3 convolution to k, the growth rate, each after batch normalization and ReLU. Between
 * blocks, 1×1 convolution to half of the maps, and pooling. Names of parameters are torchvision's.
 */
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { applyInOrder } from "./blocks.ts";

interface Variant {
  readonly summary: string;
  /** Layers of each of the four blocks. */
  readonly depths: readonly number[];
  /** Maps that each layer adds. Default 32. */
  readonly growth?: number;
  /** Maps of the first convolution. Default 64. */
  readonly channels?: number;
}

const convolve = (filters: number, kernel: number, stride = 1): nn.Layer =>
  nn.conv2d(filters, { kernel, stride, padding: (kernel - 1) / 2, bias: false, initializer: "heNormal" });

/** The input, followed by `growth` new maps. */
function denseLayer(growth: number, dropout: number): nn.Layer {
  const layers = {
    norm1: nn.batchNorm2d(),
    relu1: nn.relu(),
    conv1: convolve(4 * growth, 1),
    norm2: nn.batchNorm2d(),
    relu2: nn.relu(),
    conv2: convolve(growth, 3),
    ...(dropout > 0 && { dropout: nn.dropout(dropout) }),
  };
  return nn.network(["x"], ({ x }) => x.concat(applyInOrder(x, layers)));
}

const denseBlock = (depth: number, growth: number, dropout: number): nn.Layer =>
  nn.sequential(
    Object.fromEntries(Array.from({ length: depth }, (_, i) => [`denselayer${i + 1}`, denseLayer(growth, dropout)])),
  );

const transition = (filters: number): nn.Layer =>
  nn.sequential({ norm: nn.batchNorm2d(), relu: nn.relu(), conv: convolve(filters, 1), pool: nn.avgPool2d(2) });

/** Dense blocks with a transition to half of the maps after each but the last. */
function blocksOf({ depths, growth = 32, channels = 64 }: Variant, dropout: number): Record<string, nn.Layer> {
  const members: Record<string, nn.Layer> = {};
  let count = channels;
  for (const [i, depth] of depths.entries()) {
    members[`denseblock${i + 1}`] = denseBlock(depth, growth, dropout);
    count += depth * growth;
    if (i === depths.length - 1) continue;
    count = Math.floor(count / 2);
    members[`transition${i + 1}`] = transition(count);
  }
  return members;
}

const networkOf = (variant: Variant, classes: number, dropout: number): nn.Layer =>
  nn.sequential({
    features: nn.sequential({
      conv0: convolve(variant.channels ?? 64, 7, 2), // [n, …, 112, 112]
      norm0: nn.batchNorm2d(),
      relu0: nn.relu(),
      pool0: nn.maxPool2d(3, { stride: 2, padding: 1 }), // [n, …, 56, 56]
      ...blocksOf(variant, dropout), // [n, …, 7, 7]
      norm5: nn.batchNorm2d(),
    }),
    relu: nn.relu(),
    avgpool: nn.globalAvgPool(),
    classifier: nn.linear(classes, { initializer: "torchUniform" }),
  });

const variants = {
  densenet121: {
    summary: "DenseNet-121 (Huang et al. 2017): blocks of 6, 12, 24, 16 layers, growth 32",
    depths: [6, 12, 24, 16],
  },
  densenet161: {
    summary: "DenseNet-161 (Huang et al. 2017): blocks of 6, 12, 36, 24 layers, growth 48",
    depths: [6, 12, 36, 24],
    growth: 48,
    channels: 96,
  },
  densenet169: {
    summary: "DenseNet-169 (Huang et al. 2017): blocks of 6, 12, 32, 32 layers, growth 32",
    depths: [6, 12, 32, 32],
  },
  densenet201: {
    summary: "DenseNet-201 (Huang et al. 2017): blocks of 6, 12, 48, 32 layers, growth 32",
    depths: [6, 12, 48, 32],
  },
} as const satisfies Readonly<Record<string, Variant>>;

const options = {
  /** Dropout after each 3×3 convolution. Default 0. */
  dropout: withDefault(real(0, 1), 0),
};

const variantOf = (name: keyof typeof variants) =>
  defineArchitecture({
    name,
    summary: variants[name].summary,
    options,
    network: ({ classes, dropout }) => networkOf(variants[name], classes, dropout),
  });

/** DenseNet-121: 8.0 million parameters. Huang et al. 2017. */
export const densenet121 = variantOf("densenet121");
/** DenseNet-161: 28.7 million parameters. Huang et al. 2017. */
export const densenet161 = variantOf("densenet161");
/** DenseNet-169: 14.1 million parameters. Huang et al. 2017. */
export const densenet169 = variantOf("densenet169");
/** DenseNet-201: 20.0 million parameters. Huang et al. 2017. */
export const densenet201 = variantOf("densenet201");
