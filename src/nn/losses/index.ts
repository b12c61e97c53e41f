export {
  type ClassOptions,
  type ClassWeights,
  type CrossEntropyOptions,
  crossEntropy,
  negativeLogLikelihood,
} from "./classification.ts";
export { type CtcOptions, ctc } from "./ctc.ts";
export {
  type HuberOptions,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  type SmoothL1Options,
  smoothL1,
} from "./differences.ts";
export { type HingeOptions, hinge, type MultiMarginOptions, multiMargin } from "./margins.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  type KlDivergenceOptions,
  klDivergence,
} from "./probabilities.ts";
export type { LossOptions } from "./reduction.ts";
export { type WeighedLoss, weightedSum } from "./weighted-sum.ts";
