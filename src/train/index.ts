export type { EpochRecord } from "./checkpoint.ts";
export {
  createEvaluator,
  type EvaluateOptions,
  type Evaluation,
  type Evaluator,
  evaluateModel,
  predict,
} from "./evaluate.ts";
export { type FitOptions, type FitResult, fit, type RunStore, type TrainingEvent } from "./fit.ts";
export type { Loss } from "./programs.ts";
export { checkFree, createRunFolder, modelPath, openRunFolder, type RunConfig, type RunFolder } from "./run-folder.ts";
