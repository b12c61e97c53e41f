/**
 * What `fit` asks about its network in some of its steps. Statistics look and change nothing: with them or without, a run ends
 * with the same bits. `trainingStatistics` of `fovea/inspect` makes them.
 */
import type { EngineChoice } from "../engines/index.ts";
import type { Kind } from "../options/index.ts";
import type { Arrays } from "./tasks/index.ts";
import type { Wiring } from "./wiring.ts";

/** Statistics that `fit` takes of its network. */
export interface StepStatistics {
  /** Every how many steps they are taken, counted over the run. Default: in the last step of each epoch. */
  readonly every?: number | undefined;
  /**
   * Called once, before the first step. What it gives is called with the batch of each step that is measured, before the step;
   * what that gives, after the step, for what was found: plain data.
   */
  readonly attach: (run: MeasuredRun) => (batch: Arrays) => Promise<() => Promise<object>>;
}

/** A run as statistics see it. */
export interface MeasuredRun {
  /** Network, task and columns. */
  readonly wiring: Wiring;
  /** The engine of the run. */
  readonly engine?: EngineChoice | undefined;
}

/** What was found in a step. */
export interface StatisticsRecord {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The step in the epoch, from 1. */
  readonly step: number;
  /** What the statistics gave. */
  readonly statistics: object;
}

/** The kind of the option `statistics`. */
export const stepStatisticsKind: Kind<StepStatistics> = {
  expects: "statistics, such as trainingStatistics()",
  read: (value) => {
    const { attach, every = 1 } = Object(value) as Partial<StepStatistics>;
    return typeof attach === "function" && Number.isInteger(every) && every >= 1
      ? (value as StepStatistics)
      : undefined;
  },
  hint: (value) => (typeof value === "function" ? "; call it: trainingStatistics()" : ""),
};

/** A step's place in the run, both from 1. */
type Place = Pick<StatisticsRecord, "epoch" | "step">;

/** Called before a step; gives what is to be called after it, if the step is measured. */
export type MeasureStep = (place: Place, batch: Arrays) => Promise<(() => Promise<StatisticsRecord>) | undefined>;

/** @param steps steps of an epoch */
export function measureSteps({ every, attach }: StepStatistics, run: MeasuredRun, steps: number): MeasureStep {
  const measure = attach(run);
  return async (place, batch) => {
    if (((place.epoch - 1) * steps + place.step) % (every ?? steps) !== 0) return undefined;
    const finish = await measure(batch);
    return async () => ({ ...place, statistics: await finish() });
  };
}
