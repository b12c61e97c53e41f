/**
 * Grad-CAM: maps weighted by the mean of the target's derivative over them,
 *
 *   wₖ = 1/Z Σᵢⱼ ∂t/∂Aₖ[i,j],    L = max(0, Σₖ wₖ Aₖ).
 *
 * Source: Selvaraju et al. 2017. Where it misleads: it is as coarse as the layer's maps, is positive only, and takes maps for
 * pictures of the input, though each of their positions sees much more.
 */
import { sizeOf } from "../../../array/index.ts";
import { atPlaces, layerOption, mapsLayer, perMap, weightedMaps } from "../class-maps.ts";
import { askingProbe, defineMethod } from "../method.ts";

/** Options of the methods `grad-cam`, `grad-cam++` and `score-cam`. */
export interface ClassMapOptions {
  /** The layer whose maps are weighted. Default: the last that has maps of more than one position. */
  readonly layer?: string | undefined;
}

export const gradCam = defineMethod({
  name: "grad-cam",
  options: { layer: layerOption },
  prepare: (subject, { layer: given }) => {
    const layer = mapsLayer("grad-cam", subject, given);
    const ask = askingProbe(subject, { values: [layer], gradients: [layer] });
    return async (inputs, chosen) => {
      const { values, gradients, target, index } = await ask(inputs, chosen);
      const positions = sizeOf(values[layer].shape.slice(2));
      const weights = perMap(gradients[layer], (slope) => slope / positions);
      const coarse = weightedMaps(values[layer], weights);
      return { maps: atPlaces("grad-cam", subject, layer, coarse), target, index, layer, coarse };
    };
  },
});
