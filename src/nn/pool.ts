/** Pooling layers over one, two or three spatial axes. */
import { ShapeError } from "../array/index.ts";
import {
  flag,
  formatType,
  located,
  type Schema,
  sizes,
  type Tensor,
  type ValuesOf,
  withDefault,
} from "../graph/index.ts";
import { type MaxPoolOptions, type MeanPoolOptions, maxPool, meanPool } from "../ops/index.ts";
import { defineLayer, type Layer, type LayerFactory } from "./layer.ts";

/** Stride 0 in a saved model stands for "as the kernel". */
const common = {
  kernel: sizes(1),
  stride: withDefault(sizes(0), 0),
  padding: withDefault(sizes(0), 0),
  ceil: withDefault(flag(), false),
};
const maxOptions = { ...common, dilation: withDefault(sizes(1), 1) };
const meanOptions = { ...common, includePadding: withDefault(flag(), true) };

function definePool<S extends Schema>(
  kind: string,
  rank: number,
  options: S,
  apply: (x: Tensor, options: ValuesOf<S>) => Tensor,
): LayerFactory<S> {
  const type = `${kind}${rank}d`;
  const forward = (values: ValuesOf<S>, x: Tensor): Tensor => {
    if (x.shape.length !== rank + 2) {
      throw new ShapeError(`${located(type)}: expects [n, channels] and ${rank} spatial axes, got ${formatType(x)}`);
    }
    return apply(x, values);
  };
  return defineLayer({ type, options, forward });
}

const withStride = <O extends { kernel: unknown; stride: unknown }>(options: O): O =>
  options.stride === 0 ? { ...options, stride: options.kernel } : options;

const ranks = [1, 2, 3];
const maxLayers = ranks.map((rank) => definePool("maxPool", rank, maxOptions, (x, o) => maxPool(x, withStride(o))));
const meanLayers = ranks.map((rank) => definePool("meanPool", rank, meanOptions, (x, o) => meanPool(x, withStride(o))));

/** The factories, for the catalogue. */
export const poolLayers = [...maxLayers, ...meanLayers];

type Kernel = number | readonly number[];

const max =
  (rank: number) =>
  (kernel: Kernel, options: Omit<MaxPoolOptions, "kernel"> = {}): Layer =>
    maxLayers[rank - 1]({ kernel, ...options });

const mean =
  (rank: number) =>
  (kernel: Kernel, options: Omit<MeanPoolOptions, "kernel"> = {}): Layer =>
    meanLayers[rank - 1]({ kernel, ...options });

export const maxPool1d = max(1);
/**
 * The maximum of each window, channel by channel: [n, c, h, w] to [n, c, h′, w′]. The stride is the kernel unless given.
 * Ties go to the first position in scan order; NaN wins.
 */
export const maxPool2d = max(2);
export const maxPool3d = max(3);
export const meanPool1d = mean(1);
/** The mean of each window, channel by channel. Zeros of the padding count unless `includePadding: false`. */
export const meanPool2d = mean(2);
export const meanPool3d = mean(3);
