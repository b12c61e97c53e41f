/**
 * Centered kernel alignment: how alike two layers tell samples apart, whatever their widths and bases. 1: the same up to a
 * rotation and a scale; 0: nothing in common.
 *
 *   CKA(X, Y) = HSIC(K, L) / √(HSIC(K, K) HSIC(L, L)),   K = XXᵀ,  L = YYᵀ
 *   HSIC(K, L) = ⟨HKH, HLH⟩ / (n − 1)²,   H = I − 11ᵀ / n                                    of all samples at once
 *   HSIC₁(K, L) = (⟨K̃, L̃⟩ + 1ᵀK̃1 1ᵀL̃1 / ((n − 1)(n − 2)) − 2 1ᵀK̃L̃1 / (n − 2)) / (n (n − 3))   unbiased, for batches
 *
 * where K̃ is K with zeros on its diagonal. Sources: Kornblith, Norouzi, Lee, Hinton, "Similarity of neural network
 * representations revisited" (2019); batches: Nguyen, Raghu, Kornblith, "Do wide and deep networks learn the same things?"
 * (2021); HSIC₁: Song et al. (2012).
 */
import { mapValues, type NdArray, OptionError, ShapeError } from "../../array/index.ts";
import type { AnyDataset } from "../../data/index.ts";
import { compile, engineKind } from "../../engines/index.ts";
import type { Tensor, TensorTree } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { matmul, mean, sub } from "../../ops/index.ts";
import { type Kind, optional, readOptions, type ValuesOf, withDefault } from "../../options/index.ts";
import { type Arrays, type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
import { type DataOptions, dataSchema, inputBatches } from "../batches.ts";
import { innerValues } from "../probe/index.ts";
import { AlignmentSums, doublyCentered, inner, similarity } from "./alignment.ts";
import { asRows, checkFeatures, type EngineOption, type SpatialFeatures, spatialKind } from "./features.ts";

/** The least samples of a batch: HSIC₁ divides by n − 3. */
const LEAST = 4;

/**
 * The linear CKA of two sets of features of the same samples, of all of them at once (biased: of few samples of many numbers
 * it is near 1 for any features).
 * @param x `f32` [n, d]
 * @param y `f32` [n, e]
 * @throws ShapeError for different numbers of samples; NumericError for numbers that are not finite
 */
export async function linearCka(x: NdArray, y: NdArray, options: EngineOption = {}): Promise<number> {
  const { engine } = readOptions("linearCka", { engine: optional(engineKind) }, options);
  checkFeatures("linearCka", "x", x, 2);
  checkFeatures("linearCka", "y", y, 2);
  if (x.shape[0] !== y.shape[0])
    throw new ShapeError(`linearCka: x has ${x.shape[0]} samples, y ${y.shape[0]}; give features of the same samples`);
  const program = compile((a: Tensor, b: Tensor) => ({ a: gram(a), b: gram(b) }), [x, y], { engine });
  const { a, b } = await program(x, y);
  const [k, l] = [doublyCentered(a), doublyCentered(b)];
  return similarity(inner(k, l), inner(k, k), inner(l, l));
}

/** Options of `ckaMatrix`. */
export interface CkaOptions extends DataOptions {
  /** The layers, as paths and patterns. Default: all of them. */
  readonly layers?: readonly string[] | undefined;
  /** The layers of the other network. Default: as `layers`. */
  readonly otherLayers?: readonly string[] | undefined;
  /** What becomes of maps. Default `flatten`, as in the paper. */
  readonly spatial?: SpatialFeatures | undefined;
}

/** The CKA of layers. */
export interface CkaMatrix {
  /** The paths of the layers, in rows. */
  readonly rows: readonly string[];
  /** Those in columns: the layers of the other network. */
  readonly columns: readonly string[];
  /** `f32` [rows, columns]. */
  readonly values: NdArray;
}

const pathsKind: Kind<readonly string[]> = {
  expects: "a list of paths or patterns, such as ['layer1.*']",
  read: (value) => {
    const isPaths = Array.isArray(value) && value.length > 0 && value.every((path) => typeof path === "string");
    return isPaths ? value : undefined;
  },
};

/** The kinds and defaults of `CkaOptions`. */
export const ckaSchema = {
  ...dataSchema,
  layers: withDefault(pathsKind, ["*"]),
  otherLayers: optional(pathsKind),
  spatial: spatialKind,
} satisfies Record<keyof CkaOptions, Kind<unknown>>;

/**
 * The linear CKA of every layer with every layer, of one network or of two, over the samples of a data set. Batches are
 * streamed, and only numbers for pairs of layers are kept.
 *
 * Where it misleads: CKA follows the directions of largest variance, so a few strong ones decide; layers alike by it may
 * differ in what matters for the answer; batches of fewer samples are noisier.
 * @param other the other network, which takes the same inputs; default: the same
 * @throws OptionError for paths without a value, with similar ones, and for batches of fewer than 4 samples; NumericError for
 *   values that are not finite
 * @example const { rows, values } = await ckaMatrix(model, test, model, { layers: ["layer*"] });
 */
export async function ckaMatrix(
  model: Model,
  data: AnyDataset,
  other: Model = model,
  options: CkaOptions = {},
): Promise<CkaMatrix> {
  checkModel("ckaMatrix", model);
  checkModel("ckaMatrix", other);
  const settings = readOptions("ckaMatrix", ckaSchema, options);
  const { layers, otherLayers = layers } = settings;
  const isOne = other === model && otherLayers === layers;
  const [first, second] = [gramsOf(model, layers, settings), gramsOf(other, otherLayers, settings)];
  const sums = new AlignmentSums();
  for await (const { given, count } of inputBatches(model, data, settings)) {
    // What is left over at the end may be too little.
    if (count < LEAST && !sums.isEmpty) continue;
    if (count < LEAST)
      throw new OptionError(
        `ckaMatrix: a batch of ${count} samples, expected at least ${LEAST}; give more, or a larger batch`,
      );
    const own = await first(given);
    sums.add(own, isOne ? own : await second(given));
  }
  return sums.finish();
}

/** The Gram matrix of each layer in a batch, by path, [n, n]. */
function gramsOf(
  model: Model,
  layers: readonly string[],
  { spatial, engine }: Pick<ValuesOf<typeof ckaSchema>, "spatial" | "engine">,
): (given: Arrays) => Promise<Arrays> {
  const body = (given: Tensors): Tensors =>
    mapValues(innerValues(model, given, layers), (value) => gram(asRows(value, spatial)));
  let program: BatchProgram<Tensors & TensorTree> | undefined;
  return async (given) => {
    program ??= perBatchType(Object.keys(given), body, engine);
    return (await program.for(given)(...program.inputs(given))) as Arrays;
  };
}

/** Products of centered rows: centering changes no alignment, and keeps digits. */
function gram(rows: Tensor): Tensor {
  const centered = sub(rows, mean(rows, 0, { keep: true }));
  return matmul(centered, centered, { transposeB: true });
}
