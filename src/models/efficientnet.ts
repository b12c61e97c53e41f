/**
 * EfficientNet: one network of inverted residuals with squeeze-and-excitation, scaled in depth, width and size of the input
 * together (Tan and Le 2019, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", table 1).
 *
 * Stochastic depth leaves blocks out while training, the i-th of n with probability 0.2 · i / n. Names of parameters and
 * initial weights are torchvision's.
 */
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineArchitecture, type NetworkOptions } from "./architecture.ts";
import { addToInput, convNorm, invertedBottleneck, keepsShape, multipleOf8, scoresOf } from "./mobile-blocks.ts";

/** Stages of B0: expansion, kernel, stride of the first block, channels it gives, blocks. */
const stages = [
  { expansion: 1, kernel: 3, stride: 1, channels: 16, depth: 1 },
  { expansion: 6, kernel: 3, stride: 2, channels: 24, depth: 2 },
  { expansion: 6, kernel: 5, stride: 2, channels: 40, depth: 2 },
  { expansion: 6, kernel: 3, stride: 2, channels: 80, depth: 3 },
  { expansion: 6, kernel: 5, stride: 1, channels: 112, depth: 3 },
  { expansion: 6, kernel: 5, stride: 2, channels: 192, depth: 4 },
  { expansion: 6, kernel: 3, stride: 1, channels: 320, depth: 1 },
];

interface Variant {
  readonly summary: string;
  /** The factor of channels, which become multiples of 8. */
  readonly width: number;
  /** The factor of blocks in each stage, rounded up. */
  readonly depth: number;
  /** Height and width of the input. */
  readonly side: number;
  readonly dropout: number;
}

interface Block {
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  /** The probability of being left out. */
  readonly rate: number;
}

function residual({ expansion, rate, ...sizes }: Block): nn.Layer {
  const expanded = multipleOf8(sizes.channels * expansion);
  const activation = nn.silu();
  const squeeze = nn.squeezeExcitation(expanded, {
    squeezed: Math.max(1, Math.floor(sizes.channels / 4)),
    activation,
    initializer: "heNormalFanOut",
  });
  const block = invertedBottleneck({ ...sizes, expanded, activation, squeeze });
  return keepsShape(sizes)
    ? addToInput({ block, stochastic_depth: nn.stochasticDepth(rate) })
    : nn.sequential({ block });
}

function featuresOf({ width, depth }: Variant, stochasticDepth: number): nn.Layer {
  const counts = stages.map((stage) => Math.ceil(stage.depth * depth));
  const total = counts.reduce((a, b) => a + b);
  const activation = nn.silu();
  let channels = multipleOf8(32 * width);
  let index = 0;
  const stem = convNorm(channels, { stride: 2, activation });
  const members = stages.map(({ expansion, kernel, stride, channels: base }, s) => {
    const filters = multipleOf8(base * width);
    const blocks = Array.from({ length: counts[s] }, (_, i) => {
      const rate = (stochasticDepth * index++) / total;
      const block = residual({ channels, filters, kernel, stride: i === 0 ? stride : 1, expansion, rate });
      channels = filters;
      return block;
    });
    return nn.sequential(...blocks);
  });
  return nn.sequential(stem, ...members, convNorm(4 * channels, { kernel: 1, activation }));
}

const variants = {
  efficientnet_b0: {
    summary: "EfficientNet-B0 (Tan and Le 2019): 16 inverted residuals with squeezes",
    ...{ width: 1, depth: 1, side: 224, dropout: 0.2 },
  },
  efficientnet_b1: {
    summary: "EfficientNet-B1 (Tan and Le 2019): 23 inverted residuals with squeezes",
    ...{ width: 1, depth: 1.1, side: 240, dropout: 0.2 },
  },
  efficientnet_b2: {
    summary: "EfficientNet-B2 (Tan and Le 2019): 23 inverted residuals, 1.1 times as wide as B0",
    ...{ width: 1.1, depth: 1.2, side: 288, dropout: 0.3 },
  },
  efficientnet_b3: {
    summary: "EfficientNet-B3 (Tan and Le 2019): 26 inverted residuals, 1.2 times as wide as B0",
    ...{ width: 1.2, depth: 1.4, side: 300, dropout: 0.3 },
  },
} as const satisfies Readonly<Record<string, Variant>>;

const networkOf = (
  variant: Variant,
  { classes, dropout, stochasticDepth }: NetworkOptions<ReturnType<typeof optionsOf>>,
): nn.Layer =>
  nn.sequential({
    features: featuresOf(variant, stochasticDepth),
    avgpool: nn.globalAvgPool(),
    classifier: nn.sequential(nn.dropout(dropout), scoresOf(classes)),
  });

const optionsOf = ({ dropout }: Variant) => ({
  /** Dropout before the last layer. Default 0.2, in B2 and B3 0.3. */
  dropout: withDefault(real(0, 1), dropout),
  /** The probability of leaving a block out that the last blocks come near to. Default 0.2. */
  stochasticDepth: withDefault(real(0, 1), 0.2),
});

function variantOf(name: keyof typeof variants) {
  const variant: Variant = variants[name];
  return defineArchitecture({
    name,
    summary: variant.summary,
    input: [3, variant.side, variant.side],
    options: optionsOf(variant),
    network: (options) => networkOf(variant, options),
  });
}

/** EfficientNet-B0 for 224×224: 5.3 million parameters. Tan and Le 2019. */
export const efficientnet_b0 = variantOf("efficientnet_b0");
/** EfficientNet-B1 for 240×240: 7.8 million parameters. Tan and Le 2019. */
export const efficientnet_b1 = variantOf("efficientnet_b1");
/** EfficientNet-B2 for 288×288: 9.1 million parameters. Tan and Le 2019, who have 260×260. */
export const efficientnet_b2 = variantOf("efficientnet_b2");
/** EfficientNet-B3 for 300×300: 12.2 million parameters. Tan and Le 2019. */
export const efficientnet_b3 = variantOf("efficientnet_b3");
