/**
 * Learning-rate schedules: what the base rate is multiplied by at each step of a run. Towards the end small steps let
 * the noise of mini-batches average out (Robbins and Monro 1951; the cosine: Loshchilov and Hutter 2017).
 */

export interface Schedule {
  /** Tells runs apart: a run is resumed with the schedule that it began with. */
  readonly name: string;
  /** The factor for step `step` (from 0 on) of `steps` in the whole run. */
  readonly factor: (step: number, steps: number) => number;
}

/** The same rate throughout. */
export const constant: Schedule = { name: "constant", factor: () => 1 };

/** In a straight line to 0 at the end of the run. */
export const linear: Schedule = { name: "linear", factor: (step, steps) => 1 - step / steps };

/** Along half a cosine to 0 at the end of the run. */
export const cosine: Schedule = {
  name: "cosine",
  factor: (step, steps) => (1 + Math.cos((Math.PI * step) / steps)) / 2,
};
