/** What networks for small devices share: convolution, normalization and activation as one step, and inverted residuals. */
import * as nn from "../nn/index.ts";
import { applyInOrder, type BlockPadding, conv } from "./blocks.ts";

/** Options of `convNorm`. */
interface ConvNormOptions {
  /** Default 3. */
  readonly kernel?: number;
  /** Default 1. */
  readonly stride?: number;
  /** Default 1. */
  readonly groups?: number;
  /** Default `"half"`. */
  readonly padding?: BlockPadding | undefined;
  /** Default: none. */
  readonly activation?: nn.Layer | undefined;
  /** Default `nn.batchNorm2d()`. */
  readonly norm?: nn.Layer | undefined;
}

/** Convolution, batch normalization and perhaps an activation, named 0, 1, 2: torchvision's Conv2dNormActivation. */
export const convNorm = (
  filters: number,
  { activation, norm = nn.batchNorm2d(), ...convolution }: ConvNormOptions = {},
): nn.Layer => nn.sequential(conv(filters, convolution), norm, ...(activation === undefined ? [] : [activation]));

/** x + body(x), where the body's layers are named in the block itself. Shapes as those of `nn.residual`. */
export const addToInput = (body: Readonly<Record<string, nn.Layer>>): nn.Layer =>
  nn.network(["x"], ({ x }) => x.add(applyInOrder(x, body)));

/** The multiple of 8 nearest to a number of channels, at least 8, and at most a tenth less than it. */
export function multipleOf8(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

/** The sizes and layers of `invertedBottleneck`. */
export interface InvertedBottleneck {
  /** Channels that it takes. */
  readonly channels: number;
  /** Channels of the depthwise convolution. */
  readonly expanded: number;
  /** Channels that it gives. */
  readonly filters: number;
  /** Kernel of the depthwise convolution. */
  readonly kernel: number;
  readonly stride: number;
  readonly activation: nn.Layer;
  /** After the depthwise convolution. Default: nothing. */
  readonly squeeze?: nn.Layer | undefined;
  readonly norm?: nn.Layer | undefined;
  /** Of the depthwise convolution. Default `"half"`. */
  readonly padding?: BlockPadding | undefined;
}

/**
 * 1×1 convolution to more channels, depthwise convolution, squeeze-and-excitation, 1×1 convolution to few channels without an
 * activation: the body of blocks in MobileNetV3 and EfficientNet, named 0, 1, 2, 3. Where there is nothing to expand, the
 * first is left out.
 */
export function invertedBottleneck(block: InvertedBottleneck): nn.Layer {
  const { channels, expanded, filters, kernel, stride, activation, squeeze, norm, padding } = block;
  return nn.sequential(
    ...(expanded === channels ? [] : [convNorm(expanded, { kernel: 1, activation, norm })]),
    convNorm(expanded, { kernel, stride, groups: expanded, padding, activation, norm }),
    ...(squeeze === undefined ? [] : [squeeze]),
    convNorm(filters, { kernel: 1, norm }),
  );
}

/** Whether a block's output can be added to its input. */
export const keepsShape = ({
  channels,
  filters,
  stride,
}: Pick<InvertedBottleneck, "channels" | "filters" | "stride">) => stride === 1 && channels === filters;

/** A linear layer that starts near 0: Gaussian with deviation 0.01. */
export const linearNear0 = (units: number): nn.Layer =>
  nn.linear(units, { initializer: { type: "normal", deviation: 0.01 } });

/** The scores of classes, with weights that start uniform in ±1/√classes. */
export function scoresOf(classes: number): nn.Layer {
  const high = 1 / Math.sqrt(classes);
  return nn.linear(classes, { initializer: { type: "uniform", low: -high, high } });
}
