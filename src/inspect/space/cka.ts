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
import { NdArray, OptionError, ShapeError } from "../../array/index.ts";
import type { AnyDataset } from "../../data/index.ts";
import { compile, type EngineChoice, engineKind } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { matmul, mean, sub } from "../../ops/index.ts";
import { optional, readOptions, withDefault } from "../../options/index.ts";
import { type Arrays, type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
import { type DataOptions, dataSchema, inputBatches } from "../batches.ts";
import { innerValues } from "../probe/index.ts";
import { asRows, checkFeatures, type SpatialFeatures, spatialKind } from "./features.ts";

/** The least samples of a batch: HSIC₁ divides by n − 3. */
const LEAST = 4;

/**
 * The linear CKA of two sets of features of the same samples, of all of them at once (biased: of few samples of many numbers
 * it is near 1 for any features).
 * @param x `f32` [n, d]
 * @param y `f32` [n, e]
 * @throws ShapeError for different numbers of samples; NumericError for numbers that are not finite
 */
export async function linearCka(
  x: NdArray,
  y: NdArray,
  options: { readonly engine?: EngineChoice | undefined } = {},
): Promise<number> {
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
  /** The layers, as paths and patterns. Default: all that have a path of one level, and the outputs. */
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

const pathsKind = {
  expects: "a list of paths or patterns, such as ['layer1.*']",
  read: (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every((path) => typeof path === "string")
      ? (value as readonly string[])
      : undefined,
};

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
  const schema = { ...dataSchema, layers: optional(pathsKind), otherLayers: optional(pathsKind), spatial: spatialKind };
  const settings = readOptions("ckaMatrix", { ...schema, batch: withDefault(schema.batch, 256) }, options);
  const layers = settings.layers ?? ["*", "output"];
  const others = settings.otherLayers ?? layers;
  const isOne = other === model && others === layers;
  const [first, second] = [gramsOf(model, layers, settings), gramsOf(other, others, settings)];
  const sums = new Alignments();
  for await (const { given, count } of inputBatches(model, data, settings)) {
    if (count < LEAST) {
      if (sums.isEmpty) throw new OptionError(`ckaMatrix: ${count} samples in a batch, expected at least ${LEAST}`);
      continue;
    }
    const a = await first(given);
    sums.add(a, isOne ? a : await second(given));
  }
  return sums.finish();
}
