/** Convolution layers: filters and a bias for each output map, over one, two or three spatial axes. */
import { ShapeError } from "../array/index.ts";
import { flag, formatType, integer, located, sizes, type Tensor, withDefault, word } from "../graph/index.ts";
import { add, type ConvOptions, conv, reshape } from "../ops/index.ts";
import { type InitializerName, initializerNames } from "./initializers.ts";
import { defineLayer, type Layer, type LayerFactory } from "./layer.ts";

const options = {
  filters: integer(1),
  kernel: sizes(1),
  stride: withDefault(sizes(1), 1),
  padding: withDefault(sizes(0), 0),
  dilation: withDefault(sizes(1), 1),
  groups: withDefault(integer(1), 1),
  bias: withDefault(flag(), true),
  initializer: withDefault(word(...initializerNames), "glorotUniform" as InitializerName),
};

const defineConv = (rank: number): LayerFactory<typeof options> =>
  defineLayer({
    type: `conv${rank}d`,
    options,
    forward: ({ filters, kernel, bias, initializer, ...convolution }, x, scope) => {
      expectRank(x, rank);
      const sizes = typeof kernel === "number" ? new Array<number>(rank).fill(kernel) : kernel;
      if (sizes.length !== rank)
        throw new ShapeError(`${located(`conv${rank}d`)}: kernel [${sizes}] must have ${rank} numbers, or be one`);
      const channels = Math.floor(x.shape[1] / convolution.groups);
      const weight = scope.parameter("weight", [filters, channels, ...sizes], initializer);
      const y = conv(x, weight, convolution);
      if (!bias) return y;
      const offsets = scope.parameter("bias", [filters], "zeros");
      return add(y, reshape(offsets, [filters, ...sizes.map(() => 1)]));
    },
  });

function expectRank(x: Tensor, rank: number): void {
  if (x.shape.length === rank + 2) return;
  const spatial = ["length", "height, width", "depth, height, width"][rank - 1];
  throw new ShapeError(`${located(`conv${rank}d`)}: expects [n, channels, ${spatial}], got ${formatType(x)}`);
}

const [conv1dLayer, conv2dLayer, conv3dLayer] = [1, 2, 3].map(defineConv);

/** The factories, for the catalogue. */
export const convLayers = [conv1dLayer, conv2dLayer, conv3dLayer];

export interface ConvLayerOptions extends ConvOptions {
  /** The filter's size: one number, or one for each spatial axis. */
  readonly kernel: number | readonly number[];
  /** Whether a number is added to each output map. Default true; it starts at 0. */
  readonly bias?: boolean;
  /** How the filters start. Default `glorotUniform`. */
  readonly initializer?: InitializerName;
}

/**
 * 1-D convolution over [n, channels, length]. Parameters `weight` [filters, channels / groups, kernel], `bias` [filters].
 * @throws ShapeError where the kernel does not fit into the padded input or groups do not divide the channels
 */
export const conv1d = (filters: number, rest: ConvLayerOptions): Layer => conv1dLayer({ filters, ...rest });

/**
 * 2-D convolution over [n, channels, height, width], the layer that the lectures are about. Parameters `weight`
 * [filters, channels / groups, kh, kw] and `bias` [filters]; output [n, filters, h′, w′] with
 * h′ = ⌊(h + 2 padding − dilation (kh − 1) − 1) / stride⌋ + 1.
 * @throws ShapeError where the kernel does not fit into the padded input or groups do not divide the channels
 */
export const conv2d = (filters: number, rest: ConvLayerOptions): Layer => conv2dLayer({ filters, ...rest });

/** 3-D convolution over [n, channels, depth, height, width]; see `conv2d`. */
export const conv3d = (filters: number, rest: ConvLayerOptions): Layer => conv3dLayer({ filters, ...rest });
