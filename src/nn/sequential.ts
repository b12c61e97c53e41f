/** Layers one after the other. */
import { defineLayer, type Layer } from "./layer.ts";
import { layers, type Members, namedLayers } from "./members.ts";

export const sequentialLayer = defineLayer({
  type: "sequential",
  options: { layers: layers() },
  forward: ({ layers }, x, scope) => layers.reduce((y, { name, layer }) => scope.apply(name, layer, y), x),
});

/**
 * Layers one after the other: [n, …] to [n, …]. As arguments they are named 0, 1, 2, …; in a record they keep their names,
 * so parameters are `features.0.weight` rather than `0.0.weight`.
 * @example sequential(conv2d(6, { kernel: 5 }), tanh(), flatten(), linear(10))
 * @example sequential({ features: sequential(…), classifier: linear(10) })
 */
export const sequential = (...members: Members): Layer =>
  sequentialLayer({ layers: namedLayers("sequential", members) });
