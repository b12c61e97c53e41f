/**
 * Normalizations that look at one sample at a time, so that training and predicting do the same:
 *
 *   layer     over the last axes               (Ba, Kiros, Hinton 2016); 2d: over the channels at each position
 *   group     over groups of channels          (Wu and He 2018)
 *   instance  over each map                    (Ulyanov, Vedaldi, Lempitsky 2016)
 *   local response: y_c = x_c / (k + α / size · Σ x²)^β, the sum over `size` channels around c
 *             (Krizhevsky, Sutskever, Hinton 2012; 11-785 calls it contrast normalization)
 */
import { ShapeError } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { add, avgPool, div, mul, pow, reshape, square, standardize } from "../ops/index.ts";
import { flag, integer, positive, real, withDefault } from "../options/index.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";
import { expectSpatial } from "./spatial.ts";

const epsilon = withDefault(positive(), 1e-5);

/** Options of `groupNorm` and `instanceNorm`. */
export interface NormOptions {
  /** Added to the variance; above 0. Default 1e−5. */
  readonly epsilon?: number | undefined;
  /** Whether to learn a weight and a bias, initially 1 and 0. Default true; `instanceNorm`: false. */
  readonly affine?: boolean | undefined;
}

/** x · weight + bias, with parameters of one shape, applied in another. */
const rescaled = (x: Tensor, scope: Scope, shape: readonly number[], as: readonly number[] = shape): Tensor =>
  add(
    mul(x, reshape(scope.parameter("weight", shape, "ones"), as)),
    reshape(scope.parameter("bias", shape, "zeros"), as),
  );

/** All axes from one on. */
const axesFrom = (first: number, { shape }: Tensor): number[] => shape.map((_, axis) => axis).slice(first);

const onesAfter = ({ shape }: Tensor): number[] => shape.slice(2).map(() => 1);

function expectMaps(type: string, x: Tensor): void {
  if (x.shape.length >= 3) return;
  throw new ShapeError(`${located(type)}: expects [n, channels] and spatial axes, got ${formatType(x)}`);
}

const layerNormLayer = defineLayer({
  type: "layerNorm",
  options: { axes: withDefault(integer(1), 1), epsilon, affine: withDefault(flag(), true) },
  forward: ({ axes, epsilon, affine }, x, scope) => {
    const first = x.shape.length - axes;
    if (first < 1)
      throw new ShapeError(
        `${located("layerNorm")}: the last ${axes} axes of ${formatType(x)} are to be normalized, but the first is the batch`,
      );
    const { y } = standardize(x, axesFrom(first, x), { epsilon });
    return affine ? rescaled(y, scope, x.shape.slice(first)) : y;
  },
});

/** Options of `layerNorm`. */
export interface LayerNormOptions extends NormOptions {
  /** The number of last axes that are standardized together. Default 1. */
  readonly axes?: number | undefined;
}

/**
 * Standardizes the last axis of [n, …, features], or the last `axes` of them. Parameters `weight` and `bias` have the
 * shape of these axes.
 */
export const layerNorm = (options: LayerNormOptions = {}): Layer => layerNormLayer(options);

const layerNorm2dLayer = defineLayer({
  type: "layerNorm2d",
  options: { epsilon, affine: withDefault(flag(), true) },
  forward: ({ epsilon, affine }, x, scope) => {
    expectSpatial("layerNorm2d", 2, x);
    const { y } = standardize(x, [1], { epsilon });
    const channels = x.shape[1];
    return affine ? rescaled(y, scope, [channels], [channels, 1, 1]) : y;
  },
});

/**
 * Standardizes the channels at each position of [n, channels, height, width]: `layerNorm` for maps, as ConvNeXt has it (Liu
 * et al. 2022). Parameters `weight`, `bias` [channels].
 */
export const layerNorm2d = (options: NormOptions = {}): Layer => layerNorm2dLayer(options);

const groupNormLayer = defineLayer({
  type: "groupNorm",
  options: { groups: integer(1), epsilon, affine: withDefault(flag(), true) },
  forward: ({ groups, epsilon, affine }, x, scope) => {
    const [n, channels] = x.shape;
    if (x.shape.length < 2 || channels % groups !== 0)
      throw new ShapeError(`${located("groupNorm")}: ${groups} groups must divide the channels of ${formatType(x)}`);
    const grouped = reshape(x, [n, groups, channels / groups, ...x.shape.slice(2)]);
    const { y } = standardize(grouped, axesFrom(2, grouped), { epsilon });
    const same = reshape(y, x.shape);
    return affine ? rescaled(same, scope, [channels], [channels, ...onesAfter(x)]) : same;
  },
});

/**
 * Standardizes each of `groups` groups of neighboring channels of each sample, [n, channels, …]. Parameters `weight`,
 * `bias` [channels].
 * @throws ShapeError when groups do not divide the channels
 */
export const groupNorm = (groups: number, options: NormOptions = {}): Layer => groupNormLayer({ groups, ...options });

const instanceNormLayer = defineLayer({
  type: "instanceNorm",
  options: { epsilon, affine: withDefault(flag(), false) },
  forward: ({ epsilon, affine }, x, scope) => {
    expectMaps("instanceNorm", x);
    const channels = x.shape[1];
    const perChannel = (name: string, initial: "ones" | "zeros"): Tensor | undefined =>
      affine ? reshape(scope.parameter(name, [channels], initial), [1, channels, ...onesAfter(x)]) : undefined;
    const [scale, offset] = [perChannel("weight", "ones"), perChannel("bias", "zeros")];
    return standardize(x, axesFrom(2, x), { epsilon, scale, offset }).y;
  },
});

/**
 * Standardizes each map of each sample, [n, channels, …]. With `affine: true` parameters `weight`, `bias` [channels];
 * without them by default, as in PyTorch.
 */
export const instanceNorm = (options: NormOptions = {}): Layer => instanceNormLayer(options);

const localResponseNormLayer = defineLayer({
  type: "localResponseNorm",
  options: {
    size: integer(1),
    alpha: withDefault(real(0), 1e-4),
    beta: withDefault(real(), 0.75),
    k: withDefault(positive(), 1),
  },
  forward: ({ size, alpha, beta, k }, x) => {
    if (x.shape.length < 2)
      throw new ShapeError(`${located("localResponseNorm")}: expects [n, channels, …], got ${formatType(x)}`);
    const [n, channels] = x.shape;
    const before = Math.floor(size / 2);
    const padding = [before, 0, size - 1 - before, 0];
    const squares = reshape(square(x), [n, 1, channels, -1]);
    const means = reshape(avgPool(squares, { kernel: [size, 1], stride: 1, padding }), x.shape);
    return div(x, pow(add(mul(means, alpha), k), beta));
  },
});

/** Options of `localResponseNorm`. */
export interface LocalResponseNormOptions {
  /**
   * α, the weight of the mean square of neighboring channels. Default 1e−4. AlexNet's α is for the sum, 1 / size of this
   * one.
   */
  readonly alpha?: number | undefined;
  /** β, the exponent. Default 0.75. */
  readonly beta?: number | undefined;
  /** k, the offset; above 0. Default 1. */
  readonly k?: number | undefined;
}

/**
 * Divides each element of [n, channels, …] by (k + α · mean square of the `size` channels around it)^β; channels beyond the
 * ends count as 0. The neighbors of c are the channels c − ⌊size / 2⌋ to c + ⌊(size − 1) / 2⌋.
 */
export const localResponseNorm = (size: number, options: LocalResponseNormOptions = {}): Layer =>
  localResponseNormLayer({ size, ...options });

/** The factories, for the catalog. */
export const normLayers = [layerNormLayer, layerNorm2dLayer, groupNormLayer, instanceNormLayer, localResponseNormLayer];
