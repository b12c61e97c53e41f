/**
 * Layer scale: y = x · γ with a learned factor for each channel that begins near 0, so that a deep network of residual blocks
 * begins as the identity. Source: Touvron et al. 2021, "Going deeper with Image Transformers".
 */
import { ShapeError } from "../array/index.ts";
import { formatType, located } from "../graph/index.ts";
import { mul } from "../ops/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** The factory, for the catalog. */
export const layerScaleLayer = defineLayer({
  type: "layerScale",
  options: { initial: withDefault(real(), 1e-6) },
  forward: ({ initial }, x, scope) => {
    if (x.shape.length < 2)
      throw new ShapeError(`${located("layerScale")}: expects [n, channels, …], got ${formatType(x)}`);
    const shape = x.shape.slice(1).map((channels, axis) => (axis === 0 ? channels : 1));
    return mul(x, scope.parameter("", shape, { type: "constant", value: initial }));
  },
});

/**
 * Multiplies each channel of [n, channels, …spatial] by a learned factor, at first `initial`; default 1e−6. Its only
 * parameter, [channels, 1, …], has the layer's own path: `block.layer_scale`, as in torchvision.
 */
export const layerScale = (initial = 1e-6): Layer => layerScaleLayer({ initial });
