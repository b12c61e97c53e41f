/**
 * k-max pooling: the k largest elements along an axis, in their original order.
 *
 *   k_l = max(k_top, ⌈(L − l) / L · s⌉)     for the l-th of L convolution layers over a sentence of length s
 *
 * Ties go to the first position, and NaN counts as the largest, as in max pooling. The derivative goes to the chosen
 * positions. Source: Kalchbrenner, Grefenstette and Blunsom 2014, "A Convolutional Neural Network for Modeling Sentences",
 * sections 3.2 to 3.5 (k-max pooling, dynamic k-max pooling, folding); Oxford, "Sentence ConvNet".
 */
import { OptionError, ShapeError } from "../array/index.ts";
import { expectTensors, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { sum } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { ceil, div, greaterEqual, maximum, mul, select } from "./elementwise.ts";
import { gather } from "./gather.ts";
import { reshape } from "./reshape.ts";
import { axisOf } from "./rules.ts";
import { countedTopPositionsOp, topPositionsOp } from "./top-positions.ts";

/**
 * The `k` largest elements along an axis (default: the last), in their original order.
 * @param counts how many each sample has, `i32` [n], at most `k`: fewer are followed by zeros. Default: `k` of each
 * @throws ShapeError where the axis has fewer than `k` elements, and for counts along axis 0
 */
export function kMaxPool(x: Tensor, k: number, axis = -1, counts?: Tensor): Tensor {
  const at = axisOf("kMaxPool", x, axis);
  if (counts === undefined) return gather(x, topPositionsOp([x], { axis: at, k }), at);
  expectTensors("kMaxPool", counts);
  const positions = countedTopPositionsOp([x, counts], { axis: at, k });
  return select(greaterEqual(positions, 0), gather(x, positions, at), 0);
}

/** The options of `dynamicKMaxPool`. */
export interface DynamicK {
  /** k of the topmost layer, and the least of the others. */
  readonly top: number;
  /** The number of this convolution layer, counted from 1. */
  readonly layer: number;
  /** The number of convolution layers. */
  readonly layers: number;
  /** The length s of the sentence. */
  readonly length: number;
}

/** k = max(top, ⌈(layers − layer) / layers · length⌉). @throws OptionError for a layer that does not exist */
export function dynamicK({ top, layer, layers, length }: DynamicK): number {
  const isLayer = Number.isInteger(layer) && layer >= 1 && layer <= layers;
  if (!isLayer) throw new OptionError(`${located("dynamicK")}: layer must be from 1 to ${layers}, got ${layer}`);
  return Math.max(top, Math.ceil(((layers - layer) * length) / layers));
}

/** As for `dynamicK`, for several sentences. */
interface DynamicKs extends Omit<DynamicK, "length"> {
  /** The length of each sentence, `i32` [n]. */
  readonly lengths: Tensor;
}

/** The k of each sentence, `i32` [n], from the length of each. @throws OptionError for a layer that does not exist */
export function dynamicKs({ top, layer, layers, lengths }: DynamicKs): Tensor {
  dynamicK({ top, layer, layers, length: 0 });
  const share = div(mul(cast(lengths, "f32"), layers - layer), layers);
  return maximum(cast(ceil(share), "i32"), top);
}

/**
 * Folding: sums of pairs of neighboring rows along an axis (default 1), which becomes half as long. It connects rows that
 * are otherwise convolved independently, without parameters.
 * @param width the number of neighboring elements that form a row. Default 1
 * @throws ShapeError unless the axis has an even number of rows
 */
export function fold(x: Tensor, axis = 1, width = 1): Tensor {
  const at = axisOf("fold", x, axis);
  const pairs = x.shape[at] / (2 * width);
  naming("fold", () => {
    if (Number.isInteger(pairs)) return;
    const what = width === 1 ? "has an odd length" : `is no even number of rows of ${width}`;
    throw new ShapeError(`axis ${at} of ${formatType(x)} ${what}`);
  });
  const [before, after] = [x.shape.slice(0, at), x.shape.slice(at + 1)];
  const sums = sum(reshape(x, [...before, pairs, 2, width, ...after]), at + 1);
  return reshape(sums, [...before, pairs * width, ...after]);
}
