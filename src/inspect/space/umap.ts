/**
 * UMAP: a map of features that keeps the graph of nearest neighbors. Edges have fuzzy memberships; points of an edge attract
 * each other on the map, and random other points repel.
 *
 *   v(j|i) = exp(−max(0, dᵢⱼ − ρᵢ) / σᵢ),   ρᵢ the distance of the nearest,   σᵢ such that  Σⱼ v(j|i) = log₂ k
 *   vᵢⱼ = v(j|i) + v(i|j) − v(j|i) v(i|j),   wᵢⱼ = 1 / (1 + a |yᵢ − yⱼ|²ᵇ)
 *   C = −Σᵢⱼ vᵢⱼ ln wᵢⱼ + (1 − vᵢⱼ) ln (1 − wᵢⱼ), by stochastic gradient descent with negative samples
 *
 * Source: McInnes, Healy, Melville, "UMAP: uniform manifold approximation and projection" (2018). Neighbors are exact, and
 * the map starts at principal components, which is as good as the paper's spectral start (Kobak and Linderman 2021).
 */

import { pause } from "#platform";
import { type NdArray, OptionError, Random } from "../../array/index.ts";
import { type EngineChoice, engineKind } from "../../engines/index.ts";
import { integer, type Kind, optional, positive, readOptions, withDefault } from "../../options/index.ts";
import { callback } from "../../train/index.ts";
import { type Pairs, symmetrized } from "./affinities.ts";
import { checkFeatures } from "./features.ts";
import { positionsOf, startingMap } from "./maps.ts";
import { type Metric, metricKind, type Neighbors, nearestNeighbors } from "./neighbors.ts";
import { type Curve, membershipCurve } from "./umap-curve.ts";

/** Options of `umap`. */
export interface UmapOptions {
  /** Neighbors of each point, itself among them. Few show details, many the whole. Default 15. */
  readonly neighbors?: number | undefined;
  /** How near points may come to each other on the map. Default 0.1. */
  readonly minDistance?: number | undefined;
  /** Passes over the edges. Default 500 up to 10 000 points, 200 beyond. */
  readonly epochs?: number | undefined;
  /** Random points that repel, for each attraction. Default 5. */
  readonly negatives?: number | undefined;
  /** What is near. Default `euclidean`. */
  readonly metric?: Metric | undefined;
  /** Seed of random points. The same seed gives the same map. Default 0. */
  readonly seed?: number | undefined;
  /** The engine for neighbors, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /**
   * Called after every 10 epochs with their number, the total, and a function that gives the positions so far, `f32` [n, 2].
   * If it throws, the map is given up with that error.
   */
  readonly onProgress?: ((done: number, total: number, positions: () => NdArray) => void) | undefined;
}

/** The kinds and defaults of `UmapOptions`. */
export const umapSchema = {
  neighbors: withDefault(integer(2), 15),
  minDistance: withDefault(positive(), 0.1),
  epochs: optional(integer(1)),
  negatives: withDefault(integer(0), 5),
  metric: withDefault<Metric>(metricKind, "euclidean"),
  seed: withDefault(integer(0), 0),
  engine: optional(engineKind),
  onProgress: optional(callback<(done: number, total: number, positions: () => NdArray) => void>()),
} satisfies Record<keyof UmapOptions, Kind<unknown>>;

/** The standard deviation of the map at the start. */
const START = 4;
/** Steps of one coordinate in one move. */
const LONGEST = 4;
/** Epochs between reports, and pauses in which others may run. */
const REPORT = 10;
const MANY = 10_000;

/**
 * A map of features in two dimensions by UMAP.
 *
 * Where it misleads: as with t-SNE, distances between clusters and their densities mean little, and small values of
 * `neighbors` show clusters in noise.
 * @param features `f32` [n, d]
 * @returns `f32` [n, 2]
 * @throws OptionError for more neighbors than points; ShapeError for features of other shapes; NumericError for numbers that
 *   are not finite
 * @example const positions = await umap(space, { neighbors: 15 });
 */
export async function umap(features: NdArray, options: UmapOptions = {}): Promise<NdArray> {
  const settings = readOptions("umap", umapSchema, options);
  const { neighbors: k, minDistance, metric, seed, engine } = settings;
  checkFeatures("umap", "features", features, 3);
  const n = features.shape[0];
  if (k > n) throw new OptionError(`umap: neighbors ${k} of ${n} points, expected at most as many as there are`);
  const pairs = fuzzyGraph(await nearestNeighbors(features, { k: k - 1, metric, engine }), k);
  const positions = await startingMap(features, { deviation: START, seed, engine });
  await descend(positions, pairs, membershipCurve(minDistance), settings);
  return positionsOf(positions);
}

/** The memberships of edges: of the neighbors of each point, joined as fuzzy sets are. */
export function fuzzyGraph({ rows, distances }: Neighbors, neighbors: number): Pairs {
  const [n, k] = rows.shape;
  const memberships = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const own = Float64Array.from(distances.data.subarray(i * k, (i + 1) * k));
    memberships.set(membershipsAt(own, Math.log2(neighbors)), i * k);
  }
  return symmetrized(rows.data as Int32Array, memberships, n, k, (own, other) => own + other - own * other);
}

const MOST_STEPS = 64;
const PRECISION = 1e-5;

/** Memberships that fall off beyond the nearest point, and add up to `total`, or as near to it as they can. */
function membershipsAt(distances: Float64Array, total: number): Float64Array {
  const nearest = distances.find((d) => d > 0) ?? 0;
  const beyond = distances.map((d) => Math.max(0, d - nearest));
  const at = (sigma: number): Float64Array => beyond.map((d) => (d === 0 ? 1 : Math.exp(-d / sigma)));
  let [sigma, low, high] = [1, 0, Infinity];
  for (let step = 0; step < MOST_STEPS; step++) {
    const excess = at(sigma).reduce((sum, v) => sum + v, 0) - total;
    if (Math.abs(excess) < PRECISION) break;
    if (excess > 0) high = sigma;
    else low = sigma;
    sigma = high === Infinity ? sigma * 2 : (low + high) / 2;
  }
  // Where all neighbors are equally near, σ would become 0.
  const mean = distances.reduce((sum, d) => sum + d, 0) / distances.length;
  return at(Math.max(sigma, 1e-3 * mean, Number.MIN_VALUE));
}

type Settings = Pick<ReturnType<typeof readOptions<typeof umapSchema>>, "epochs" | "negatives" | "seed" | "onProgress">;

/** Each edge is used as often as its membership says: the strongest in every epoch. */
async function descend(y: Float64Array, pairs: Pairs, curve: Curve, settings: Settings): Promise<void> {
  const { negatives, seed, onProgress } = settings;
  const n = y.length / 2;
  const epochs = settings.epochs ?? (n <= MANY ? 500 : 200);
  const { starts, others, weights } = pairs;
  const strongest = weights.reduce((most, w) => Math.max(most, w), 0);
  const due = weights.map((w) => strongest / w);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    const random = createGenerator(seed, epoch);
    for (let i = 0; i < n; i++) {
      for (let at = starts[i]; at < starts[i + 1]; at++) {
        if (due[at] > epoch + 1) continue;
        due[at] += strongest / weights[at];
        attract(y, i, others[at], curve, rate);
        for (let other = 0; other < negatives; other++) repel(y, i, Math.floor(random() * n), curve, rate);
      }
    }
    if ((epoch + 1) % REPORT > 0 && epoch + 1 < epochs) continue;
    onProgress?.(epoch + 1, epochs, () => positionsOf(y));
    await pause();
  }
}

const clipped = (step: number): number => Math.max(-LONGEST, Math.min(LONGEST, step));

/** −∂(ln w)/∂y of both ends of an edge. */
function attract(y: Float64Array, i: number, j: number, { a, b }: Curve, rate: number): void {
  const dx = y[2 * i] - y[2 * j];
  const dy = y[2 * i + 1] - y[2 * j + 1];
  const square = dx * dx + dy * dy;
  if (square === 0) return;
  const power = a * Math.exp(b * Math.log(square));
  const pull = (-2 * b * power) / (square * (1 + power));
  const stepX = rate * clipped(pull * dx);
  const stepY = rate * clipped(pull * dy);
  y[2 * i] += stepX;
  y[2 * i + 1] += stepY;
  y[2 * j] -= stepX;
  y[2 * j + 1] -= stepY;
}

/** Keeps the force of points at the same place finite, as in the paper's program. */
const SOFTENING = 1e-3;

/** −∂(ln(1 − w))/∂y of the first point. */
function repel(y: Float64Array, i: number, j: number, { a, b }: Curve, rate: number): void {
  if (i === j) return;
  const dx = y[2 * i] - y[2 * j];
  const dy = y[2 * i + 1] - y[2 * j + 1];
  const square = dx * dx + dy * dy;
  if (square === 0) return;
  const push = (2 * b) / ((SOFTENING + square) * (1 + a * Math.exp(b * Math.log(square))));
  y[2 * i] += rate * clipped(push * dx);
  y[2 * i + 1] += rate * clipped(push * dy);
}

/** Random numbers in [0, 1), many and fast: xorshift32 (Marsaglia 2003), started by the addressed ones for each epoch. */
function createGenerator(seed: number, epoch: number): () => number {
  let state = new Random(seed, "umap", epoch).bits() | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) * 2 ** -32;
  };
}
