/**
 * Principal components: the orthogonal directions along which features vary most.
 *
 *   C = (1 / (n − 1)) Σᵢ (xᵢ − μ)(xᵢ − μ)ᵀ,   C vⱼ = λⱼ vⱼ,   λ₁ ≥ λ₂ ≥ …,   coordinates yᵢⱼ = (xᵢ − μ) · vⱼ
 *
 * Up to 512 numbers a row, C is made and all of its eigenvectors are found. Beyond, randomized subspace iteration finds the
 * first ones, with C applied and never made (Halko, Martinsson, Tropp, "Finding structure with randomness", 2011,
 * algorithm 4.4).
 */
import { describeGiven, NdArray, OptionError, Random, ShapeError } from "../../array/index.ts";
import { type EngineChoice, engineKind } from "../../engines/index.ts";
import { integer, type Kind, optional, readOptions, withDefault, word } from "../../options/index.ts";
import { symmetricEigen } from "./eigen.ts";
import { checkFeatures, type EngineOption } from "./features.ts";
import { type Centered, centeredSquares, columnMeans, scatterMatrix, timesBasis, timesScatter } from "./products.ts";

/** Options of `pca`. */
export interface PcaOptions {
  /** How many components. Default 2. */
  readonly components?: number | undefined;
  /** `covariance` is exact; `randomized` takes less time for many numbers a row. Default `covariance` up to 512. */
  readonly method?: "covariance" | "randomized" | undefined;
  /** Rounds of the randomized method; each makes what is missed smaller by the ratio of eigenvalues. Default 6. */
  readonly iterations?: number | undefined;
  /** Seed of the randomized method's start. Default 0. */
  readonly seed?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** Principal components of features. */
export interface Pca {
  /** `f32` [d]: the mean. */
  readonly mean: NdArray;
  /** `f32` [k, d]: the directions, of length 1; the largest number of each is positive. */
  readonly axes: NdArray;
  /** The variances λ along them, largest first. */
  readonly variances: readonly number[];
  /** Their shares of the total variance. */
  readonly shares: readonly number[];
  /** `f32` [n, k]: the coordinates of the rows. */
  readonly coordinates: NdArray;
}

/** The kinds and defaults of `PcaOptions`. */
export const pcaSchema = {
  components: withDefault(integer(1), 2),
  method: optional(word("covariance", "randomized")),
  iterations: withDefault(integer(1), 6),
  seed: withDefault(integer(0), 0),
  engine: optional(engineKind),
} satisfies Record<keyof PcaOptions, Kind<unknown>>;

/** Up to this many numbers a row the covariance matrix is made. */
const MOST_FOR_COVARIANCE = 512;
/** Directions beyond those asked for, which catch what the random start missed. */
const OVERSAMPLING = 10;

/**
 * Principal components.
 * @param features `f32` [n, d], n of at least 2
 * @throws OptionError for more components than rows or columns; ShapeError for features of other shapes; NumericError for
 *   numbers that are not finite
 * @example const { coordinates, shares } = await pca(space, { components: 2 });
 */
export async function pca(features: NdArray, options: PcaOptions = {}): Promise<Pca> {
  const { components, method, iterations, seed, engine } = readOptions("pca", pcaSchema, options);
  checkFeatures("pca", "features", features, 2);
  const [n, d] = features.shape;
  if (components > Math.min(n, d))
    throw new OptionError(`pca: ${components} components of ${n} rows of ${d} numbers; there are ${Math.min(n, d)}`);
  const means = columnMeans(features);
  const x: Centered = { features, means, engine };
  const isMade = (method ?? (d <= MOST_FOR_COVARIANCE ? "covariance" : "randomized")) === "covariance";
  const { values, vectors } = isMade
    ? symmetricEigen(await scatterMatrix(x), d)
    : await leadingEigen(x, components, iterations, seed);
  const axes = new NdArray(Float32Array.from(vectors.subarray(0, components * d)), [components, d], "f32");
  for (let i = 0; i < components; i++) makePositive(axes.row(i).data as Float32Array);
  const variances = Array.from(values.subarray(0, components), (value) => Math.max(0, value) / (n - 1));
  const total = centeredSquares(features, means) / (n - 1);
  return {
    mean: new NdArray(Float32Array.from(means), [d], "f32"),
    axes,
    variances,
    shares: variances.map((variance) => (total > 0 ? variance / total : 0)),
    coordinates: await timesBasis(x, axes),
  };
}

/**
 * The coordinates of other rows along components: (x − μ) · v.
 * @param features `f32` [m, d]
 * @returns `f32` [m, k]
 */
export async function projectOn(
  found: Pick<Pca, "mean" | "axes">,
  features: NdArray,
  options: EngineOption = {},
): Promise<NdArray> {
  const { engine } = readOptions("projectOn", { engine: optional(engineKind) }, options);
  checkFeatures("projectOn", "features", features);
  if (!(found?.axes instanceof NdArray))
    throw new OptionError(`projectOn: expects components, as pca gives them, got ${describeGiven(found)}`);
  const d = found.axes.shape[1];
  if (features.shape[1] !== d)
    throw new ShapeError(`projectOn: features have ${features.shape[1]} numbers a row, the components ${d}`);
  return timesBasis({ features, means: Float64Array.from(found.mean.data), engine }, found.axes);
}

/** The first eigenvectors of XᵀX: a random basis is multiplied by it and made orthonormal, again and again. */
async function leadingEigen(x: Centered, components: number, iterations: number, seed: number) {
  const [n, d] = x.features.shape;
  const k = Math.min(components + OVERSAMPLING, n, d);
  const random = new Random(seed, "pca");
  let basis = Float64Array.from({ length: k * d }, () => random.normal());
  const asArray = (): NdArray => new NdArray(Float32Array.from(basis), [k, d], "f32");
  for (let round = 0; round < iterations; round++) {
    orthonormalize(basis, k, d);
    basis = (await timesScatter(x, asArray())) as Float64Array<ArrayBuffer>;
  }
  orthonormalize(basis, k, d);
  const scattered = await timesScatter(x, asArray());
  const small = symmetricEigen(productsOf(basis, scattered, k, d), k);
  return { values: small.values, vectors: combined(small.vectors, basis, k, d) };
}

/** Gram and Schmidt, twice, so that rounding leaves nothing; a row that depends on earlier ones becomes 0. */
function orthonormalize(rows: Float64Array, k: number, d: number): void {
  for (let i = 0; i < k; i++) {
    const row = rows.subarray(i * d, (i + 1) * d);
    const before = Math.sqrt(dot(row, row));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * d, (j + 1) * d);
        const share = dot(row, other);
        for (let c = 0; c < d; c++) row[c] -= share * other[c];
      }
    }
    const length = Math.sqrt(dot(row, row));
    const scale = length > 1e-9 * before ? 1 / length : 0;
    for (let c = 0; c < d; c++) row[c] *= scale;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < a.length; c++) sum += a[c] * b[c];
  return sum;
}

/** Products of all rows with all rows: [k, d], [k, d] → [k, k]. */
const productsOf = (a: Float64Array, b: Float64Array, k: number, d: number): Float64Array =>
  Float64Array.from({ length: k * k }, (_, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    return dot(a.subarray(i * d, (i + 1) * d), b.subarray(j * d, (j + 1) * d));
  });

/** Sums of rows with the given weights: [k, k], [k, d] → [k, d]. */
function combined(weights: Float64Array, rows: Float64Array, k: number, d: number): Float64Array {
  const result = new Float64Array(k * d);
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) for (let c = 0; c < d; c++) result[i * d + c] += weights[i * k + j] * rows[j * d + c];
  return result;
}

/** Of the two directions of an axis, that in which its largest number is positive. */
function makePositive(axis: Float32Array): void {
  let largest = 0;
  for (const x of axis) if (Math.abs(x) > Math.abs(largest)) largest = x;
  if (largest < 0) for (let c = 0; c < axis.length; c++) axis[c] = -axis[c];
}
