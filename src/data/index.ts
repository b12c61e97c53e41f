export { checkDataset, firstSamples, holdOut, inputShape, sampleCount, subset } from "./batches.ts";
export type { Dataset } from "./dataset.ts";
export { type MnistOptions, mnist } from "./mnist.ts";
