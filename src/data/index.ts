export {
  type AlignedSamples,
  type AlignOptions,
  alignClasses,
  type ClassMatch,
  type UnknownClasses,
} from "./align-classes.ts";
export * from "./augment/index.ts";
export {
  checkDataset,
  epochOrder,
  firstSamples,
  type HeldOut,
  type HoldOutOptions,
  holdOut,
  inputShape,
  inTurns,
  loadSamples,
  sampleCount,
  subset,
  takePictures,
} from "./batches.ts";
export { type Cifar10Options, cifar10 } from "./cifar10.ts";
export { balancedWeights, classCounts } from "./class-counts.ts";
export { type ClearCacheOptions, type ClearedCache, clearCache } from "./clear-cache.ts";
export type { Dataset, PictureRows, Samples, StreamedDataset } from "./dataset.ts";
export { type DigitsDatasetOptions, digits } from "./digits/dataset.ts";
export { type DigitsOptions, drawDigit, drawDigits } from "./digits/index.ts";
export { type BatchesOptions, batches } from "./epoch-batches.ts";
export type { FolderReport } from "./folder-report.ts";
export { type IdxFolder, idxFolder } from "./idx-folder.ts";
export type { IdxOptions } from "./idx-source.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./image-folder.ts";
export { Loader, type LoaderOptions } from "./loader.ts";
export type { BatchPlan, PreparedBatch } from "./loader-messages.ts";
export { fashionMnist, kmnist, mnist } from "./mnist.ts";
export type { Part } from "./part-names.ts";
export type { PictureCacheOptions } from "./picture-cache.ts";
export type { EncodedPictures, RowsSource, StoredPictures } from "./picture-rows.ts";
export type { ScanOptions, SkippedFile } from "./picture-scan.ts";
export { type CropOptions, fiveCrop, tenCrop } from "./ten-crop.ts";
