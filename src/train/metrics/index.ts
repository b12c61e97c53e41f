export { type Bleu, bleu, describeBleu } from "./bleu.ts";
export { type Calibration, type CalibrationBin, type CalibrationOptions, calibration } from "./calibration.ts";
export {
  type ClassificationMetrics,
  type ClassMetrics,
  type ClassShares,
  classMetrics,
  total,
} from "./class-metrics.ts";
export { type ConfusedPair, type ConfusionOptions, confusedPairs, confusionMatrix } from "./confusion.ts";
export { type Mistake, worstMistakes } from "./mistakes.ts";
export { type Box, boxesOf, boxIoU, classIoU, meanIoU, overlapOf, pairwiseBoxIoU } from "./overlap.ts";
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
