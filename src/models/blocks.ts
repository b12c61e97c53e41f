/** What the families share: convolutions that start as torchvision's, residual blocks, lists of layers under numbers. */
import * as nn from "../nn/index.ts";
import { real, withDefault, word } from "../options/index.ts";

/**
 * `"half"`: half of the kernel on each side, as PyTorch's networks have it. `"same"`: TensorFlow's, which differs where the stride
 * is 2: as little as output = ⌈input / stride⌉ needs, and an odd element comes after. With stride 1 both keep the size.
 */
export type BlockPadding = "half" | "same";

/** Options of `conv`. */
interface BlockConvOptions {
  /** Default 3. */
  readonly kernel?: number | undefined;
  /** Default 1. */
  readonly stride?: number | undefined;
  /** Default: `"half"`. */
  readonly padding?: BlockPadding | undefined;
  /** Default 1. */
  readonly groups?: number | undefined;
  /** Default false: batch normalization follows. */
  readonly bias?: boolean | undefined;
  /** Default: Gaussian with variance 2 / fanOut (He et al. 2015). */
  readonly initializer?: "heNormal" | "heNormalFanOut" | undefined;
}

/** A convolution without bias before batch normalization. */
export const conv = (
  filters: number,
  { kernel = 3, padding = "half", bias = false, initializer = "heNormalFanOut", ...rest }: BlockConvOptions = {},
): nn.Layer =>
  nn.conv2d(filters, { kernel, padding: padding === "half" ? (kernel - 1) / 2 : padding, bias, initializer, ...rest });

/** The options of families with dropout. */
export const dropoutOptions = {
  /** The rate of dropout before the last layers, 0 to 1. Default 0.5. */
  dropout: withDefault(real(0, 1), 0.5),
};

/** The options of families that PyTorch and TensorFlow pad differently. */
export const paddingOptions = {
  /** Zeros around the maps: `"half"` of the kernel as in PyTorch, or `"same"` as in TensorFlow. Default `"half"`. */
  padding: withDefault(word("half", "same"), "half"),
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
