export { type AffineOptions, affine, lecture } from "./affine.ts";
export { augmentBatch, augmentedShape, augmentedType, mixesLabels } from "./augment-batch.ts";
export { augmentations } from "./catalog.ts";
export { centerCropped } from "./center-cropped.ts";
export { type ColorJitterOptions, colorJitter, type GrayOptions, gray } from "./color.ts";
export {
  type CenterCropOptions,
  centerCrop,
  type RandomCropOptions,
  randomCrop,
} from "./crop.ts";
export { type CutoutOptions, cutout } from "./cutout.ts";
export { type ElasticOptions, elastic } from "./elastic.ts";
export { type FlipOptions, flip, quarterTurn } from "./flip.ts";
export { type CutMixOptions, cutMix, type MixupOptions, mixup } from "./mix.ts";
export { type NormalizeOptions, normalize } from "./normalize.ts";
export type { EdgeOptions } from "./ranges.ts";
export { type RandomResizedCropOptions, randomResizedCrop } from "./resized-crop.ts";
export type { Augmentation, AugmentationFactory, AugmentedBatch, Draw, StepType } from "./step.ts";
