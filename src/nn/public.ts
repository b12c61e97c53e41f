/** Layers, networks, losses and models: `nn` of the main entry. */
export { lengthName } from "./../array/index.ts";
export {
  elu,
  type GluOptions,
  gelu,
  glu,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSoftmax,
  type MaxoutOptions,
  maxout,
  type PreluOptions,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
} from "./activations.ts";
export type { ApplyOptions, GivenValue, LayerEnds } from "./application.ts";
export { type AttentionOptions, type AttentionScore, attention } from "./attention.ts";
export { type AttentiveOptions, attentiveGru } from "./attentive.ts";
export { type AuxiliaryOptions, auxiliary } from "./auxiliary.ts";
export { type BatchNormOptions, batchNorm1d, batchNorm2d, batchNorm3d } from "./batch-norm.ts";
export { type BilinearOptions, bilinear } from "./bilinear.ts";
export { type BranchesOptions, branches, type Combination, concat, parallel, residual } from "./branches.ts";
export { type CarriedModel, type CarryOptions, carryStates } from "./carry.ts";
export { type CausalConvOptions, causalConv1d } from "./causal-conv.ts";
export { type ConvLayerOptions, conv1d, conv2d, conv3d } from "./conv.ts";
export { type ConvTransposeLayerOptions, convTranspose1d, convTranspose2d, convTranspose3d } from "./conv-transpose.ts";
export { channelDropout, dropout, stochasticDepth } from "./dropout.ts";
export { type EachStepOptions, eachStep } from "./each-step.ts";
export { type EmbeddingOptions, embedding, type TiedOptions, tied } from "./embedding.ts";
export { parametersToTrain } from "./freezing.ts";
export type { Initializer, InitializerName } from "./initializers.ts";
export { type InputSpec, type InputType, type ModelInput, sequence, type TokensOptions, tokens } from "./inputs.ts";
export {
  type AlongAxis,
  type DynamicKMaxPoolOptions,
  dynamicKMaxPool,
  type FoldOptions,
  fold,
  kMaxPool,
} from "./k-max-pool.ts";
export { defineLayer, type Layer, type LayerFactory, type LayerJson, type NamedLayer, type Scope } from "./layer.ts";
export { layerScale } from "./layer-scale.ts";
export { type LinearOptions, linear } from "./linear.ts";
export {
  type BinaryCrossEntropyOptions,
  type BinaryFocalOptions,
  binaryCrossEntropy,
  binaryFocal,
  type ClassOptions,
  type ClassWeights,
  type CrossEntropyOptions,
  type CtcOptions,
  crossEntropy,
  ctc,
  type DiceOptions,
  diceLoss,
  type FocalOptions,
  focal,
  giouLoss,
  type HeatMapFocalOptions,
  type HingeOptions,
  type HuberOptions,
  heatMapFocal,
  hinge,
  huber,
  iouLoss,
  type KlDivergenceOptions,
  klDivergence,
  type LossOptions,
  type MultiMarginOptions,
  meanAbsoluteError,
  meanSquaredError,
  multiMargin,
  negativeLogLikelihood,
  normalDivergence,
  type SmoothL1Options,
  smoothL1,
  type WeighedLoss,
  weightedSum,
} from "./losses/index.ts";
export { layers, type Members, named } from "./members.ts";
export { type BuildOptions, type LoadOptions, Model, type ModelDescription, type Normalization } from "./model.ts";
export { TensorSource } from "./model-file.ts";
export { network } from "./network.ts";
export { gaussianNoise, normalSample } from "./noise.ts";
export {
  groupNorm,
  instanceNorm,
  type LayerNormOptions,
  type LocalResponseNormOptions,
  layerNorm,
  layerNorm2d,
  localResponseNorm,
  type NormOptions,
} from "./norm.ts";
export { op } from "./op-layer.ts";
export { constant, type ParameterOptions, parameter } from "./parameter.ts";
export { Place } from "./place.ts";
export type { PlaceMethods } from "./place-methods.ts";
export { avgPool1d, avgPool2d, avgPool3d, type MaxPoolLayerOptions, maxPool1d, maxPool2d, maxPool3d } from "./pool.ts";
export { poolSteps } from "./pool-steps.ts";
export { type PositionsOptions, positions } from "./positions.ts";
export {
  gru,
  lstm,
  type RecurrentLayerOptions,
  type RecurrentParameterOptions,
  type RnnLayerOptions,
  recurrentParameters,
  rnn,
} from "./recurrent.ts";
export { remember } from "./remember.ts";
export {
  adaptiveAvgPool,
  adaptiveMaxPool,
  globalAvgPool,
  globalMaxPool,
  reflectPad,
  replicatePad,
  upsampleBilinear,
  upsampleNearest,
  zeroPad,
} from "./resize.ts";
export { type ScanStep, type StepsOptions, scan } from "./scan.ts";
export { sequential } from "./sequential.ts";
export { flatten, identity, rescale } from "./simple.ts";
export { softArgMax } from "./soft-arg-max.ts";
export { type SqueezeExcitationOptions, squeezeExcitation } from "./squeeze-excitation.ts";
export type { StepPooling, Steps, StepsRule } from "./steps.ts";
export type { RandomState } from "./store.ts";
export { tap } from "./tap.ts";
export { type ScanOptions, toConvolutional } from "./to-convolutional.ts";
export { mirrored, scaled, type TransformConvOptions, transformConv2d, turns } from "./transform-conv.ts";
export { maxUnpool1d, maxUnpool2d, maxUnpool3d } from "./unpool.ts";
