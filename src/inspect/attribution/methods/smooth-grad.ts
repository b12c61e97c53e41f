/**
 * SmoothGrad: the mean of gradients at noisy copies of the sample,
 *
 *   m = 1/n Σₖ ∂t/∂x (x + εₖ),    εₖ ~ N(0, σ²),    σ = noise · (max x − min x).
 *
 * Source: Smilkov et al. 2017. Each sample gets the same noise, so that its map does not depend on its neighbors in the batch.
 * Where it misleads: the picture is smoother, and not more true, than the gradient's.
 */
import { Random } from "../../../array/index.ts";
import { integer, real, withDefault } from "../../../options/index.ts";
import { rowData } from "../layout.ts";
import { askingProbe, defineMethod, indicesOf } from "../method.ts";
import { variantsOf } from "../variants.ts";
import { addScaled, zerosLike } from "./products.ts";

/** Options of the method `smooth-grad`. */
export interface SmoothGradOptions {
  /** The number of noisy copies. Default 25. */
  readonly samples?: number | undefined;
  /** The noise's deviation as a share of the range of the sample's values. Default 0.15. */
  readonly noise?: number | undefined;
  /** The seed of the noise. Default 0. */
  readonly seed?: number | undefined;
}

export const smoothGrad = defineMethod({
  name: "smooth-grad",
  options: {
    samples: withDefault(integer(1), 25),
    noise: withDefault(real(0), 0.15),
    seed: withDefault(integer(0), 0),
  },
  prepare: (subject, { samples: count, noise, seed }) => {
    const look = askingProbe(subject, { values: subject.places });
    const runVariants = variantsOf(subject, true);
    return async (inputs, given) => {
      const { values, ...asked } = await look(inputs, given);
      const maps = zerosLike(values);
      await runVariants(
        { inputs, index: indicesOf(asked), values },
        {
          count,
          write: (into, path, sample, copy) => {
            const own = rowData(values[path], sample);
            const deviations = new Float64Array(own.length);
            new Random(seed, `smooth-grad ${path}`, copy).fillNormal(deviations, 0, noise * rangeOf(own));
            for (let i = 0; i < into.length; i++) into[i] = own[i] + deviations[i];
          },
          read: (_, gradient, sample) => {
            for (const [path, map] of Object.entries(maps)) addScaled(rowData(map, sample), gradient(path), 1 / count);
          },
        },
      );
      return { maps, target: asked.target, index: asked.index };
    };
  },
});

function rangeOf(values: Float32Array): number {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
