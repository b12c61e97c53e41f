/**
 * Auxiliary heads: what a network tells from its middle, whose losses are added to the network's own in training, so that
 * gradients reach early layers on a short way. Source: Szegedy et al. 2014, "Going deeper with convolutions", with two heads
 * of weight 0.3; Lee et al. 2015, "Deeply-Supervised Nets".
 */
import { OptionError } from "../array/index.ts";
import { real, withDefault } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";
import { layers, namedLayers } from "./members.ts";

/** The factory, for the catalog. */
export const auxiliaryLayer = defineLayer({
  type: "auxiliary",
  options: { layers: layers(), weight: withDefault(real(0), 0.3) },
  forward: ({ layers, weight }, x, scope) => {
    const output = layers.reduce((y, { name, layer }) => scope.apply(name, layer, y), x);
    scope.auxiliary(output, weight);
    return x;
  },
});

/** Options of `auxiliary`. */
export interface AuxiliaryOptions {
  /** The weight of the head's loss; that of the network's output is 1. Default 0.3. */
  readonly weight?: number | undefined;
}

/**
 * A head beside the main path: passes its input [n, …] on as it is, and gives what the network's output stands for, such as scores [n,
 * classes], from its named layers, one after the other. In `fit`, weight · loss of the head is added to the training loss;
 * programs that only predict do not compute it. Loops of your own get it by `onAuxiliary`. Parameters are named `path.fc.weight`.
 * @example
 * sequential({
 *   trunk,
 *   aux: auxiliary({ pool: globalAvgPool(), fc: linear(10) }, { weight: 0.3 }),
 *   top,
 * });
 */
export function auxiliary(head: Readonly<Record<string, Layer>>, options: AuxiliaryOptions = {}): Layer {
  const named = namedLayers("auxiliary", [head]);
  if (named.length === 0) throw new OptionError("auxiliary: needs at least one layer");
  return auxiliaryLayer({ layers: named, ...options });
}
