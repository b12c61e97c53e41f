/**
 * Special functions missing in JavaScript, in double precision.
 *
 * Error function: erf x = (2 / √π) e^(−x²) Σₙ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · 5 ⋯ (2n + 1)) (Abramowitz and Stegun 1964, 7.1.6). All
 * terms have one sign, so nothing cancels.
 */

/** From here on erf rounds to 1. */
const ERF_SATURATION = 6;

/** The derivative of erf at 0. */
export const ERF_SLOPE = 2 / Math.sqrt(Math.PI);

/** The error function. */
export function erfOf(x: number): number {
  if (Math.abs(x) >= ERF_SATURATION) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(total) * 2 ** -3; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return Math.min(1, Math.max(-1, ERF_SLOPE * Math.exp(-x * x) * total));
}

/** σ(x) = 1 / (1 + e⁻ˣ), without an exponential that overflows. */
export const sigmoidOf = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
