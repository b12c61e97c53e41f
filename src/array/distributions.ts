/** Further distributions, from uniform and Gaussian random numbers. */
import { OptionError } from "./errors.ts";
import type { Random } from "./random.ts";

/**
 * Gamma distributed with the given shape and scale 1: mean and variance are `shape`. By Marsaglia and Tsang 2000, "A simple
 * method for generating gamma variables": with d = shape − 1/3, c = 1/√(9d) and x Gaussian, d (1 + c x)³ is accepted with
 * the right probability. Below shape 1: that of shape + 1 times U^{1/shape}.
 * @throws OptionError for a shape that is not a finite number above 0
 */
export const drawGamma = (random: Random, shape: number): number => Math.exp(logGamma(random, shape));

/**
 * Beta distributed, in 0 … 1: x / (x + y) with x and y gamma distributed of shapes `alpha` and `beta`.
 * @throws OptionError for shapes that are not finite numbers above 0
 */
export function drawBeta(random: Random, alpha: number, beta: number): number {
  // By their logarithms: for small shapes, both numbers often underflow.
  const [x, y] = [logGamma(random, alpha), logGamma(random, beta)];
  return 1 / (1 + Math.exp(y - x));
}

/** The logarithm of a gamma distributed number. */
function logGamma(random: Random, shape: number): number {
  if (!(shape > 0 && shape < Infinity))
    throw new OptionError(`a gamma distribution's shape must be above 0, got ${shape}`);
  if (shape < 1) return logGamma(random, shape + 1) + Math.log(1 - random.uniform()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}
