/**
 * SqueezeNet: AlexNet's accuracy with 50 times fewer parameters (Iandola et al. 2016, table 1). A fire module squeezes the
 * channels by a 1×1 convolution and expands them by 1×1 and 3×3 ones, whose maps are concatenated. Version 1.1 pools earlier,
 * with 2.4 times fewer products. Scores are means over 1×1 convolutions, so inputs may have any size. Names of parameters are
 * torchvision's.
 */
import * as nn from "../nn/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { applyInOrder, dropoutOptions } from "./blocks.ts";

const conv = (filters: number, kernel: number, stride = 1, padding = 0): nn.Layer =>
  nn.conv2d(filters, { kernel, stride, padding, initializer: "heUniform" });

/** [n, c, h, w] to [n, 2 · expand, h, w]. */
const fire = (squeeze: number, expand: number): nn.Layer =>
  nn.network(["x"], ({ x }) => {
    const few = applyInOrder(x, { squeeze: conv(squeeze, 1), squeeze_activation: nn.relu() });
    return nn.concat(
      applyInOrder(few, { expand1x1: conv(expand, 1), expand1x1_activation: nn.relu() }),
      applyInOrder(few, { expand3x3: conv(expand, 3, 1, 1), expand3x3_activation: nn.relu() }),
    );
  });

/** The last window overhangs the edge; or zeros are around the maps, so that those of all levels lie over each other. */
const pool = (padding: "none" | "half" = "none"): nn.Layer =>
  nn.maxPool2d(3, { stride: 2, ...(padding === "none" ? { ceil: true } : { padding: 1 }) });

/** The features of SqueezeNet 1.0, cut before each halving: maps of 1/2 (96 channels), 1/4 (256), 1/8 (512) and 1/16 (512). */
export const squeezenetLevels = (padding: "none" | "half" = "none"): nn.Layer[][] => [
  [conv(96, 7, 2, padding === "none" ? 0 : 3), nn.relu()],
  [pool(padding), fire(16, 64), fire(16, 64), fire(32, 128)],
  [pool(padding), fire(32, 128), fire(48, 192), fire(48, 192), fire(64, 256)],
  [pool(padding), fire(64, 256)],
];

const networkOf = (features: readonly nn.Layer[], classes: number, dropout: number): nn.Layer =>
  nn.sequential({
    features: nn.sequential(...features), // [n, 512, 13, 13]
    classifier: nn.sequential(
      nn.dropout(dropout),
      nn.conv2d(classes, { kernel: 1, initializer: { type: "normal", deviation: 0.01 } }),
      nn.relu(),
      nn.globalAvgPool(), // [n, classes]
    ),
  });

/** SqueezeNet 1.0: 1.25 million parameters. Iandola et al. 2016. */
export const squeezenet1_0 = defineArchitecture({
  name: "squeezenet1_0",
  summary: "SqueezeNet 1.0 (Iandola et al. 2016): eight fire modules, as accurate as AlexNet",
  options: dropoutOptions,
  network: ({ classes, dropout }) =>
    networkOf(
      squeezenetLevels().flat(), // [n, 512, 13, 13]
      classes,
      dropout,
    ),
});

/** SqueezeNet 1.1: 1.24 million parameters, 2.4 times fewer products than 1.0. */
export const squeezenet1_1 = defineArchitecture({
  name: "squeezenet1_1",
  summary: "SqueezeNet 1.1 (Iandola et al. 2016): eight fire modules, 2.4 times fewer products than 1.0",
  options: dropoutOptions,
  network: ({ classes, dropout }) =>
    networkOf(
      [
        ...[conv(64, 3, 2), nn.relu(), pool()], // [n, 64, 55, 55]
        ...[fire(16, 64), fire(16, 64), pool()], // [n, 128, 27, 27]
        ...[fire(32, 128), fire(32, 128), pool()], // [n, 256, 13, 13]
        ...[fire(48, 192), fire(48, 192), fire(64, 256), fire(64, 256)],
      ],
      classes,
      dropout,
    ),
});
