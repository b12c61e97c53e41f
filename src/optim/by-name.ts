/** Optimizers and schedules by name, and what takes one: a name stands for the one with default options. */

import { didYouMean, OptionError } from "../array/index.ts";
import { kindOf } from "../graph/index.ts";
import type { Kind } from "../options/index.ts";
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

/** What takes a thing or its name, which stands for what its factory makes without options. */
function madeOrNamed<T>(
  what: string,
  example: string,
  factories: Readonly<Record<string, unknown>>,
  isMade: (value: unknown) => value is T,
): Kind<T> {
  return {
    expects: `${what}, such as ${example}(), or the name of one`,
    read: (value) => {
      if (typeof value !== "string") return isMade(value) ? value : undefined;
      if (!Object.hasOwn(factories, value))
        throw new OptionError(
          `there is no ${what.split(" ")[1]} '${value}'${didYouMean(value, Object.keys(factories))}`,
        );
      return (factories[value] as () => T)();
    },
    hint: (value) => (kindOf(value) === "function" ? `; call it: ${example}()` : ""),
  };
}

/** What takes an optimizer, or the name of one. */
export const optimizerKind: Kind<Optimizer> = madeOrNamed("an optimizer", "adam", optimizers, isOptimizer);
/** What takes a schedule, or the name of one. */
export const scheduleKind: Kind<Schedule> = madeOrNamed("a schedule", "cosine", schedules, isSchedule);
