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
export { balancedWeights, classCounts } from "./class-counts.ts";
export type { Dataset, PictureRows, Samples, StreamedDataset } from "./dataset.ts";
export { type ClearCacheOptions, type ClearedCache, clearCache } from "./fetch/clear-cache.ts";
export { type BatchesOptions, batches } from "./loader/epoch-batches.ts";
export { Loader, type LoaderOptions } from "./loader/loader.ts";
export type { BatchPlan, PreparedBatch } from "./loader/loader-messages.ts";
export type { Part } from "./part-names.ts";
export type { FolderReport } from "./pictures/folder-report.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./pictures/image-folder.ts";
export type { PictureCacheOptions } from "./pictures/picture-cache.ts";
export type { EncodedPictures, RowsSource, StoredPictures } from "./pictures/picture-rows.ts";
export type { ScanOptions, SkippedFile } from "./pictures/picture-scan.ts";
export { type CropOptions, fiveCrop, tenCrop } from "./pictures/ten-crop.ts";
export { type Cifar10Options, cifar10 } from "./sets/cifar10.ts";
export { type DigitsDatasetOptions, digits } from "./sets/digits/dataset.ts";
export { type DigitsOptions, drawDigit, drawDigits } from "./sets/digits/index.ts";
export { type IdxFolder, idxFolder } from "./sets/idx-folder.ts";
export type { IdxOptions } from "./sets/idx-source.ts";
export { fashionMnist, kmnist, mnist } from "./sets/mnist.ts";
