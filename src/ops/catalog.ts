/** Every op, file by file: the functions that users call, and the records, of which the registry is made. */
export {
  elu,
  type GeluOptions,
  gelu,
  glu,
  hardSigmoid,
  hardSwish,
  hardTanh,
  leakyRelu,
  maxout,
  prelu,
  type SoftplusOptions,
  selu,
  silu,
  softplus,
  softsign,
} from "./activations.ts";
export { adaptiveAvgPool, adaptiveMaxPool, globalAvgPool, globalMaxPool } from "./adaptive-pool.ts";
export { boxArea, boxIoU, generalizedBoxIoU } from "./boxes.ts";
export { broadcastOp, broadcastTo, type ReduceOptions, sum, sumOp } from "./broadcast.ts";
export { cast, castOp } from "./cast.ts";
export type { CellName } from "./cells.ts";
export { concat, concatOp } from "./concat.ts";
export { type ConvOptions, conv, convOp, filterGradientOp, inputGradientOp } from "./conv.ts";
export { type ConvTransposeOptions, convTranspose } from "./conv-transpose.ts";
export {
  abs,
  add,
  and,
  ceil,
  cos,
  div,
  elementwiseOps,
  equal,
  erf,
  exp,
  expm1,
  finite,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  not,
  notEqual,
  type Operand,
  or,
  pow,
  relu,
  round,
  select,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  tanh,
} from "./elementwise.ts";
export { type FilterTransform, transformFilters } from "./filter-transforms.ts";
export { gather, gatherOp, scatterAdd, scatterAddOp, take } from "./gather.ts";
export { gradient } from "./gradient.ts";
export { type HeatMapOptions, heatMaps, type SoftArgMaxOptions, softArgMax } from "./heat-maps.ts";
export { type DynamicK, dynamicK, dynamicKs, fold, kMaxPool } from "./k-max-pool.ts";
export { loopOp } from "./loop/loop.ts";
export { matmul, matmulOp } from "./matmul.ts";
export type { TensorMethods } from "./methods.ts";
export { nonMaxSuppression, type SuppressionLimits, type SuppressionOptions } from "./non-max-suppression.ts";
export { oneHot } from "./one-hot.ts";
export { type PadOptions, pad, padOp, slice, sliceOp } from "./pad.ts";
export { padReflect, padReplicate } from "./pad-edges.ts";
export {
  type AvgPoolOptions,
  avgPool,
  avgPoolOp,
  type MaxPoolOptions,
  maxGradientOp,
  maxPool,
  maxPoolOp,
  maxPoolWithPositions,
  meanGradientOp,
  type PoolOptions,
} from "./pool.ts";
export { type RandomAddress, uniform, uniformOp } from "./random.ts";
export { recurrenceOp } from "./recurrence.ts";
export { recurrenceGradientOp } from "./recurrence-gradient.ts";
export {
  gru,
  type LstmState,
  lstm,
  type RecurrentOptions,
  type RecurrentParameters,
  type RecurrentResult,
  type RecurrentState,
  type RnnOptions,
  rnn,
} from "./recurrent.ts";
export { argMax, max, mean, min, reductionOps } from "./reduce.ts";
export { flatten, reshape, reshapeOp } from "./reshape.ts";
export { logSoftmax, softmax, softmaxOps } from "./softmax.ts";
export { split, splitOp } from "./split.ts";
export { type Standardized, type StandardizeOptions, standardize, standardizeOp } from "./standardize.ts";
export { stopGradient, stopGradientOp } from "./stop-gradient.ts";
export { countedTopPositionsOp, topPositionsOp } from "./top-positions.ts";
export { transpose, transposeOp } from "./transpose.ts";
export { maxUnpool } from "./unpool.ts";
export { type BilinearOptions, type UpsampleOptions, upsampleBilinear, upsampleNearest } from "./upsample.ts";
export type { Padding, PaddingWord } from "./window.ts";
