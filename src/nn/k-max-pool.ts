/** Layers of the sentence ConvNet: k-max pooling, dynamic k-max pooling, folding (Kalchbrenner et al. 2014). */
import { normalizeAxis, ShapeError, shorten } from "../array/index.ts";
import { located, type Tensor } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { either, integer, text, type ValuesOf, withDefault } from "../options/index.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";
import { isStep } from "./steps.ts";

/** How many elements are kept: at most, and of each sample, `i32` [n], where they differ. */
interface Kept {
  readonly most: number;
  readonly each?: Tensor | undefined;
}

/** The largest elements along an axis; of sequences of known lengths, those that are not padding. */
function keepLargest(x: Tensor, given: number, { most, each }: Kept, scope: Scope): Tensor {
  const axis = normalizeAxis(given, x.shape.length);
  const steps = scope.steps(x);
  if (steps === undefined || steps.axis !== axis) return ops.kMaxPool(x, most, axis);
  const counts = ops.minimum(each ?? most, steps.lengths);
  const y = ops.kMaxPool(ops.select(isStep(x, steps), x, -Infinity), most, axis, counts);
  scope.setSteps(y, { axis, lengths: counts });
  return y;
}

const kMaxLayer = defineLayer({
  type: "kMaxPool",
  options: { k: integer(1), axis: withDefault(integer(), -1) },
  forward: ({ k, axis }, x, scope) => keepLargest(x, axis, { most: k }, scope),
});

const dynamicOptions = {
  top: integer(1),
  layer: integer(1),
  layers: integer(1),
  length: either(integer(1), text()),
  axis: withDefault(integer(), -1),
};

const dynamicLayer = defineLayer({
  type: "dynamicKMaxPool",
  options: dynamicOptions,
  forward: (options, x, scope) => keepLargest(x, options.axis, dynamicKept(options, scope), scope),
});

/** The k of a sentence whose length is given, or of each of the sentences that were remembered. */
function dynamicKept({ length, axis: _, ...place }: ValuesOf<typeof dynamicOptions>, scope: Scope): Kept {
  if (typeof length === "number") return { most: ops.dynamicK({ ...place, length }) };
  const { x } = scope.recall(length);
  if (x === undefined) {
    throw new ShapeError(`${located("dynamicKMaxPool")}: '${shorten(length)}' is not of a remember() layer`);
  }
  const steps = scope.steps(x);
  const most = ops.dynamicK({ ...place, length: x.shape[steps?.axis ?? 1] });
  return { most, each: steps && ops.dynamicKs({ ...place, lengths: steps.lengths }) };
}

const foldLayer = defineLayer({
  type: "fold",
  options: { axis: withDefault(integer(), 1), width: withDefault(integer(1), 1) },
  steps: ({ axis: given }, axis, [x]) => (normalizeAxis(given, x.shape.length) === axis ? "followed" : "kept"),
  forward: ({ axis, width }, x) => ops.fold(x, axis, width),
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
 * NaN counts as the largest. The gradient goes to the chosen elements. If the lengths of sequences along the axis are known,
 * padding is not chosen; those shorter than k are followed by zeros.
 * @throws ShapeError where the axis has fewer than k elements
 */
export const kMaxPool = (k: number, options: AlongAxis = {}): Layer => kMaxLayer({ k, ...options });

/** Options of `dynamicKMaxPool`. */
export interface DynamicKMaxPoolOptions extends Omit<ops.DynamicK, "length">, AlongAxis {
  /** The length s of all sentences; or the name under which `remember` has the sentences, [n, s, …], of a length each. */
  readonly length: number | string;
}

/**
 * k-max pooling with the k of layer l of L over a sentence of length s, max(top, ⌈(L − l) / L · s⌉), so that the upper
 * layers keep less and the topmost keeps `top`: [n, c, length] to [n, c, k]. In a batch of sentences of different lengths,
 * k is that of the longest; what shorter ones lack is padding.
 * @example dynamicKMaxPool({ top: 4, layer: 1, layers: 2, length: 37 })
 * @example sequential(embedding(900, 48), remember("sentence"), swap, …, dynamicKMaxPool({ top: 4, layer: 1, layers: 2, length: "sentence" }))
 * @throws ShapeError where the axis has fewer than k elements, OptionError for a layer beyond the last, StateError where
 *   nothing is remembered under the name
 */
export const dynamicKMaxPool = (options: DynamicKMaxPoolOptions): Layer => dynamicLayer(options);

/** Options of `fold`. */
export interface FoldOptions {
  /** The axis whose neighbors are added. Default 1, the channels. */
  readonly axis?: number | undefined;
  /** The number of channels that form a row, such as the maps of one number of a word's vector. Default 1. */
  readonly width?: number | undefined;
}

/** The sums of pairs of neighboring rows along an axis: [n, 2 c, length] to [n, c, length]. */
export const fold = (options: FoldOptions = {}): Layer => foldLayer(options);
