/**
 * k-max pooling: the k largest elements along an axis, in their original order.
 *
 *   k_l = max(k_top, ⌈(L − l) / L · s⌉)     for the l-th of L convolution layers over a sentence of length s
 *
 * Ties go to the first position, and NaN counts as the largest, as in max pooling. The derivative goes to the chosen
 * positions. Source: Kalchbrenner, Grefenstette and Blunsom 2014, "A Convolutional Neural Network for Modeling Sentences",
 * sections 3.2 to 3.5 (k-max pooling, dynamic k-max pooling, folding); Oxford, "Sentence ConvNet".
 */
import { normalizeAxis, OptionError, ShapeError } from "../array/index.ts";
import { along, defineOp, formatType, located, naming, none, type Tensor } from "../graph/index.ts";
import { integer } from "../options/index.ts";
import { sum } from "./broadcast.ts";
import { gather } from "./gather.ts";
import { rowsAlong } from "./indexing.ts";
import { reshape } from "./reshape.ts";
import { axisOf, expectNumber } from "./rules.ts";

/** The positions of the `k` largest elements along an axis, in ascending order. */
const topPositionsOp = defineOp({
  name: "topPositions",
  title: () => "kMaxPool",
  inputs: ["x"],
  attributes: { axis: integer(0), k: integer(1) },
  shape: ({ axis, k }, x) => {
    expectNumber(x);
    normalizeAxis(axis, x.shape.length);
    if (k > x.shape[axis]) {
      throw new ShapeError(`axis ${axis} has ${x.shape[axis]} elements, ${k} are wanted; take fewer, or pad it`);
    }
    return { shape: x.shape.map((n, i) => (i === axis ? k : n)), dtype: "i32" };
  },
  sees: along(({ axis }) => [axis]),
  gradient: none("the positions of the largest elements are piecewise constant"),
  reference: ({ axis, k }, [x], [y]) => {
    const [from, to] = [rowsAlong(x.shape, axis), rowsAlong(y.shape, axis)];
    const positions = Int32Array.from({ length: from.length }, (_, position) => position);
    for (let row = 0; row < from.count; row++) {
      const value = (position: number): number => x.data[from.at(row, position)];
      const chosen = [...positions].sort((a, b) => descending(value(a), value(b)) || a - b).slice(0, k);
      chosen
        .sort((a, b) => a - b)
        .forEach((position, j) => {
          y.data[to.at(row, j)] = position;
        });
    }
  },
  samples: [
    { inputs: [{ shape: [3, 7] }], attributes: { axis: 1, k: 3 } },
    { inputs: [{ shape: [2, 5, 3] }], attributes: { axis: 1, k: 2 } },
    { inputs: [{ shape: [6] }], attributes: { axis: 0, k: 6 } },
    { inputs: [{ shape: [2, 6], values: [2, 1, 2, 2, 0, 1, 5, 5, 5, 5, 5, 5] }], attributes: { axis: 1, k: 4 } },
    {
      inputs: [{ shape: [2, 5], values: [1, NaN, -Infinity, NaN, 7, Infinity, -Infinity, -Infinity, 0, -0] }],
      attributes: { axis: 1, k: 3 },
    },
    { inputs: [{ shape: [4, 3], dtype: "i32", low: -3, high: 3 }], attributes: { axis: 0, k: 2 } },
    { inputs: [{ shape: [0, 4] }], attributes: { axis: 1, k: 2 } },
  ],
});

/** NaN first, then descending; 0 for equal numbers. */
const descending = (a: number, b: number): number => {
  if (Number.isNaN(a) || Number.isNaN(b)) return +Number.isNaN(b) - +Number.isNaN(a);
  return a === b ? 0 : a > b ? -1 : 1;
};

export { topPositionsOp };

/**
 * The `k` largest elements along an axis (default: the last), in their original order.
 * @throws ShapeError where the axis has fewer than `k` elements
 */
export function kMaxPool(x: Tensor, k: number, axis = -1): Tensor {
  const at = axisOf("kMaxPool", x, axis);
  return gather(x, topPositionsOp([x], { axis: at, k }), at);
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

/**
 * Folding: sums of pairs of neighboring rows along an axis (default 1), which becomes half as long. It connects rows that
 * are otherwise convolved independently, without parameters.
 * @throws ShapeError for an axis of odd length
 */
export function fold(x: Tensor, axis = 1): Tensor {
  const at = axisOf("fold", x, axis);
  const pairs = x.shape[at] / 2;
  naming("fold", () => {
    if (!Number.isInteger(pairs)) throw new ShapeError(`axis ${at} of ${formatType(x)} has an odd length`);
  });
  return sum(reshape(x, [...x.shape.slice(0, at), pairs, 2, ...x.shape.slice(at + 1)]), at + 1);
}
