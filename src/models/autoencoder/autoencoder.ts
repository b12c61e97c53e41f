/**
 * The autoencoder: a picture becomes a few numbers, its code, and from the code the picture again,
 *
 *   c = encode(x),  x̂ = decode(c),  minimize ‖x − x̂‖
 *
 * so that the code has to hold what tells pictures apart. With noise on the input it learns to remove it (Vincent et al. 2008,
 * "Extracting and Composing Robust Features with Denoising Autoencoders"). Adelaide, "Autoencoder".
 */
import * as nn from "../../nn/index.ts";
import { defineFactory, real, withDefault } from "../../options/index.ts";
import { type AutoencoderOptions, autoencoderOptions, pictureDecoder, pictureEncoder } from "./parts.ts";

/** Options of `autoencoder`. */
export interface PlainAutoencoderOptions extends AutoencoderOptions {
  /** The standard deviation of the noise that is added to the pictures, in normalized values, while training. Default 0. */
  readonly noise?: number | undefined;
}

/**
 * An autoencoder: pictures [n, channels, height, width] to values of the same shape. The code, [n, code], is the inner value
 * `code`: `layerFeatures(model, pictures, "code")` gives it, and `createDecoder(model)` pictures of codes.
 * @throws OptionError for invalid options
 * @example await fit(autoencoder({ size: [28, 28] }), pictures, { task: reconstruction() });
 */
export const autoencoder: (options: PlainAutoencoderOptions) => nn.Layer = defineFactory({
  type: "autoencoder",
  options: { ...autoencoderOptions, noise: withDefault(real(0), 0) },
  make: ({ noise, code, ...parts }) =>
    nn.sequential({
      ...(noise > 0 && { noise: nn.gaussianNoise(noise) }),
      encoder: pictureEncoder(parts),
      code: nn.linear(code),
      decoder: pictureDecoder(parts),
    }),
});
