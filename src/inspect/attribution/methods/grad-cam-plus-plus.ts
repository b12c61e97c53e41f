/**
 * Grad-CAM++: positive derivatives g = ∂t/∂A only, each with a weight by which several places of one object count alike,
 *
 *   wₖ = Σᵢⱼ αₖ[i,j] · max(0, g),    α = g² / (2 g² + g³ Σₐᵦ Aₖ[a,b]),
 *
 * for the score exp(t), whose derivatives are gⁿ · exp(t); the common factor exp(t) is left out. Source: Chattopadhay et al.
 * 2018. Where it misleads: as Grad-CAM.
 */
import { sizeOf } from "../../../array/index.ts";
import { atPlaces, layerOption, mapsLayer, perMap, weightedMaps } from "../class-maps.ts";
import { askingProbe, defineMethod } from "../method.ts";

export const gradCamPlusPlus = defineMethod({
  name: "grad-cam++",
  options: { layer: layerOption },
  prepare: (subject, { layer: given }) => {
    const layer = mapsLayer("grad-cam++", subject, given);
    const ask = askingProbe(subject, { values: [layer], gradients: [layer] });
    return async (inputs, chosen) => {
      const { values, gradients, target, index } = await ask(inputs, chosen);
      const size = sizeOf(values[layer].shape.slice(2));
      const sums = perMap(values[layer], (a) => a);
      const weights = perMap(gradients[layer], (g, at) => {
        if (!(g > 0)) return 0;
        const share = 1 / (2 + g * sums[Math.floor(at / size)]);
        return Number.isFinite(share) ? share * g : 0;
      });
      const coarse = weightedMaps(values[layer], weights);
      return { maps: atPlaces("grad-cam++", subject, layer, coarse), target, index, layer, coarse };
    };
  },
});
