/**
 * Features: the values of a layer as one row of numbers for each sample, [n, d]. They are the space that neighbors, maps and
 * comparisons are about.
 */
import { describeGiven, isFloat, NdArray, NumericError, OptionError, ShapeError, sizeOf } from "../../array/index.ts";
import { type AnyDataset, sampleCount } from "../../data/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { cast, mean, reshape } from "../../ops/index.ts";
import { readOptions, withDefault, word } from "../../options/index.ts";
import { type Arrays, type BatchProgram, perBatchType, type Tensors } from "../../train/index.ts";
import { type DataOptions, dataSchema, inputBatches } from "../batches.ts";
import { innerValues } from "../probe/index.ts";
import { applyOnce } from "../rows.ts";

/** The option of what computes. */
export interface EngineOption {
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** What becomes of maps: all of their values, or the mean of each. */
export type SpatialFeatures = "flatten" | "mean";

/** Options of `layerFeatures`. */
export interface FeatureOptions extends DataOptions {
  /**
   * What becomes of the maps of a layer, [channels, height, width]: `flatten` takes all values, so that places count; `mean`
   * takes the mean of each map, which is the same wherever a thing is in the picture. Layers without maps are taken as they
   * are. Default `flatten`.
   */
  readonly spatial?: SpatialFeatures | undefined;
}

/** The kind and default of `spatial`. */
export const spatialKind = withDefault(word<SpatialFeatures>("flatten", "mean"), "flatten");

/** The most numbers of all features together: 4 GiB. */
const MOST_NUMBERS = 2 ** 30;

/**
 * The features of all samples of a data set in a layer, streamed: only the features are kept.
 *
 *   flatten: fᵢ = (vᵢ₁, …, vᵢ_d)        mean: fᵢc = (1 / HW) Σ_yx vᵢcyx
 *
 * @param layer the path of a layer, `features.3`; or an input or output by name, `input` and `output` of plain layers
 * @returns `f32` [n, d]
 * @throws OptionError for a path without a value, with similar ones, and for a pattern of several; DataError for a data set
 *   that is empty or lacks an input; NumericError where a value is not finite
 * @example const space = await layerFeatures(model, test, "fc2");
 */
export async function layerFeatures(
  model: Model,
  data: AnyDataset,
  layer: string,
  options: FeatureOptions = {},
): Promise<NdArray> {
  checkModel("layerFeatures", model);
  const { spatial, engine, ...reading } = readOptions(
    "layerFeatures",
    { ...dataSchema, spatial: spatialKind },
    options,
  );
  checkLayerPath("layerFeatures", layer);
  let program: BatchProgram<Tensor> | undefined;
  let all: NdArray | undefined;
  for await (const { given, from } of inputBatches(model, data, reading)) {
    program ??= perBatchType(Object.keys(given), (x) => featuresInside(model, x, layer, spatial), engine);
    const part = await program.for(given)(...program.inputs(given as Arrays));
    all ??= roomFor(sampleCount(data), part.shape[1], layer);
    all.data.set(part.data, from * part.shape[1]);
  }
  checkFinite(`layerFeatures: ${layer}`, all!);
  return all!;
}

/**
 * The last hidden layer: that which the last layer of weights is applied to, where classes are nearly apart.
 * @throws OptionError for a network without layers of weights, or with one that sees the input itself
 */
export function lastHiddenLayer(model: Model): string {
  checkModel("lastHiddenLayer", model);
  const names = new Set(model.variables.map(({ name }) => name));
  const last = applyOnce(model).rows.findLast(({ path, isLeaf }) => isLeaf && names.has(`${path}.weight`));
  const source = last?.from.find(({ kind }) => kind === "layer");
  if (source === undefined)
    throw new OptionError("lastHiddenLayer: the network has no hidden layer before a layer of weights; name a layer");
  return source.name;
}

/** The features of a batch, inside a trace: `f32` [n, d]. */
export function featuresInside(model: Model, given: Tensors, layer: string, spatial: SpatialFeatures): Tensor {
  const found = Object.entries(innerValues(model, given, [layer]));
  if (found.length !== 1)
    throw new OptionError(
      `features: '${layer}' names ${found.length} layers, ${found.map(([path]) => path).join(", ")}; choose one`,
    );
  return asRows(found[0][1], spatial);
}

/** A value [n, channels, …] as a row for each sample. */
export function asRows(value: Tensor, spatial: SpatialFeatures): Tensor {
  const floats = isFloat(value.dtype) ? value : cast(value, "f32");
  const [n, channels, ...places] = floats.shape;
  if (spatial === "flatten" || places.length === 0) return reshape(floats, [n, sizeOf(floats.shape.slice(1))]);
  return mean(reshape(floats, [n, channels, sizeOf(places)]), 2);
}

function checkLayerPath(where: string, layer: unknown): void {
  if (typeof layer === "string" && layer !== "") return;
  throw new OptionError(`${where}: expects the path of a layer, such as 'features.3', got ${describeGiven(layer)}`);
}

function roomFor(n: number, d: number, layer: string): NdArray {
  if (n * d <= MOST_NUMBERS) return new NdArray(new Float32Array(n * d), [n, d], "f32");
  throw new ShapeError(
    `layerFeatures: ${n} samples of ${d} numbers in ${layer} are more than ${MOST_NUMBERS} numbers; ` +
      "take the mean of each map (spatial: 'mean'), or fewer samples",
  );
}

/** @throws NumericError where a feature is NaN or infinite, naming sample and place */
export function checkFinite(where: string, { data, shape }: NdArray): void {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] * 0;
  if (sum === 0) return;
  const at = data.findIndex((x) => !Number.isFinite(x));
  const width = shape[1];
  throw new NumericError(
    `${where}: feature ${at % width} of sample ${Math.floor(at / width)} is ${data[at]}; features must be finite`,
  );
}

/** @throws OptionError or ShapeError unless it is a matrix of features `f32` [n, d] with at least `least` rows; NumericError for numbers that are not finite */
export function checkFeatures(where: string, what: string, features: unknown, least = 1): asserts features is NdArray {
  if (!(features instanceof NdArray))
    throw new OptionError(`${where}: ${what} must be an NdArray [n, d], got ${describeGiven(features)}`);
  const { shape, dtype } = features;
  if (shape.length !== 2 || dtype !== "f32" || shape[0] < least || shape[1] === 0)
    throw new ShapeError(
      `${where}: ${what} ${dtype} [${shape}], expected f32 [n, d] with n of at least ${least} and d of at least 1`,
    );
  checkFinite(`${where}: ${what}`, features);
}
