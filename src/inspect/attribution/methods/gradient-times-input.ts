/**
 * Gradient × input: the target's linear part, number by number,
 *
 *   m = (x − x′) · ∂t/∂x,    with a baseline x′.
 *
 * Source: Shrikumar, Greenside, Kundaje 2017. The sum is t(x) − t(x′) only for a linear network. Where it misleads: numbers at
 * the baseline contribute nothing, whatever they mean to the network: black strokes, with a black baseline.
 */
import { mapValues } from "../../../array/index.ts";
import { type Baseline, baselineOption, baselinesFor } from "../baseline.ts";
import { askingProbe, defineMethod } from "../method.ts";
import { timesDistance } from "./products.ts";

/** Options of the method `gradient-times-input`. */
export interface GradientTimesInputOptions {
  /** What stands for nothing: a number, `mean` of the model's normalization, or an array. Default `mean`. */
  readonly baseline?: Baseline | undefined;
}

export const gradientTimesInput = defineMethod({
  name: "gradient-times-input",
  options: { baseline: baselineOption },
  prepare: (subject, { baseline }) => {
    const ask = askingProbe(subject, { values: subject.places, gradients: subject.places });
    return async (inputs, given) => {
      const { gradients, values, target, index } = await ask(inputs, given);
      const baselines = baselinesFor(subject, values, baseline);
      const maps = mapValues(gradients, (gradient, path) => timesDistance(gradient, values[path], baselines[path]));
      return { maps, target, index };
    };
  },
});
