/**
 * The variational autoencoder (Kingma and Welling 2014, "Auto-Encoding Variational Bayes"): a picture becomes a normal
 * distribution of codes, and a code drawn from it the picture again,
 *
 *   z ~ N(μ(x), σ²(x)),  x̂ = decode(z),  minimize −log p(x | z) + β KL(N(μ, σ²) ‖ N(0, 1))
 *
 * so that codes drawn from N(0, 1) become pictures like those of the data, and so do codes between those of two pictures.
 */
import * as nn from "../../nn/index.ts";
import { defineFactory } from "../../options/index.ts";
import { type AutoencoderOptions, autoencoderOptions, pictureDecoder, pictureEncoder } from "./parts.ts";

/**
 * A variational autoencoder, for `reconstruction({ divergence: 1 })`: pictures to the outputs `values`, of the same shape, and
 * `mean` and `logVariance`, [n, code]. The inner value `code` is the mean when predicting.
 * @throws OptionError for invalid options
 * @example
 * const task = reconstruction({ loss: "binaryCrossEntropy", divergence: 1 });
 * await fit(variationalAutoencoder({ size: [28, 28], code: 16 }), pictures, { task });
 */
export const variationalAutoencoder: (options: AutoencoderOptions) => nn.Layer = defineFactory({
  type: "variationalAutoencoder",
  options: autoencoderOptions,
  make: ({ code, ...parts }) => {
    const { channels, size } = parts;
    return nn.network({ image: [channels, ...size] }, ({ image }) => {
      const features = nn.named("encoder", pictureEncoder(parts))(image);
      const mean = nn.named("mean", nn.linear(code))(features);
      const logVariance = nn.named("logVariance", nn.linear(code))(features);
      const drawn = nn.named("code", nn.normalSample())(mean, logVariance);
      return {
        values: nn.named("decoder", pictureDecoder(parts))(drawn),
        ...{ mean, logVariance },
      };
    });
  },
});
