import { adam, adamW } from "./adam.ts";
import { adadelta, adagrad, rmsprop } from "./adaptive.ts";
import { lion } from "./lion.ts";
import { plateau } from "./plateau.ts";
import { constant, cosine, exponential, linear, multiStep, oneCycle, polynomial, step } from "./schedules.ts";
import { sgd } from "./sgd.ts";

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
export { globalNorm } from "./clipping.ts";
export { type ParameterGroup, type ParameterMatch, withoutDecay } from "./groups.ts";
export { type LionOptions, lion } from "./lion.ts";
export { type MinimizeOptions, minimize, type Optimizer, type OptimizerFactory } from "./optimizer.ts";
export type { DecayKind, SharedOptions } from "./options.ts";
export { type PlateauOptions, plateau } from "./plateau.ts";
export {
  constant,
  cosine,
  exponential,
  type Figures,
  isSchedule,
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

/** The optimisers by name, for commands and configurations. */
export const optimizers = { sgd, adam, adamW, rmsprop, adagrad, adadelta, lion } as const;

/** The learning-rate schedules by name. */
export const schedules = {
  constant,
  linear,
  cosine,
  polynomial,
  step,
  multiStep,
  exponential,
  oneCycle,
  plateau,
} as const;
