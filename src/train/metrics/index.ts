export { type Bleu, bleu, describeBleu } from "./bleu.ts";
export { type BoundaryMetrics, type BoundaryOptions, boundaryF1 } from "./boundary-f1.ts";
export { type Calibration, type CalibrationBin, type CalibrationOptions, calibration } from "./calibration.ts";
export { type CaptionMetrics, captionMetrics, describeCaptions } from "./captions.ts";
export { type Cider, cider } from "./cider.ts";
export {
  type ClassificationMetrics,
  type ClassMetrics,
  type ClassShares,
  classMetrics,
  total,
} from "./class-metrics.ts";
export { type ConfusedPair, type ConfusionOptions, confusedPairs, confusionMatrix } from "./confusion.ts";
export {
  type DetectionMetrics,
  type DetectionOptions,
  type DetectionPicture,
  type DetectionShares,
  detectionMetrics,
  type FoundBoxes,
  type TrueBoxes,
} from "./detection.ts";
export { type KeyPointMetrics, type KeyPointOptions, keyPointMetrics, type ReferenceLength } from "./key-points.ts";
export { type Mistake, worstMistakes } from "./mistakes.ts";
export { boxesOf, boxIoU, classIoU, meanIoU, overlapOf, pairwiseBoxIoU, pixelAccuracy } from "./overlap.ts";
export { brierScore, negativeLogLikelihood } from "./proper-scores.ts";
export {
  type CountedGroups,
  type GroupOptions,
  meanAveragePrecision,
  meanReciprocalRank,
  rocAuc,
} from "./ranking.ts";
export { type EvaluationReport, type ReportOptions, reportKind, reportOn } from "./report.ts";
export { predictedClasses, topKAccuracy } from "./top-k.ts";
