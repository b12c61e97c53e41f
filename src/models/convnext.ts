/**
 * ConvNeXt: a residual network with the proportions of a transformer (Liu, Mao, Wu, Feichtenhofer, Darrell, Xie 2022, "A
 * ConvNet for the 2020s", figure 4): y = x + γ · F(x), where F is a depthwise 7×7 convolution, layer normalization over the
 * channels, and linear layers to four times the channels and back with GELU between.
 *
 * Stochastic depth leaves blocks out while training, with probabilities that grow linearly from block to block. Names of
 * parameters and initial weights are torchvision's; `layer_scale` is γ.
 */
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { addToInput } from "./mobile-blocks.ts";

interface Variant {
  readonly summary: string;
  /** Blocks of each of the four stages. */
  readonly depths: readonly number[];
  /** Channels of each stage. */
  readonly channels: readonly number[];
  /** The probability with which the last block is left out. */
  readonly stochasticDepth: number;
}

const initializer = { type: "normal", deviation: 0.02 } as const;
const norm = (): nn.Layer => nn.layerNorm2d({ epsilon: 1e-6 });
const linear = (units: number): nn.Layer => nn.linear(units, { initializer });
const convolve = (filters: number, size: number): nn.Layer =>
  nn.conv2d(filters, { kernel: size, stride: size, initializer });

const block = (channels: number, rate: number): nn.Layer =>
  addToInput({
    block: nn.sequential(
      nn.conv2d(channels, { kernel: 7, padding: 3, groups: channels, initializer }),
      nn.op("transpose", { order: [0, 2, 3, 1] }), // [n, h, w, channels]
      nn.layerNorm({ epsilon: 1e-6 }),
      linear(4 * channels),
      nn.gelu(),
      linear(channels),
      nn.op("transpose", { order: [0, 3, 1, 2] }), // [n, channels, h, w]
    ),
    layer_scale: nn.layerScale(1e-6),
    stochastic_depth: nn.stochasticDepth(rate),
  });

function featuresOf({ depths, channels }: Variant, stochasticDepth: number): nn.Layer {
  const steps = depths.reduce((a, b) => a + b) - 1;
  let index = 0;
  const members = depths.flatMap((depth, s) => {
    const blocks = Array.from({ length: depth }, () => block(channels[s], (stochasticDepth * index++) / steps));
    const before = s === 0 ? [convolve(channels[s], 4), norm()] : [norm(), convolve(channels[s], 2)];
    return [nn.sequential(...before), nn.sequential(...blocks)];
  });
  return nn.sequential(...members); // [n, …, 7, 7]
}

const variants = {
  convnext_tiny: {
    summary: "ConvNeXt-T (Liu et al. 2022): 3, 3, 9, 3 blocks of 96 to 768 channels",
    depths: [3, 3, 9, 3],
    channels: [96, 192, 384, 768],
    stochasticDepth: 0.1,
  },
  convnext_small: {
    summary: "ConvNeXt-S (Liu et al. 2022): 3, 3, 27, 3 blocks of 96 to 768 channels",
    depths: [3, 3, 27, 3],
    channels: [96, 192, 384, 768],
    stochasticDepth: 0.4,
  },
} as const satisfies Readonly<Record<string, Variant>>;

function variantOf(name: keyof typeof variants) {
  const variant: Variant = variants[name];
  return defineArchitecture({
    name,
    summary: variant.summary,
    options: {
      /** The probability with which the last block is left out in training. Default 0.1, of ConvNeXt-S 0.4. */
      stochasticDepth: withDefault(real(0, 1), variant.stochasticDepth),
    },
    network: ({ classes, stochasticDepth }) =>
      nn.sequential({
        features: featuresOf(variant, stochasticDepth),
        avgpool: nn.adaptiveAvgPool(1), // [n, channels, 1, 1]
        classifier: nn.sequential(norm(), nn.flatten(), linear(classes)),
      }),
  });
}

/** ConvNeXt-T: 28.6 million parameters. Liu et al. 2022. */
export const convnext_tiny = variantOf("convnext_tiny");
/** ConvNeXt-S: 50.2 million parameters. Liu et al. 2022. */
export const convnext_small = variantOf("convnext_small");
