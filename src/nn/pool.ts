/** Pooling layers over one, two or three spatial axes. */
import type { Tensor } from "../graph/index.ts";
import { type AvgPoolOptions, avgPool, type MaxPoolOptions, maxPoolWithPositions } from "../ops/index.ts";
import { flag, optional, type Schema, sizes, text, type ValuesOf, withDefault } from "../options/index.ts";
import { paddingKind } from "./conv.ts";
import { defineLayer, type Layer, type LayerFactory, type Scope } from "./layer.ts";
import { expectSpatial } from "./spatial.ts";

/** Stride 0 in a saved model stands for "as the kernel". */
const poolOptions = {
  kernel: sizes(1),
  stride: withDefault(sizes(0), 0),
  padding: withDefault(paddingKind, 0),
  ceil: withDefault(flag(), false),
};

const maxOptions = { ...poolOptions, dilation: withDefault(sizes(1), 1), remember: optional(text()) };
const meanOptions = { ...poolOptions, includePadding: withDefault(flag(), true) };

const definePool = <S extends Schema>(
  kind: string,
  rank: number,
  options: S,
  apply: (x: Tensor, options: ValuesOf<S>, scope: Scope) => Tensor,
): LayerFactory<S> =>
  defineLayer({
    type: `${kind}${rank}d`,
    options,
    forward: (values, x, scope) => {
      expectSpatial(`${kind}${rank}d`, rank, x);
      return apply(x, values, scope);
    },
  });

const withStride = <O extends { kernel: unknown; stride: unknown }>(options: O): O =>
  options.stride === 0 ? { ...options, stride: options.kernel } : options;

function applyMaxPool(x: Tensor, { remember, ...options }: ValuesOf<typeof maxOptions>, scope: Scope): Tensor {
  const { values, positions } = maxPoolWithPositions(x, withStride(options));
  if (remember !== undefined) scope.remember(remember, { positions, input: x });
  return values;
}

const poolRanks = [1, 2, 3];
const maxLayers = poolRanks.map((rank) => definePool("maxPool", rank, maxOptions, applyMaxPool));
const meanLayers = poolRanks.map((rank) =>
  definePool("avgPool", rank, meanOptions, (x, o) => avgPool(x, withStride(o))),
);

/** The factories, for the catalog. */
export const poolLayers = [...maxLayers, ...meanLayers];

type KernelSize = number | readonly number[];

/** Options of `maxPool1d`, `maxPool2d`, `maxPool3d`. */
export interface MaxPoolLayerOptions extends Omit<MaxPoolOptions, "kernel"> {
  /** A name under which the positions of the maxima are remembered for `maxUnpool1d`, `2d`, `3d` later in the network. */
  readonly remember?: string | undefined;
}

const maxPoolOf =
  (rank: number) =>
  (kernel: KernelSize, options: MaxPoolLayerOptions = {}): Layer =>
    maxLayers[rank - 1]({ kernel, ...options });

const avgPoolOf =
  (rank: number) =>
  (kernel: KernelSize, options: Omit<AvgPoolOptions, "kernel"> = {}): Layer =>
    meanLayers[rank - 1]({ kernel, ...options });

/** As `maxPool2d`, over [n, c, length]. */
export const maxPool1d = maxPoolOf(1);
/**
 * The maximum of each window, channel by channel: [n, c, h, w] to [n, c, h′, w′]. The stride is the kernel unless given.
 * Ties go to the first position in scan order; NaN wins. With `remember: "name"` a later `maxUnpool2d("name")` puts its
 * input back at the positions of the maxima.
 */
export const maxPool2d = maxPoolOf(2);
/** As `maxPool2d`, over [n, c, depth, height, width]. */
export const maxPool3d = maxPoolOf(3);
/** As `avgPool2d`, over [n, c, length]. */
export const avgPool1d = avgPoolOf(1);
/**
 * The mean of each window, channel by channel: [n, c, h, w] to [n, c, h′, w′]. The stride is the kernel unless given. Zeros
 * of the padding count unless `includePadding: false`.
 */
export const avgPool2d = avgPoolOf(2);
/** As `avgPool2d`, over [n, c, depth, height, width]. */
export const avgPool3d = avgPoolOf(3);
