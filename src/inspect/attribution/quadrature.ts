/**
 * Rules for integrals over [0, 1], ∫ f ≈ Σ wₖ f(αₖ).
 *
 *   midpoint        αₖ = (k + ½) / n,  wₖ = 1 / n
 *   Gauss–Legendre  αₖ = (1 + zₖ) / 2 with the zeros z of the Legendre polynomial Pₙ,  wₖ = 1 / ((1 − z²) Pₙ′(z)²)
 *
 * The latter is exact for polynomials up to degree 2n − 1. Zeros are found by Newton's method from cos(π (k + ¾) / (n + ½)).
 */

/** Points in [0, 1], and their weights, which add up to 1. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

export const quadratures = {
  midpoint: (count: number): Quadrature => ({
    points: Float64Array.from({ length: count }, (_, k) => (k + 0.5) / count),
    weights: new Float64Array(count).fill(1 / count),
  }),
  "gauss-legendre": (count: number): Quadrature => {
    const zeros = Float64Array.from({ length: count }, (_, k) => -zeroOf(count, k));
    return {
      points: zeros.map((z) => (1 + z) / 2),
      weights: zeros.map((z) => 1 / ((1 - z * z) * legendre(count, z).slope ** 2)),
    };
  },
} as const;

/** The name of a rule. */
export type QuadratureName = keyof typeof quadratures;

/** Newton's method doubles the digits in each step. */
const NEWTON_STEPS = 8;

/** The k-th zero of Pₙ from the largest down. */
function zeroOf(n: number, k: number): number {
  let z = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const { value, slope } = legendre(n, z);
    z -= value / slope;
  }
  return z;
}

/** Pₙ(z) by Bonnet's recursion, (j + 1) Pⱼ₊₁ = (2j + 1) z Pⱼ − j Pⱼ₋₁, and Pₙ′(z) = n (z Pₙ − Pₙ₋₁) / (z² − 1). */
function legendre(n: number, z: number): { value: number; slope: number } {
  let [before, value] = [0, 1];
  for (let j = 0; j < n; j++) [before, value] = [value, ((2 * j + 1) * z * value - j * before) / (j + 1)];
  return { value, slope: (n * (z * value - before)) / (z * z - 1) };
}
