export type { EpochRecord } from "./checkpoint.ts";
export type { LastBatch } from "./epoch-plan.ts";
export {
  createEvaluator,
  type EvaluateOptions,
  type Evaluation,
  type Evaluator,
  evaluateModel,
  predict,
} from "./evaluate.ts";
export { type FitOptions, type FitResult, fit, type RunStore, type TrainingEvent } from "./fit.ts";
export type { Loss, LossChoice, LossName, TrainingWeights } from "./losses.ts";
export {
  boxIoU,
  brierScore,
  type Calibration,
  type CalibrationBin,
  type CalibrationOptions,
  type ClassificationMetrics,
  type ClassMetrics,
  type ClassShares,
  type ConfusedPair,
  type ConfusionOptions,
  calibration,
  classIoU,
  classMetrics,
  confusedPairs,
  confusionMatrix,
  type Mistake,
  meanIoU,
  negativeLogLikelihood,
  predictedClasses,
  topKAccuracy,
  worstMistakes,
} from "./metrics/index.ts";
export type { NoticeKind, OnNotice } from "./notices.ts";
export { type PredictionOptions, predictProbabilities } from "./predictions.ts";
export {
  type CropVoteOptions,
  cropVote,
  type EnsembleOptions,
  ensemble,
  type Predictor,
  singleView,
  type ViewOptions,
} from "./predictors.ts";
export {
  type EvaluateReportOptions,
  type EvaluationReport,
  evaluateReport,
  type ReportOptions,
  reportOn,
} from "./report.ts";
export { checkFree, createRunFolder, modelPath, openRunFolder, type RunConfig, type RunFolder } from "./run-folder.ts";
export { type Voting, vote, votings } from "./voting.ts";
