/**
 * Normal noise while training: added to what passes, as denoising autoencoders want it (Vincent et al. 2008), or as the draw of a
 * variational autoencoder's code (Kingma and Welling 2014), which is differentiable by mean and variance:
 *
 *   z = μ + exp(½ log σ²) · ε,    ε ~ N(0, 1)
 *
 * Normal numbers are made of uniform ones, ε = √(−2 ln(1 − u)) · cos 2πv (Box and Muller 1958).
 */
import { ShapeError, sameShape } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import { add, cast, cos, exp, log, mul, split, sqrt, sub, uniform } from "../ops/index.ts";
import { real } from "../options/index.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";

/** Independent numbers of the standard normal distribution, of the shape and type of a tensor. */
function normalLike({ shape: [n, ...rest], dtype }: Tensor, scope: Scope): Tensor {
  const uniforms = cast(uniform(scope.random(), [2 * n, ...rest]), dtype);
  const [u, v] = split(uniforms, [n, n]);
  return mul(sqrt(mul(log(sub(1, u)), -2)), cos(mul(v, 2 * Math.PI)));
}

const noiseLayer = defineLayer({
  type: "gaussianNoise",
  options: { deviation: real(0) },
  forward: ({ deviation }, x, scope) =>
    scope.training && deviation > 0 ? add(x, mul(normalLike(x, scope), deviation)) : x,
});

const sampleLayer = defineLayer({
  type: "normalSample",
  inputs: ["mean", "logVariance"],
  options: {},
  forward: (_, [mean, logVariance], scope) => {
    if (!sameShape(mean.shape, logVariance.shape))
      throw new ShapeError(
        `${located("normalSample")}: expects a mean and the logarithm of a variance of one shape, got ` +
          `${formatType(mean)} and ${formatType(logVariance)}`,
      );
    return scope.training ? add(mean, mul(exp(mul(logVariance, 0.5)), normalLike(mean, scope))) : mean;
  },
});

/** While training, adds a normal number of this standard deviation to each element; shapes stay. */
export const gaussianNoise = (deviation: number): Layer => noiseLayer({ deviation });

/**
 * Draws from a normal distribution while training, for `network`: from the mean and the logarithm of the variance of each
 * element, both [n, …]. When predicting it is the mean.
 * @throws ShapeError for two shapes
 * @example normalSample()(mean, logVariance)
 */
export const normalSample = (): Layer => sampleLayer({});

/** The factories, for the catalog. */
export const noiseLayers = [noiseLayer, sampleLayer];
