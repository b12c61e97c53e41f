/** Optimizers and schedules by name; a name stands for the one with default options. */
import { createCatalog, type Kind, madeOrNamed } from "../options/index.ts";
import { adam, adamW } from "./adam.ts";
import { adadelta, adagrad, rmsprop } from "./adaptive.ts";
import { lion } from "./lion.ts";
import { isOptimizer, type Optimizer } from "./optimizer.ts";
import { plateau } from "./plateau.ts";
import {
  constant,
  cosine,
  exponential,
  isSchedule,
  linear,
  multiStep,
  oneCycle,
  polynomial,
  type Schedule,
  step,
} from "./schedules.ts";
import { sgd } from "./sgd.ts";

/** The optimizers by name, for commands and configurations. */
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

/** The name of an optimizer, such as `adam`. */
export type OptimizerName = keyof typeof optimizers;
/** The name of a schedule, such as `oneCycle`. */
export type ScheduleName = keyof typeof schedules;

/** Accepts an optimizer, or the name of one. */
export const optimizerKind: Kind<Optimizer> = madeOrNamed(createCatalog("optimizer", optimizers), "adam", isOptimizer);
/** Accepts a schedule, or the name of one. */
export const scheduleKind: Kind<Schedule> = madeOrNamed(createCatalog("schedule", schedules), "cosine", isSchedule);
