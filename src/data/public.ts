/** Data sets and their columns, augmentation, batches, and sets by name: `fovea/data`. */
export {
  type AlignClassesOptions,
  type AlignedSamples,
  type AlignOptions,
  alignClasses,
  type ClassMatch,
  type UnknownClasses,
} from "./align-classes.ts";
export {
  type AnnotatedColumns,
  type AnnotatedOptions,
  type AnnotatedSet,
  type AnnotationReport,
  boxSet,
  type CocoOptions,
  cocoSet,
  type MaskColors,
  type MaskFolderOptions,
  maskFolder,
  type PictureListOptions,
  type PictureReading,
  type PointTableOptions,
  pictureListSet,
  pointTableSet,
  readMaskColors,
  type TargetName,
  vocSet,
  type YoloOptions,
  yoloSet,
} from "./annotated/index.ts";
export {
  type AffineOptions,
  type Augmentation,
  type AugmentationFactory,
  type AugmentedBatch,
  affine,
  augmentations,
  augmentBatch,
  augmentedShape,
  augmentedType,
  type CenterCropOptions,
  type ColorJitterOptions,
  type CutMixOptions,
  type CutoutOptions,
  centerCrop,
  centerCropped,
  colorJitter,
  cutMix,
  cutout,
  type Draw,
  type EdgeOptions,
  type ElasticOptions,
  elastic,
  type FlipOptions,
  flip,
  type GrayOptions,
  gray,
  lecture,
  type MixupOptions,
  mixesLabels,
  mixup,
  type NormalizeOptions,
  normalize,
  quarterTurn,
  type RandomCropOptions,
  type RandomResizedCropOptions,
  randomCrop,
  randomResizedCrop,
  type StepType,
} from "./augment/index.ts";
export {
  checkDataset,
  epochOrder,
  firstSamples,
  type HeldOut,
  type HoldOutOptions,
  holdOut,
  inputShape,
  inTurns,
  type LoadedOf,
  loadSamples,
  sampleCount,
  subset,
  takePictures,
} from "./batches.ts";
export { balancedWeights, classCounts } from "./class-counts.ts";
export { type ClearCacheOptions, type ClearedCache, clearCache } from "./clear-cache.ts";
export { type BatchTypes, type BatchTypesOptions, batchLengths, batchTypes } from "./columns/batch-types.ts";
export { type BoxesOptions, boxes } from "./columns/boxes.ts";
export { columnKinds } from "./columns/catalog.ts";
export { classes, multiLabel } from "./columns/classes.ts";
export {
  type CarriedAs,
  type Checked,
  type Column,
  type ColumnDefinition,
  type ColumnFactory,
  type ColumnKind,
  type ColumnValues,
  defineColumn,
  isOfKind,
  type NotAugmented,
  none,
} from "./columns/column.ts";
export { type MaskOptions, mask } from "./columns/mask.ts";
export { type NumbersOptions, numbers } from "./columns/numbers.ts";
export { type BatchOrderOptions, batchOrder, paddingOf } from "./columns/order.ts";
export { type PictureOptions, picture } from "./columns/picture.ts";
export { faceNames } from "./columns/point-names.ts";
export { type PointPair, type PointsOptions, points } from "./columns/points.ts";
export { type Ragged, type RaggedOptions, type RaggedRow, ragged } from "./columns/ragged.ts";
export { showSample } from "./columns/show.ts";
export { type ClassColumn, classColumn, columnsOf, dataset, describeDataset, isDataTable } from "./columns/table.ts";
export { tokens } from "./columns/tokens.ts";
export { type WaveformOptions, waveform } from "./columns/waveform.ts";
export type {
  AnyDataset,
  Batch,
  Columns,
  Dataset,
  DataTable,
  PictureRows,
  Samples,
  StreamedDataset,
} from "./dataset.ts";
export { type BatchesOptions, batches } from "./loader/epoch-batches.ts";
export { Loader, type LoaderOptions } from "./loader/loader.ts";
export type { BatchOf, BatchPlan, PreparedBatch } from "./loader/loader-messages.ts";
export type { Part } from "./part-names.ts";
export type { FolderReport } from "./pictures/folder-report.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./pictures/image-folder.ts";
export type { PictureCacheOptions } from "./pictures/picture-cache.ts";
export type { EncodedPictures, RowsSource, StoredPictures } from "./pictures/picture-rows.ts";
export type { ScanOptions, SkippedFile } from "./pictures/picture-scan.ts";
export { type CropOptions, fiveCrop, tenCrop } from "./pictures/ten-crop.ts";
export { type NamedSet, type NamedSetOptions, namedSets } from "./sets/catalog.ts";
export { type Cifar10Options, cifar10 } from "./sets/cifar10.ts";
export { type DigitsDatasetOptions, digits } from "./sets/digits/dataset.ts";
export { type DigitsOptions, drawDigit, drawDigits } from "./sets/digits/index.ts";
export { type IdxFolder, idxFolder } from "./sets/idx-folder.ts";
export type { IdxOptions } from "./sets/idx-source.ts";
export { fashionMnist, kmnist, mnist } from "./sets/mnist.ts";
export {
  boxScenes,
  captionScenes,
  captionTokenizer,
  jointNames,
  maskScenes,
  objectScenes,
  poseScenes,
  type SceneParts,
  type ScenesOptions,
  type SeveralScenesOptions,
  shapeScenes,
} from "./sets/scenes/index.ts";
export { type AnsweredQuestion, type Candidate, parseTrecQa, readTrecQa } from "./sets/trec-qa.ts";
export type { LabeledOptions } from "./texts/labeled.ts";
export { readParallel } from "./texts/parallel.ts";
export { type RecordFormat, type RecordsOptions, readRecords, type TextRecords } from "./texts/records.ts";
export { SENTENCE_MARKS, type SentencePair, sentencePairs } from "./texts/sentence-pairs.ts";
export { linePieces, readLines, readText, type TextFileOptions, textChunks } from "./texts/text-file.ts";
export type { TextLengths, TextReport } from "./texts/text-report.ts";
export { type TextSet, type TextSetOptions, type TextTable, textSet } from "./texts/text-set.ts";
export {
  fittingStreams,
  type StreamSizes,
  type TextStreams,
  type TextStreamsOptions,
  textStreams,
} from "./texts/text-streams.ts";
