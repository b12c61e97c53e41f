/**
 * t-SNE: a map of features in which near points stay near. Positions are moved downhill on the divergence between two
 * distributions over pairs, Gaussian in the space of features and Student's t on the map.
 *
 *   C = Σᵢⱼ pᵢⱼ ln (pᵢⱼ / qᵢⱼ),   qᵢⱼ = (1 + |yᵢ − yⱼ|²)⁻¹ / Z
 *   ∂C/∂yᵢ = 4 Σⱼ (pᵢⱼ − qᵢⱼ) (1 + |yᵢ − yⱼ|²)⁻¹ (yᵢ − yⱼ)
 *
 * p is over the 3 · perplexity nearest neighbors; the sum with q is by a quadtree. Sources: van der Maaten and Hinton (2008);
 * van der Maaten, "Accelerating t-SNE using tree-based algorithms" (2014); start at principal components: Kobak and Berens,
 * "The art of using t-SNE for single-cell transcriptomics" (2019); learning rate n / 12: Belkina et al. (2019).
 */

import { pause } from "#platform";
import { type NdArray, OptionError } from "../../array/index.ts";
import { type EngineChoice, engineKind } from "../../engines/index.ts";
import { integer, type Kind, optional, positive, readOptions, real, withDefault } from "../../options/index.ts";
import { callback } from "../../train/index.ts";
import { affinitiesOf, type Pairs } from "./affinities.ts";
import { checkFeatures } from "./features.ts";
import { positionsOf, startingMap } from "./maps.ts";
import { type Metric, metricKind, nearestNeighbors } from "./neighbors.ts";
import { Quadtree } from "./quadtree.ts";

/** Options of `tsne`. */
export interface TsneOptions {
  /** The effective number of neighbors of a point, at most a third of the other points. Default 30. */
  readonly perplexity?: number | undefined;
  /** Steps. Default 1000. */
  readonly iterations?: number | undefined;
  /** The factor of attraction in the first 250 steps, which gathers clusters. Default 12. */
  readonly exaggeration?: number | undefined;
  /** Default n / 12, and at least 50. */
  readonly learningRate?: number | undefined;
  /** Cells count as points beyond width / θ; 0 is exact, and slow. At most 0.7. Default 0.5. */
  readonly theta?: number | undefined;
  /** What is near. Default `euclidean`. */
  readonly metric?: Metric | undefined;
  /** Seed of the small differences between points that start at the same place. Default 0. */
  readonly seed?: number | undefined;
  /** The engine for neighbors, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
  /**
   * Called after every 10 steps with their number, the total, and a function that gives the positions so far, `f32` [n, 2].
   * If it throws, the map is given up with that error.
   */
  readonly onProgress?: ((done: number, total: number, positions: () => NdArray) => void) | undefined;
}

/** A map. */
export interface TsneMap {
  /** `f32` [n, 2], with its mean at 0. */
  readonly positions: NdArray;
  /** The divergence C that is left, in nats. */
  readonly divergence: number;
}

/** The kinds and defaults of `TsneOptions`. */
export const tsneSchema = {
  perplexity: withDefault(positive(), 30),
  iterations: withDefault(integer(1), 1000),
  exaggeration: withDefault(positive(), 12),
  learningRate: optional(positive()),
  theta: withDefault(real(0, 0.7), 0.5),
  metric: withDefault<Metric>(metricKind, "euclidean"),
  seed: withDefault(integer(0), 0),
  engine: optional(engineKind),
  onProgress: optional(callback<(done: number, total: number, positions: () => NdArray) => void>()),
} satisfies Record<keyof TsneOptions, Kind<unknown>>;

/** Neighbors that count, for each effective one. */
const NEIGHBORS = 3;
/** Steps with exaggerated attraction, and little momentum. */
const EARLY_STEPS = 250;
const MOMENTUM = { early: 0.5, late: 0.8 } as const;
/** The standard deviation of the map at the start. */
const START = 1e-4;
/** Steps between reports, and pauses in which others may run. */
const REPORT = 10;

/**
 * A map of features in two dimensions by t-SNE.
 *
 * Where it misleads: sizes of clusters and distances between them mean little; clusters can appear in noise when the
 * perplexity is small; other seeds and perplexities give other maps. What holds: near points on the map are near in the
 * space of features, mostly.
 * @param features `f32` [n, d], n of at least 4
 * @throws OptionError for a perplexity that is too large; ShapeError for features of other shapes; NumericError for numbers
 *   that are not finite
 * @example const { positions } = await tsne(space, { perplexity: 30 });
 */
export async function tsne(features: NdArray, options: TsneOptions = {}): Promise<TsneMap> {
  const settings = readOptions("tsne", tsneSchema, options);
  const { perplexity, metric, seed, engine } = settings;
  checkFeatures("tsne", "features", features, 4);
  const n = features.shape[0];
  const most = Math.floor((n - 1) / NEIGHBORS);
  if (perplexity > most || perplexity < 1)
    throw new OptionError(
      `tsne: perplexity ${perplexity} for ${n} points, expected a number from 1 to ${most}, a third of the other points`,
    );
  const neighbors = await nearestNeighbors(features, { k: Math.ceil(NEIGHBORS * perplexity), metric, engine });
  const pairs = affinitiesOf(neighbors, perplexity);
  const positions = await startingMap(features, { deviation: START, seed, engine });
  return descend(positions, pairs, settings);
}

type Settings = Pick<
  ReturnType<typeof readOptions<typeof tsneSchema>>,
  "iterations" | "exaggeration" | "learningRate" | "theta" | "onProgress"
>;

async function descend(y: Float64Array, pairs: Pairs, settings: Settings): Promise<TsneMap> {
  const { iterations, exaggeration, theta, onProgress } = settings;
  const n = y.length / 2;
  const rate = settings.learningRate ?? Math.max(n / 12, 50);
  const tree = new Quadtree(n);
  const [attraction, repulsion] = [new Float64Array(2 * n), new Float64Array(2 * n)];
  const [speed, gains] = [new Float64Array(2 * n), new Float64Array(2 * n).fill(1)];
  let z = 1;
  for (let step = 0; step < iterations; step++) {
    const isEarly = step < Math.min(EARLY_STEPS, iterations / 2);
    attract(y, pairs, attraction);
    tree.build(y);
    z = tree.repel(theta, repulsion);
    const factor = isEarly ? exaggeration : 1;
    const gradient = (i: number): number => 4 * (factor * attraction[i] - repulsion[i] / z);
    move(y, speed, gains, gradient, rate, isEarly ? MOMENTUM.early : MOMENTUM.late);
    if ((step + 1) % REPORT > 0 && step + 1 < iterations) continue;
    onProgress?.(step + 1, iterations, () => positionsOf(y));
    await pause();
  }
  tree.build(y);
  z = tree.repel(theta, repulsion);
  return { positions: positionsOf(y), divergence: divergenceOf(y, pairs, z) };
}

/** Σⱼ pᵢⱼ (1 + |yᵢ − yⱼ|²)⁻¹ (yᵢ − yⱼ) */
function attract(y: Float64Array, { starts, others, weights }: Pairs, forces: Float64Array): void {
  for (let i = 0, at = 0; i < starts.length - 1; i++) {
    const x0 = y[2 * i];
    const y0 = y[2 * i + 1];
    let fx = 0;
    let fy = 0;
    for (const end = starts[i + 1]; at < end; at++) {
      const j = others[at];
      const dx = x0 - y[2 * j];
      const dy = y0 - y[2 * j + 1];
      const pull = weights[at] / (1 + dx * dx + dy * dy);
      fx += pull * dx;
      fy += pull * dy;
    }
    forces[2 * i] = fx;
    forces[2 * i + 1] = fy;
  }
}

/** Gains shrink where the direction turns, and never below this (Jacobs 1988). */
const LEAST_GAIN = 0.01;

function move(
  y: Float64Array,
  speed: Float64Array,
  gains: Float64Array,
  gradient: (i: number) => number,
  rate: number,
  momentum: number,
): void {
  const mean = [0, 0];
  for (let i = 0; i < y.length; i++) {
    const slope = gradient(i);
    gains[i] = slope * speed[i] < 0 ? gains[i] + 0.2 : Math.max(LEAST_GAIN, gains[i] * 0.8);
    speed[i] = momentum * speed[i] - rate * gains[i] * slope;
    y[i] += speed[i];
    mean[i % 2] += y[i];
  }
  for (let i = 0; i < y.length; i++) y[i] -= mean[i % 2] / (y.length / 2);
}

function divergenceOf(y: Float64Array, { starts, others, weights }: Pairs, z: number): number {
  let sum = 0;
  for (let i = 0; i < starts.length - 1; i++) {
    for (let at = starts[i]; at < starts[i + 1]; at++) {
      const j = others[at];
      const square = (y[2 * i] - y[2 * j]) ** 2 + (y[2 * i + 1] - y[2 * j + 1]) ** 2;
      if (weights[at] > 0) sum += weights[at] * Math.log(weights[at] * (1 + square) * z);
    }
  }
  return sum;
}
