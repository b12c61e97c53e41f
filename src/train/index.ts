export type { EpochRecord } from "./checkpoint.ts";
export { checkSameClasses } from "./checks.ts";
export type { LastBatch } from "./epoch-plan.ts";
export {
  alignMembers,
  answer,
  answersFrom,
  type CropVoteOptions,
  createEvaluator,
  cropVote,
  type EnsembleOptions,
  type EvaluateOptions,
  type Evaluation,
  type Evaluator,
  ensemble,
  evaluateModel,
  type PredictionOptions,
  type PredictOptions,
  type Predictor,
  predict,
  predictProbabilities,
  singleView,
  taskOf,
  type ViewOptions,
  type Voting,
  vote,
  votings,
} from "./evaluation/index.ts";
export { type FitOptions, type FitResult, fit, type RunStore, type TrainingEvent } from "./fit.ts";
export { type Loss, type LossChoice, type LossName, type TrainingWeights, weightsKind } from "./losses.ts";
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
  type EvaluationReport,
  type Mistake,
  meanAveragePrecision,
  meanIoU,
  meanReciprocalRank,
  negativeLogLikelihood,
  predictedClasses,
  type ReportOptions,
  reportOn,
  rocAuc,
  topKAccuracy,
  worstMistakes,
} from "./metrics/index.ts";
export type { NoticeKind, OnNotice } from "./notices.ts";
export {
  checkFree,
  createNextRunFolder,
  createRunFolder,
  modelPath,
  openRunFolder,
  type RunConfig,
  type RunFolder,
} from "./run-folder.ts";
export { fitSchema } from "./settings.ts";
export * from "./tasks/index.ts";
