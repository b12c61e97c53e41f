/** The layer that the last layer of weights is applied to, where classes are nearly apart. */
import type { LayerRow } from "../../../worker/api.ts";

export function lastHidden(layers: readonly LayerRow[]): LayerRow {
  const last = layers.findLastIndex(({ parameters }) => parameters > 0);
  return layers[Math.max(0, last - 1)];
}
