/**
 * Weighted ridge regression with an intercept that is not shrunk:
 *
 *   min Σₖ ωₖ (yₖ − b − vᵀzₖ)² + λ |v|²
 *
 * Centered by the weighted means, v solves (Zᵀ Ω Z + λ I) v = Zᵀ Ω y, a positive definite system, by Cholesky's factors.
 */

/** A linear fit. */
export interface Fit {
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** The share of the weighted variance that it explains; 1 where there is none. */
  readonly explained: number;
}

/** @param rows [count · features] */
export function ridge(rows: Float64Array, y: Float64Array, weights: Float64Array, lambda: number): Fit {
  const count = y.length;
  const features = rows.length / count;
  const total = weights.reduce((a, b) => a + b);
  const means = new Float64Array(features);
  let level = 0;
  for (let k = 0; k < count; k++) {
    level += (weights[k] * y[k]) / total;
    for (let i = 0; i < features; i++) means[i] += (weights[k] * rows[k * features + i]) / total;
  }
  const [square, right] = [new Float64Array(features ** 2), new Float64Array(features)];
  const centered = new Float64Array(features);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < features; i++) centered[i] = rows[k * features + i] - means[i];
    for (let i = 0; i < features; i++) {
      const weighted = weights[k] * centered[i];
      right[i] += weighted * (y[k] - level);
      for (let j = 0; j <= i; j++) square[i * features + j] += weighted * centered[j];
    }
  }
  for (let i = 0; i < features; i++) square[i * (features + 1)] += lambda;
  const coefficients = solved(square, right);
  const intercept = coefficients.reduce((b, v, i) => b - v * means[i], level);
  const [rest, variance] = [new Float64Array(count), new Float64Array(count)];
  for (let k = 0; k < count; k++) {
    const guess = coefficients.reduce((sum, v, i) => sum + v * rows[k * features + i], intercept);
    rest[k] = weights[k] * (y[k] - guess) ** 2;
    variance[k] = weights[k] * (y[k] - level) ** 2;
  }
  const [left, all] = [rest, variance].map((terms) => terms.reduce((a, b) => a + b));
  return { coefficients, intercept, explained: all > 0 ? 1 - left / all : 1 };
}

/** Solves A x = b for a positive definite A, given by its lower half, which becomes its factor L of L Lᵀ = A. */
function solved(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= a[i * n + k] * a[j * n + k];
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j];
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= a[i * n + k] * x[k];
    x[i] /= a[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= a[k * n + i] * x[k];
    x[i] /= a[i * n + i];
  }
  return x;
}
