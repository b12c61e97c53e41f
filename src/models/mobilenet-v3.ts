/**
 * MobileNetV3: the blocks of MobileNetV2 in sizes that a search has found, with squeeze-and-excitation and hard swish
 * (Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2). Names of parameters, initial weights, and the ε and
 * momentum of batch normalization are torchvision's.
 */
import * as nn from "../nn/index.ts";
import { positive, real, withDefault } from "../options/index.ts";
import { defineArchitecture } from "./architecture.ts";
import { type BlockPadding, paddingOptions } from "./blocks.ts";
import { addToInput, convNorm, invertedBottleneck, keepsShape, linearNear0, multipleOf8 } from "./mobile-blocks.ts";

type Activation = "relu" | "hardSwish";

/** A block: kernel, expanded channels, channels it gives, whether it squeezes, activation, stride. */
type Row = readonly [
  kernel: number,
  expanded: number,
  filters: number,
  squeezes: boolean,
  activation: Activation,
  stride: number,
];

const large: readonly Row[] = [
  [3, 16, 16, false, "relu", 1],
  [3, 64, 24, false, "relu", 2],
  [3, 72, 24, false, "relu", 1],
  [5, 72, 40, true, "relu", 2],
  [5, 120, 40, true, "relu", 1],
  [5, 120, 40, true, "relu", 1],
  [3, 240, 80, false, "hardSwish", 2],
  [3, 200, 80, false, "hardSwish", 1],
  [3, 184, 80, false, "hardSwish", 1],
  [3, 184, 80, false, "hardSwish", 1],
  [3, 480, 112, true, "hardSwish", 1],
  [3, 672, 112, true, "hardSwish", 1],
  [5, 672, 160, true, "hardSwish", 2],
  [5, 960, 160, true, "hardSwish", 1],
  [5, 960, 160, true, "hardSwish", 1],
];

const small: readonly Row[] = [
  [3, 16, 16, true, "relu", 2],
  [3, 72, 24, false, "relu", 2],
  [3, 88, 24, false, "relu", 1],
  [5, 96, 40, true, "hardSwish", 2],
  [5, 240, 40, true, "hardSwish", 1],
  [5, 240, 40, true, "hardSwish", 1],
  [5, 120, 48, true, "hardSwish", 1],
  [5, 144, 48, true, "hardSwish", 1],
  [5, 288, 96, true, "hardSwish", 2],
  [5, 576, 96, true, "hardSwish", 1],
  [5, 576, 96, true, "hardSwish", 1],
];

const activations = { relu: nn.relu, hardSwish: nn.hardSwish };
const norm = nn.batchNorm2d({ epsilon: 0.001, momentum: 0.01 });

const squeezeOf = (channels: number): nn.Layer =>
  nn.squeezeExcitation(channels, {
    squeezed: multipleOf8(Math.floor(channels / 4)),
    gate: nn.hardSigmoid(),
    initializer: "heNormalFanOut",
  });

/** The factor of all channels, and the zeros around maps. */
interface Scaling {
  readonly width: number;
  readonly padding: BlockPadding;
}

function invertedResidual(channels: number, row: Row, { width, padding }: Scaling): nn.Layer {
  const [kernel, , , squeezes, activation, stride] = row;
  const [expanded, filters] = [row[1], row[2]].map((count) => multipleOf8(count * width));
  const sizes = { channels, expanded, filters, kernel, stride, padding };
  const squeeze = squeezes ? squeezeOf(expanded) : undefined;
  const body = { block: invertedBottleneck({ ...sizes, activation: activations[activation](), squeeze, norm }) };
  return keepsShape(sizes) ? addToInput(body) : nn.sequential(body);
}

function featuresOf(rows: readonly Row[], scaling: Scaling): nn.Layer {
  const { width, padding } = scaling;
  const activation = nn.hardSwish();
  let channels = multipleOf8(16 * width);
  const stem = convNorm(channels, { stride: 2, padding, activation, norm }); // [n, 16, 112, 112]
  const blocks = rows.map((row) => {
    const block = invertedResidual(channels, row, scaling);
    channels = multipleOf8(row[2] * width);
    return block;
  });
  return nn.sequential(stem, ...blocks, convNorm(6 * channels, { kernel: 1, activation, norm })); // [n, …, 7, 7]
}

interface Variant {
  readonly name: string;
  readonly summary: string;
  readonly rows: readonly Row[];
  /** Units of the last but one layer. */
  readonly units: number;
}

const variantOf = ({ name, summary, rows, units }: Variant) =>
  defineArchitecture({
    name,
    summary,
    options: {
      /** The factor of all channels, which become multiples of 8. Default 1. */
      widthMultiplier: withDefault(positive(), 1),
      /** Dropout before the last layer. Default 0.2. */
      dropout: withDefault(real(0, 1), 0.2),
      ...paddingOptions,
    },
    network: ({ classes, widthMultiplier, dropout, padding }) =>
      nn.sequential({
        features: featuresOf(rows, { width: widthMultiplier, padding }),
        avgpool: nn.globalAvgPool(),
        classifier: nn.sequential(
          linearNear0(multipleOf8(units * widthMultiplier)),
          nn.hardSwish(),
          nn.dropout(dropout),
          linearNear0(classes),
        ),
      }),
  });

/** MobileNetV3 small: 2.5 million parameters at `widthMultiplier` 1. Howard et al. 2019. */
export const mobilenet_v3_small = variantOf({
  name: "mobilenet_v3_small",
  summary: "MobileNetV3 small (Howard et al. 2019): 11 inverted residuals, squeezes, hard swish",
  rows: small,
  units: 1024,
});
/** MobileNetV3 large: 5.5 million parameters at `widthMultiplier` 1. Howard et al. 2019. */
export const mobilenet_v3_large = variantOf({
  name: "mobilenet_v3_large",
  summary: "MobileNetV3 large (Howard et al. 2019): 15 inverted residuals, squeezes, hard swish",
  rows: large,
  units: 1280,
});
