export { type CaptioningTaskOptions, captioning } from "./captioning.ts";
export { defaultTask, isDefaultTask, taskFromJson, tasks } from "./catalog.ts";
export { type ClassificationDetails, type ClassificationOptions, classification } from "./classification.ts";
export { type DetectionDetails, type DetectionTaskOptions, detection, type FoundObject } from "./detection.ts";
export { type LocalizationOptions, localization } from "./localization.ts";
export {
  type MultiLabelClassificationOptions,
  multiLabelClassification,
} from "./multi-label-classification.ts";
export { type NextTokenOptions, nextToken } from "./next-token.ts";
export {
  type PointFigures,
  type PoseEstimationDetails,
  type PoseEstimationOptions,
  type PoseLoss,
  poseEstimation,
} from "./pose-estimation.ts";
export { type RankingOptions, ranking } from "./ranking.ts";
export { type ReconstructionOptions, reconstruction } from "./reconstruction.ts";
export { type DifferenceLoss, type RegressionOptions, regression } from "./regression.ts";
export {
  type SegmentationDetails,
  type SegmentationLoss,
  type SegmentationOptions,
  segmentation,
} from "./segmentation.ts";
export { type TaggingOptions, tagging } from "./tagging.ts";
export {
  type Answer,
  type Arrays,
  type Choice,
  defineTask,
  type Figures,
  isTask,
  type Output,
  type Scene,
  type SceneOf,
  type Target,
  type Task,
  type TaskDefinition,
  type TaskFactory,
  type Tensors,
  type Totals,
} from "./task.ts";
export { type TogetherOptions, together } from "./together.ts";
export { type TranslationTaskOptions, translation } from "./translation.ts";
export { viewOf } from "./view.ts";
export type { WritingTaskOptions } from "./writing.ts";
