/**
 * Division on plateau: the rate is multiplied by a factor when a validation figure has not improved for some epochs (CMU
 * 11-785: "learning rate divided by 10 when validation accuracy plateaus"). The rate follows from the figures of past
 * epochs, which a checkpoint keeps. Counting is PyTorch's `ReduceLROnPlateau`: a figure is better when it passes the best
 * one so far by a share `threshold` of it, and the factor applies after more than `patience` epochs in a row without
 * improvement.
 */
import { integer, optional, real, text, withDefault, word } from "../options/index.ts";
import { defineSchedule, type ScheduleFactory } from "./schedules.ts";

const options = {
  figure: optional(text()),
  on: withDefault(word("validation", "training"), "validation" as const),
  factor: withDefault(real(0, 1), 0.1),
  patience: withDefault(integer(0), 2),
  threshold: withDefault(real(0, 1), 1e-4),
};

/** Options of `plateau`. */
export interface PlateauOptions {
  /** The name of the figure, such as `loss`. Default: the one that decides which epoch is best, such as `accuracy`. */
  readonly figure?: string | undefined;
  /** The data it is measured on. Default `validation`. */
  readonly on?: "validation" | "training" | undefined;
  /** The factor of the rate. Default 0.1. */
  readonly factor?: number | undefined;
  /** The number of epochs without improvement to tolerate. Default 2. */
  readonly patience?: number | undefined;
  /** The relative improvement required. Default 1e-4. */
  readonly threshold?: number | undefined;
}

/** Multiplies the rate by a factor whenever a figure stops improving. */
export const plateau: ScheduleFactory<PlateauOptions> = defineSchedule({
  name: "plateau",
  options,
  watches: ({ figure, on }) => ({ name: figure, on }),
  factor:
    ({ figure, on, factor, patience, threshold }) =>
    ({ history, best: main = "loss", lowerIsBetter = ["loss"] }) => {
      const name = figure ?? main;
      const isBetter = lowerIsBetter.includes(name)
        ? (value: number, best: number) => value < best * (1 - threshold)
        : (value: number, best: number) => value > best * (1 + threshold);
      let best: number | undefined;
      let [waited, divisions] = [0, 0];
      for (const { [on]: figures } of history) {
        const value = figures?.[name] ?? Number.NaN;
        const better = !Number.isNaN(value) && (best === undefined || isBetter(value, best));
        if (better) best = value;
        waited = better ? 0 : waited + 1;
        if (waited <= patience) continue;
        divisions++;
        waited = 0;
      }
      return factor ** divisions;
    },
});
