/**
 * How near points are to each other, as probabilities over pairs: Gaussians over the nearest neighbors, each as wide as it
 * takes for the chosen number of effective neighbors, the perplexity.
 *
 *   p(j|i) = exp(−dᵢⱼ² βᵢ) / Σₖ exp(−dᵢₖ² βᵢ),   βᵢ such that  −Σⱼ p(j|i) ln p(j|i) = ln perplexity
 *   p(i,j) = (p(j|i) + p(i|j)) / 2n
 *
 * Source: van der Maaten and Hinton, "Visualizing data using t-SNE" (2008).
 */
import type { Neighbors } from "./neighbors.ts";

/** A sparse symmetric matrix of pairs: row i has the columns `others[starts[i]] … others[starts[i + 1] − 1]`. */
export interface Pairs {
  readonly starts: Int32Array;
  readonly others: Int32Array;
  readonly weights: Float64Array;
}

/** The joint probabilities of all pairs of neighbors; they add up to 1. */
export function affinitiesOf({ rows, distances }: Neighbors, perplexity: number): Pairs {
  const [n, k] = rows.shape;
  const conditional = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    const squares = Float64Array.from(distances.data.subarray(i * k, (i + 1) * k), (d) => d * d);
    conditional.set(calibrated(squares, perplexity), i * k);
  }
  return symmetrized(rows.data as Int32Array, conditional, n, k, (own, other) => (own + other) / (2 * n));
}

/** Halvings and doublings of β. */
const MOST_STEPS = 100;
/** How near the logarithm of the perplexity is to be met. */
const PRECISION = 1e-6;

/** The probabilities of neighbors at the given squared distances, whose perplexity is as asked, or as near as it can be. */
export function calibrated(squares: Float64Array, perplexity: number): Float64Array {
  const shares = new Float64Array(squares.length);
  const nearest = squares.reduce((least, x) => Math.min(least, x), Infinity);
  const spread = squares.reduce((sum, x) => sum + x - nearest, 0) / squares.length;
  let [beta, low, high] = [spread > 0 ? 1 / spread : 1, 0, Infinity];
  for (let step = 0; step < MOST_STEPS; step++) {
    const excess = entropyAt(squares, nearest, beta, shares) - Math.log(perplexity);
    if (Math.abs(excess) < PRECISION) break;
    if (excess > 0) low = beta;
    else high = beta;
    beta = high === Infinity ? beta * 2 : (low + high) / 2;
  }
  return shares;
}

/** Fills in the probabilities at β, and returns their entropy: ln Σ + β Σ p d². */
function entropyAt(squares: Float64Array, nearest: number, beta: number, shares: Float64Array): number {
  let sum = 0;
  let mean = 0;
  for (let j = 0; j < squares.length; j++) {
    const beyond = squares[j] - nearest;
    const weight = Math.exp(-beyond * beta);
    shares[j] = weight;
    sum += weight;
    mean += weight * beyond;
  }
  for (let j = 0; j < shares.length; j++) shares[j] /= sum;
  return Math.log(sum) + (beta * mean) / sum;
}

/** Weights [n, k] of directed pairs as a symmetric matrix: `join(w(i → j), w(j → i))`, where a missing one is 0. */
export function symmetrized(
  rows: Int32Array,
  weights: Float64Array,
  n: number,
  k: number,
  join: (own: number, other: number) => number,
): Pairs {
  const found = Array.from({ length: n }, () => new Map<number, [own: number, other: number]>());
  for (let i = 0; i < n; i++) {
    for (let at = i * k; at < (i + 1) * k; at++) {
      const j = rows[at];
      const pair = found[i].get(j);
      if (pair === undefined) found[i].set(j, [weights[at], 0]);
      else pair[0] = weights[at];
      const back = found[j].get(i);
      if (back === undefined) found[j].set(i, [0, weights[at]]);
      else back[1] = weights[at];
    }
  }
  const starts = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) starts[i + 1] = starts[i] + found[i].size;
  const others = new Int32Array(starts[n]);
  const joined = new Float64Array(starts[n]);
  for (const [i, row] of found.entries()) {
    const sorted = Array.from(row).sort(([a], [b]) => a - b);
    for (const [at, [j, [own, other]]] of sorted.entries()) {
      others[starts[i] + at] = j;
      joined[starts[i] + at] = join(own, other);
    }
  }
  return { starts, others, weights: joined };
}
