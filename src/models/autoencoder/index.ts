export { autoencoder, type PlainAutoencoderOptions } from "./autoencoder.ts";
export type { AutoencoderOptions } from "./parts.ts";
export { variationalAutoencoder } from "./variational.ts";
