/** What the families share: convolutions that start as torchvision's, residual blocks, lists of layers under numbers. */
import * as nn from "../nn/index.ts";
import { real, withDefault } from "../options/index.ts";

/** Options of `conv`. */
interface BlockConvOptions {
  /** Default 3. */
  readonly kernel?: number | undefined;
  /** Default 1. */
  readonly stride?: number | undefined;
  /** Default: half of the kernel, so that stride 1 keeps the size. */
  readonly padding?: number | undefined;
  /** Default 1. */
  readonly groups?: number | undefined;
  /** Default false: batch normalization follows. */
  readonly bias?: boolean | undefined;
}

/** A convolution without bias before batch normalization, Gaussian with variance 2 / fanOut (He et al. 2015). */
export const conv = (
  filters: number,
  { kernel = 3, padding = (kernel - 1) / 2, bias = false, ...rest }: BlockConvOptions = {},
): nn.Layer => nn.conv2d(filters, { kernel, padding, bias, initializer: "heNormalFanOut", ...rest });

/** The options of families with dropout. */
export const dropoutOptions = {
  /** The rate of dropout before the last layers, 0 to 1. Default 0.5. */
  dropout: withDefault(real(0, 1), 0.5),
};

/** The initial weights that PyTorch gives convolutions and linear layers unless told otherwise: uniform in ±1/√fanIn. */
export const asTorch = { initializer: "torchUniform", biasInitializer: "torchUniform" } as const;

/** A linear layer with PyTorch's initial weights. */
export const classifier = (classes: number): nn.Layer => nn.linear(classes, asTorch);

/** Layers one after the other inside a network; their names are the record's. */
export const applyInOrder = (x: nn.Place, layers: Readonly<Record<string, nn.Layer>>): nn.Place =>
  Object.entries(layers).reduce((y, [name, layer]) => nn.named(name, layer)(y), x);

/**
 * relu(body(x) + shortcut(x)), where the body's layers are named in the block itself, as in torchvision: `block.conv1`,
 * `block.downsample.0`. Shapes as those of `nn.residual`.
 */
export const reluOfSum = (body: Readonly<Record<string, nn.Layer>>, shortcut?: nn.Layer): nn.Layer =>
  nn.network(["x"], ({ x }) => {
    const y = applyInOrder(x, body);
    return nn.relu()(y.add(shortcut === undefined ? x : nn.named("downsample", shortcut)(x)));
  });
