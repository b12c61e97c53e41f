export { type CompiledModel, type CompileModelOptions, compileModel } from "./compile-model.ts";
export { createEvaluator, type EvaluateOptions, type Evaluation, type Evaluator, evaluateModel } from "./evaluate.ts";
export { arraysByName } from "./given-arrays.ts";
export { type AnswerOptions, answer, answersFrom, type PredictOptions, predict, sceneOfModel } from "./predict.ts";
export { type PredictionOptions, predictProbabilities } from "./predictions.ts";
export {
  alignMembers,
  type CropVoteOptions,
  cropVote,
  type EnsembleOptions,
  ensemble,
  type Predictor,
  singleView,
  type ViewOptions,
} from "./predictors.ts";
export { taskOf } from "./task-of.ts";
export { checkVoting, type Voting, vote, votings } from "./voting.ts";
