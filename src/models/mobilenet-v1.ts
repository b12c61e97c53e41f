/**
 * MobileNet: depthwise 3×3 convolutions and 1×1 convolutions in turn, which together do the work of 3×3 convolutions with an
 * eighth of the products (Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
 * Applications", table 1). The last three digits of a name are the width in percent, by which all channels are multiplied.
 * Names of parameters are timm's, and so are the initial weights.
 */
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineArchitecture, type NetworkOptions } from "./architecture.ts";
import { type BlockPadding, conv, paddingOptions } from "./blocks.ts";
import { multipleOf8, scoresOf } from "./mobile-blocks.ts";

/** Blocks of each stage, and their channels; all stages but the first begin with stride 2. */
const stages = [
  { depth: 1, channels: 64 },
  { depth: 2, channels: 128 },
  { depth: 2, channels: 256 },
  { depth: 6, channels: 512 },
  { depth: 2, channels: 1024 },
];

/** Depthwise 3×3 and 1×1 convolution. */
const separable = (channels: number, filters: number, stride: number, padding: BlockPadding): nn.Layer =>
  nn.sequential({
    conv_dw: conv(channels, { stride, padding, groups: channels, initializer: "heNormal" }),
    bn1: nn.batchNorm2d(),
    act1: nn.relu6(),
    conv_pw: conv(filters, { kernel: 1 }),
    bn2: nn.batchNorm2d(),
    act2: nn.relu6(),
  });

function blocksOf(width: number, padding: BlockPadding): nn.Layer {
  let before = multipleOf8(32 * width);
  const rows = stages.map(({ depth, channels }, i) => {
    const filters = multipleOf8(channels * width);
    const blocks = Array.from({ length: depth }, (_, k) => {
      const block = separable(before, filters, k === 0 && i > 0 ? 2 : 1, padding);
      before = filters;
      return block;
    });
    return nn.sequential(...blocks);
  });
  return nn.sequential(...rows);
}

const options = {
  /** Dropout before the last layer. Default 0. */
  dropout: withDefault(real(0, 1), 0),
  ...paddingOptions,
};

const networkOf = (width: number, { classes, dropout, padding }: NetworkOptions<typeof options>): nn.Layer =>
  nn.sequential({
    conv_stem: conv(multipleOf8(32 * width), { stride: 2, padding }), // [n, 32 · width, 112, 112]
    bn1: nn.batchNorm2d(),
    act1: nn.relu6(),
    blocks: blocksOf(width, padding), // [n, 1024 · width, 7, 7]
    global_pool: nn.globalAvgPool(),
    dropout: nn.dropout(dropout),
    classifier: scoresOf(classes),
  });

const variantOf = (name: string, width: number) =>
  defineArchitecture({
    name,
    summary: `MobileNet (Howard et al. 2017) of width ${width}: 13 depthwise separable convolutions`,
    options,
    network: (read) => networkOf(width, read),
  });

/** MobileNet of width 0.25: 0.47 million parameters. Howard et al. 2017. */
export const mobilenetv1_025 = variantOf("mobilenetv1_025", 0.25);
/** MobileNet of width 0.5: 1.3 million parameters. Howard et al. 2017. */
export const mobilenetv1_050 = variantOf("mobilenetv1_050", 0.5);
/** MobileNet of width 0.75: 2.6 million parameters. Howard et al. 2017. */
export const mobilenetv1_075 = variantOf("mobilenetv1_075", 0.75);
/** MobileNet: 4.2 million parameters. Howard et al. 2017. */
export const mobilenetv1_100 = variantOf("mobilenetv1_100", 1);
