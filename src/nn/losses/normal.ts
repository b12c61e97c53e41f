/**
 * The Kullback–Leibler divergence of a normal distribution with independent components from the standard one, as in the loss
 * of a variational autoencoder:
 *
 *   KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ (μ² + σ² − 1 − log σ²)
 *
 * Source: Kingma and Welling 2014, "Auto-Encoding Variational Bayes", appendix B.
 */
import { located, type Tensor } from "../../graph/index.ts";
import { add, expm1, mul, square, sub, sum } from "../../ops/index.ts";
import { readOptions } from "../../options/index.ts";
import { type LossOptions, lossOfPairs, lossOptions } from "./reduction.ts";

/**
 * The divergence of the normal distribution with mean μ and variance σ² from the standard one, in nats: the sum over all axes
 * but the first, so the losses are [n]. The logarithm of the variance may be any number.
 * @param mean μ, [n, …]
 * @param logVariance log σ², of the same shape
 * @throws ShapeError, OptionError
 */
export function normalDivergence(mean: Tensor, logVariance: Tensor, options: LossOptions = {}): Tensor {
  const name = "normalDivergence";
  return lossOfPairs(name, mean, logVariance, readOptions(located(name), lossOptions, options), (mu, log) => {
    // σ² − 1 − log σ² loses its digits near σ = 1 unless σ² − 1 is one function.
    const terms = mul(add(square(mu), sub(expm1(log), log)), 0.5);
    return sum(terms, terms.shape.map((_, axis) => axis).slice(1));
  });
}
