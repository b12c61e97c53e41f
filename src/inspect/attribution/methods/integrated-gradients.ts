/**
 * Integrated gradients: the gradient along the straight way from a baseline x′ to the sample,
 *
 *   m = (x − x′) · ∫₀¹ ∂t/∂x (x′ + α (x − x′)) dα  ≈  (x − x′) · Σₖ wₖ ∂t/∂x (x′ + αₖ (x − x′)),
 *
 * with Σ m = t(x) − t(x′), "completeness". The gap that the sum over k leaves is reported. Source: Sundararajan, Taly, Yan 2017,
 * "Axiomatic attribution for deep networks". Where it misleads: what equals the baseline contributes nothing.
 */
import { mapValues, NdArray } from "../../../array/index.ts";
import { integer, withDefault, word } from "../../../options/index.ts";
import { type Baseline, baselineOption, baselinesFor } from "../baseline.ts";
import { rowData } from "../layout.ts";
import { askingProbe, defineMethod, indicesOf } from "../method.ts";
import { type QuadratureName, quadratures } from "../quadrature.ts";
import { variantsOf } from "../variants.ts";
import { addScaled, completenessGap, timesDistance, zerosLike } from "./products.ts";

/** Options of the method `integrated-gradients`. */
export interface IntegratedGradientsOptions {
  /** What stands for nothing: a number, `mean` of the model's normalization, or an array. Default `mean`. */
  readonly baseline?: Baseline | undefined;
  /** The number of points on the way. Default 32. */
  readonly steps?: number | undefined;
  /** The points and weights: `gauss-legendre`, exact for polynomials up to 2 · steps − 1, or `midpoint`. Default the former. */
  readonly rule?: QuadratureName | undefined;
}

export const integratedGradients = defineMethod({
  name: "integrated-gradients",
  options: {
    baseline: baselineOption,
    steps: withDefault(integer(1), 32),
    rule: withDefault(word("gauss-legendre", "midpoint"), "gauss-legendre"),
  },
  prepare: (subject, { baseline, steps, rule }) => {
    const look = askingProbe(subject, { values: subject.places });
    const targetAt = variantsOf(subject, false);
    const gradientsAt = variantsOf(subject, true);
    const { points, weights } = quadratures[rule](steps);
    return async (inputs, given) => {
      const { values, ...asked } = await look(inputs, given);
      const unaltered = { inputs, index: indicesOf(asked), values };
      const baselines = baselinesFor(subject, values, baseline);
      const slopes = zerosLike(values);
      const expected = Float32Array.from(asked.target.data);
      await targetAt(unaltered, {
        count: 1,
        write: (into, path, sample) => into.set(rowData(baselines[path], sample)),
        read: (target, _, sample) => {
          expected[sample] -= target;
        },
      });
      await gradientsAt(unaltered, {
        count: steps,
        write: (into, path, sample, k) => {
          const [from, to] = [baselines, values].map(({ [path]: array }) => rowData(array, sample));
          for (let i = 0; i < into.length; i++) into[i] = from[i] + points[k] * (to[i] - from[i]);
        },
        read: (_, gradient, sample, k) => {
          for (const [path, slope] of Object.entries(slopes))
            addScaled(rowData(slope, sample), gradient(path), weights[k]);
        },
      });
      const maps = mapValues(slopes, (slope, path) => timesDistance(slope, values[path], baselines[path]));
      const difference = new NdArray(expected, [expected.length], "f32");
      const gap = completenessGap(maps, difference);
      return { maps, target: asked.target, index: asked.index, expected: difference, gap };
    };
  },
});
