/**
 * Division on plateau: the rate is multiplied by a factor when a figure of the validation data has not become better for
 * some epochs (CMU 11-785: "learning rate divided by 10 when validation accuracy plateaus"). Which rate holds follows
 * from the figures of the epochs so far, which a checkpoint keeps. Counting is PyTorch's `ReduceLROnPlateau`: a figure is
 * better when it passes the best one so far by a share `threshold` of it, and the factor comes in when more than
 * `patience` epochs in a row were not.
 */
import { integer, real, withDefault, word } from "../options/index.ts";
import { defineSchedule, type Figures, type ScheduleFactory } from "./schedules.ts";

/** Whether less is better. */
const falls: Readonly<Record<keyof Figures, boolean>> = {
  loss: true,
  accuracy: false,
  validationLoss: true,
  validationAccuracy: false,
};

const options = {
  figure: withDefault(
    word<keyof Figures>("loss", "accuracy", "validationLoss", "validationAccuracy"),
    "validationAccuracy",
  ),
  factor: withDefault(real(0, 1), 0.1),
  patience: withDefault(integer(0), 2),
  threshold: withDefault(real(0, 1), 1e-4),
};

/** Options of `plateau`. */
export interface PlateauOptions {
  /** Which figure: `validationAccuracy` (default), `validationLoss`, `accuracy` or `loss`. */
  readonly figure?: keyof Figures | undefined;
  /** What the rate is multiplied by. Default 0.1. */
  readonly factor?: number | undefined;
  /** How many epochs in a row without a better figure are put up with. Default 2. */
  readonly patience?: number | undefined;
  /** By which share of itself the best figure must be passed. Default 1e-4. */
  readonly threshold?: number | undefined;
}

/** Multiplied by a factor whenever a figure stays where it is. */
export const plateau: ScheduleFactory<PlateauOptions> = defineSchedule({
  name: "plateau",
  options,
  watches: ({ figure }) => figure,
  factor:
    ({ figure, factor, patience, threshold }) =>
    ({ history }) => {
      const isBetter = falls[figure]
        ? (value: number, best: number) => value < best * (1 - threshold)
        : (value: number, best: number) => value > best * (1 + threshold);
      let best: number | undefined;
      let [waited, divisions] = [0, 0];
      for (const { [figure]: value = Number.NaN } of history) {
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
