/** Optimizers and schedules: `optim` of the main entry. */
export { type Accumulator, type AddOptions, createAccumulator } from "./accumulator.ts";
export { type AdamOptions, adam, adamW } from "./adam.ts";
export {
  type AdadeltaOptions,
  type AdagradOptions,
  adadelta,
  adagrad,
  type RmspropOptions,
  rmsprop,
} from "./adaptive.ts";
export { withAverages } from "./averages.ts";
export { type OptimizerName, optimizers, type ScheduleName, schedules } from "./by-name.ts";
export { globalNorm } from "./clipping.ts";
export { type ParameterGroup, type ParameterMatch, withoutDecay } from "./groups.ts";
export { type LionOptions, lion } from "./lion.ts";
export { type MinimizeOptions, minimize, type Optimizer, type OptimizerFactory, setLearningRate } from "./optimizer.ts";
export type { DecayKind, SharedOptions } from "./options.ts";
export { type PlateauOptions, plateau } from "./plateau.ts";
export {
  constant,
  cosine,
  type EpochFigures,
  exponential,
  type Figure,
  linear,
  type Moment,
  multiStep,
  oneCycle,
  polynomial,
  type Schedule,
  type ScheduleFactory,
  step,
  warmup,
} from "./schedules.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
