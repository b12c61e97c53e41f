export { type AnswerComparison, type ChangedAnswer, compareAnswers } from "./answers.ts";
export { type ActivationChange, type CompareOptions, type Comparison, compareModels } from "./compare.ts";
export { compareStructure, type LayerShape, type StructureChange } from "./structure.ts";
export { compareWeights, type WeightChange, type WeightComparison } from "./weights.ts";
