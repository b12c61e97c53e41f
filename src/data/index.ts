export * from "./augment/index.ts";
export { checkDataset, firstSamples, holdOut, inputShape, sampleCount, subset } from "./batches.ts";
export type { Dataset } from "./dataset.ts";
export { type DigitsDatasetOptions, digits } from "./digits/dataset.ts";
export { type DigitsOptions, drawDigit, drawDigits } from "./digits/index.ts";
export { type MnistOptions, mnist } from "./mnist.ts";
export { type CropOptions, fiveCrop, tenCrop } from "./ten-crop.ts";
