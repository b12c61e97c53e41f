/** Convolution layers: filters and a bias for each output map, over one, two or three spatial axes. */
import type { Tensor } from "../graph/index.ts";
import { add, type ConvOptions, conv, type Padding, paddingWords, reshape } from "../ops/index.ts";
import { either, flag, integer, type Kind, type Schema, sizes, withDefault, word } from "../options/index.ts";
import { biasInitial, type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer, type LayerFactory, type Scope } from "./layer.ts";
import { expectSpatial, kernelFor } from "./spatial.ts";
import { withoutPadding } from "./steps.ts";

/** Padding as an option: numbers, or one of the words. */
export const paddingKind: Kind<Padding> = either(sizes(0), word(...paddingWords));

/** Options shared by all convolutions. */
export const convOptions = {
  filters: integer(1),
  kernel: sizes(1),
  stride: withDefault(sizes(1), 1),
  dilation: withDefault(sizes(1), 1),
  groups: withDefault(integer(1), 1),
  bias: withDefault(flag(), true),
  initializer: initializerOption("glorotUniform"),
  biasInitializer: initializerOption("zeros"),
} satisfies Schema;

const options = { ...convOptions, padding: withDefault(paddingKind, 0) };

interface BiasOptions {
  readonly bias: boolean;
  readonly biasInitializer: Initializer;
}

/**
 * Adds the bias to each map of `y` [n, maps, …], if there is one; `weights` is the shape whose fans its initializer uses.
 */
export function addBias(y: Tensor, { bias, biasInitializer }: BiasOptions, weights: readonly number[], scope: Scope) {
  if (!bias) return y;
  const [, maps, ...spatial] = y.shape;
  const offsets = scope.parameter("bias", [maps], biasInitial(biasInitializer, weights));
  return add(y, reshape(offsets, [maps, ...spatial.map(() => 1)]));
}

const isOne = (stride: number | readonly number[]): boolean => [stride].flat().every((n) => n === 1);

const defineConv = (rank: number): LayerFactory<typeof options> =>
  defineLayer({
    type: `conv${rank}d`,
    options,
    // Zeros follow the end of each sequence, as if it were alone.
    steps: ({ stride }, axis, [x], [y]) =>
      rank === 1 && axis === 2 && isOne(stride) ? { longer: y.shape[2] - x.shape[2] } : "followed",
    forward: ({ filters, kernel, bias, initializer, biasInitializer, ...convolution }, given, scope) => {
      expectSpatial(`conv${rank}d`, rank, given);
      const x = rank === 1 ? withoutPadding(given, scope.steps(given)) : given;
      const channels = Math.floor(x.shape[1] / convolution.groups);
      const shape = [filters, channels, ...kernelFor(`conv${rank}d`, rank, kernel)];
      const y = conv(x, scope.parameter("weight", shape, initializer), convolution);
      return addBias(y, { bias, biasInitializer }, shape, scope);
    },
  });

const [conv1dLayer, conv2dLayer, conv3dLayer] = [1, 2, 3].map(defineConv);

/** The factories, for the catalog. */
export const convLayers = [conv1dLayer, conv2dLayer, conv3dLayer];

/** Options of `conv1d`, `conv2d`, `conv3d`. */
export interface ConvLayerOptions extends ConvOptions {
  /** The filter's size: one number, or one for each spatial axis. */
  readonly kernel: number | readonly number[];
  /** Whether to add a bias to each output map. Default true. */
  readonly bias?: boolean | undefined;
  /** Initializer of the filters. Default `glorotUniform`. */
  readonly initializer?: Initializer | undefined;
  /** Initializer of the bias. Default `zeros`. */
  readonly biasInitializer?: Initializer | undefined;
}

/**
 * 1-D convolution over [n, channels, length]. Parameters `weight` [filters, channels / groups, kernel], `bias` [filters].
 * Over the steps of sequences, [n, steps, features], exchange the axes before it: `op("transpose", { order: [0, 2, 1] })`.
 * If their lengths are known, padding reads as 0; with stride 1 the outputs beyond what each sequence would give alone are
 * padding in turn, for `globalMaxPool` and the like.
 * @throws ShapeError where the kernel does not fit into the padded input or groups do not divide the channels
 */
export const conv1d = (filters: number, rest: ConvLayerOptions): Layer => conv1dLayer({ filters, ...rest });

/**
 * 2-D convolution over [n, channels, height, width]. Parameters `weight` [filters, channels / groups, kh, kw] and `bias`
 * [filters]; output [n, filters, h′, w′] with h′ = ⌊(h + 2 padding − dilation (kh − 1) − 1) / stride⌋ + 1. Padding may be a
 * word: `"valid"` for none, `"full"`, or `"same"` for h′ = ⌈h / stride⌉; an odd element then comes after, as in TensorFlow's
 * SAME and ONNX's SAME_UPPER.
 * @throws ShapeError where the kernel does not fit into the padded input or groups do not divide the channels
 */
export const conv2d = (filters: number, rest: ConvLayerOptions): Layer => conv2dLayer({ filters, ...rest });

/** 3-D convolution over [n, channels, depth, height, width]; see `conv2d`. */
export const conv3d = (filters: number, rest: ConvLayerOptions): Layer => conv3dLayer({ filters, ...rest });
