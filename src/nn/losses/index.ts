export { giouLoss, iouLoss } from "./boxes.ts";
export {
  type ClassOptions,
  type ClassWeights,
  type CrossEntropyOptions,
  crossEntropy,
  negativeLogLikelihood,
} from "./classification.ts";
export { type CtcOptions, ctc } from "./ctc.ts";
export { type DiceOptions, diceLoss } from "./dice.ts";
export {
  type HuberOptions,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  type SmoothL1Options,
  smoothL1,
} from "./differences.ts";
export {
  type BinaryFocalOptions,
  binaryFocal,
  type FocalOptions,
  focal,
  type HeatMapFocalOptions,
  heatMapFocal,
} from "./focal.ts";
export { type HingeOptions, hinge, type MultiMarginOptions, multiMargin } from "./margins.ts";
export { normalDivergence } from "./normal.ts";
export {
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  type KlDivergenceOptions,
  klDivergence,
} from "./probabilities.ts";
export type { LossOptions } from "./reduction.ts";
export { type WeighedLoss, weightedSum } from "./weighted-sum.ts";
