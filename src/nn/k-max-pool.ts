/** Layers of the sentence ConvNet: k-max pooling, dynamic k-max pooling, folding (Kalchbrenner et al. 2014). */

import * as ops from "../ops/index.ts";
import { integer, withDefault } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

const kMaxLayer = defineLayer({
  type: "kMaxPool",
  options: { k: integer(1), axis: withDefault(integer(), -1) },
  forward: ({ k, axis }, x) => ops.kMaxPool(x, k, axis),
});

const dynamicLayer = defineLayer({
  type: "dynamicKMaxPool",
  options: {
    top: integer(1),
    layer: integer(1),
    layers: integer(1),
    length: integer(1),
    axis: withDefault(integer(), -1),
  },
  forward: ({ axis, ...options }, x) => ops.kMaxPool(x, ops.dynamicK(options), axis),
});

const foldLayer = defineLayer({
  type: "fold",
  options: { axis: withDefault(integer(), 1) },
  forward: ({ axis }, x) => ops.fold(x, axis),
});

/** The factories, for the catalog. */
export const kMaxPoolLayers = [kMaxLayer, dynamicLayer, foldLayer];

/** Options of `kMaxPool` and `dynamicKMaxPool`. */
export interface AlongAxis {
  /** The axis; negative ones count from the end. Default −1, the positions in a sentence. */
  readonly axis?: number | undefined;
}

/**
 * The k largest elements along an axis, in their original order: [n, c, length] to [n, c, k]. Ties go to the first position;
 * NaN counts as the largest. The gradient goes to the chosen elements.
 * @throws ShapeError where the axis has fewer than k elements
 */
export const kMaxPool = (k: number, options: AlongAxis = {}): Layer => kMaxLayer({ k, ...options });

/**
 * k-max pooling with the k of layer l of L over a sentence of length s, max(top, ⌈(L − l) / L · s⌉), so that the upper
 * layers keep less and the topmost keeps `top`: [n, c, length] to [n, c, k].
 * @example dynamicKMaxPool({ top: 4, layer: 1, layers: 2, length: 37 })
 * @throws ShapeError where the axis has fewer than k elements, OptionError for a layer beyond the last
 */
export const dynamicKMaxPool = (options: ops.DynamicK & AlongAxis): Layer => dynamicLayer(options);

/** Options of `fold`. */
export interface FoldOptions {
  /** The axis whose neighbors are added. Default 1, the channels. */
  readonly axis?: number | undefined;
}

/** The sums of pairs of neighboring rows along an axis: [n, 2 c, length] to [n, c, length]. */
export const fold = (options: FoldOptions = {}): Layer => foldLayer(options);
