/**
 * Special functions that the host does not have, in double precision.
 *
 * Error function: erf x = (2 / √π) e^(−x²) Σₙ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · 5 ⋯ (2n + 1))   (Abramowitz and Stegun 1964, 7.1.6).
 * All terms have one sign, so nothing cancels.
 */

/** From here on erf rounds to 1. */
const ERF_END = 6;

export const ERF_SLOPE = 2 / Math.sqrt(Math.PI);

export function erf(x: number): number {
  if (Math.abs(x) >= ERF_END) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(total) * 2 ** -3; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return Math.min(1, Math.max(-1, ERF_SLOPE * Math.exp(-x * x) * total));
}
