/**
 * MobileNetV2: inverted residuals, which expand few channels to many for a depthwise convolution and come back to few without
 * an activation (Sandler, Howard, Zhu, Zhmoginov, Chen 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table
 * 2). Names of parameters and initial weights are torchvision's.
 */
import * as nn from "../nn/index.ts";
import { positive, real, withDefault } from "../options/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { type BlockPadding, conv, paddingOptions } from "./blocks.ts";
import { addToInput, convNorm, keepsShape, linearNear0, multipleOf8 } from "./mobile-blocks.ts";

/** Rows of table 2: expansion t, channels c, blocks n, and the stride s of the first. */
const rows = [
  { t: 1, c: 16, n: 1, s: 1 },
  { t: 6, c: 24, n: 2, s: 2 },
  { t: 6, c: 32, n: 3, s: 2 },
  { t: 6, c: 64, n: 4, s: 2 },
  { t: 6, c: 96, n: 3, s: 1 },
  { t: 6, c: 160, n: 3, s: 2 },
  { t: 6, c: 320, n: 1, s: 1 },
];

interface Block {
  readonly channels: number;
  readonly filters: number;
  readonly stride: number;
  readonly expansion: number;
  readonly padding: BlockPadding;
}

function invertedResidual(block: Block): nn.Layer {
  const expanded = block.channels * block.expansion;
  const activation = nn.relu6();
  const body = {
    conv: nn.sequential(
      ...(block.expansion === 1 ? [] : [convNorm(expanded, { kernel: 1, activation })]),
      convNorm(expanded, { stride: block.stride, groups: expanded, padding: block.padding, activation }),
      conv(block.filters, { kernel: 1 }),
      nn.batchNorm2d(),
    ),
  };
  return keepsShape(block) ? addToInput(body) : nn.sequential(body);
}

function featuresOf(width: number, padding: BlockPadding): nn.Layer {
  let channels = multipleOf8(32 * width);
  const activation = nn.relu6();
  const stem = convNorm(channels, { stride: 2, padding, activation }); // [n, 32, 112, 112]
  const blocks = rows.flatMap(({ t: expansion, c, n, s }) =>
    Array.from({ length: n }, (_, i) => {
      const filters = multipleOf8(c * width);
      const block = invertedResidual({ channels, filters, stride: i === 0 ? s : 1, expansion, padding });
      channels = filters;
      return block;
    }),
  );
  const last = multipleOf8(1280 * Math.max(1, width));
  return nn.sequential(stem, ...blocks, convNorm(last, { kernel: 1, activation })); // [n, 1280, 7, 7]
}

/** MobileNetV2: 3.5 million parameters at `widthMultiplier` 1. Sandler et al. 2018. */
export const mobilenet_v2 = defineArchitecture({
  name: "mobilenet_v2",
  summary: "MobileNetV2 (Sandler et al. 2018): 17 inverted residuals with depthwise convolutions",
  options: {
    /** The factor of all channels, which become multiples of 8. Default 1. */
    widthMultiplier: withDefault(positive(), 1),
    /** Dropout before the last layer. Default 0.2. */
    dropout: withDefault(real(0, 1), 0.2),
    ...paddingOptions,
  },
  network: ({ classes, widthMultiplier, dropout, padding }) =>
    nn.sequential({
      features: featuresOf(widthMultiplier, padding),
      avgpool: nn.globalAvgPool(),
      classifier: nn.sequential(nn.dropout(dropout), linearNear0(classes)),
    }),
});
