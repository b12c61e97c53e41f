export { autoencoder, type PlainAutoencoderOptions } from "./autoencoder.ts";
export { type AutoencoderOptions, type AutoencoderParts, pictureDecoder, pictureEncoder } from "./parts.ts";
export { variationalAutoencoder } from "./variational.ts";
