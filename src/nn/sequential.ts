/** Layers one after the other. */
import { OptionError } from "../array/index.ts";
import { isRecord } from "../formats/json.ts";
import { kindOf } from "../graph/index.ts";
import { defineLayer, isLayer, isLayerName, type Layer, layers, type NamedLayer } from "./layer.ts";

export const sequentialLayer = defineLayer({
  type: "sequential",
  options: { layers: layers() },
  forward: ({ layers }, x, scope) => layers.reduce((y, { name, layer }) => scope.apply(name, layer, y), x),
});

/**
 * Layers one after the other. Given as arguments they are called 0, 1, 2, …; given as a record they keep their names:
 * parameters are then `features.0.weight` rather than `0.0.weight`.
 * @example sequential(conv2d(6, { kernel: 5 }), tanh(), flatten(), linear(10))
 * @example sequential({ features: sequential(…), classifier: linear(10) })
 */
export function sequential(...members: readonly Layer[] | [Readonly<Record<string, Layer>>]): Layer {
  const [first] = members;
  const record = members.length === 1 && isRecord(first) && !isLayer(first) ? first : undefined;
  const named =
    record === undefined ? members.map(number) : Object.entries(record).map(([name, layer]) => ({ name, layer }));
  for (const { name, layer } of named) {
    if (!isLayerName(name))
      throw new OptionError(`sequential: a layer's name must not be empty or contain a dot or slash, got '${name}'`);
    if (!isLayer(layer))
      throw new OptionError(`sequential: ${name} must be a layer, such as relu(), got ${kindOf(layer)}`);
  }
  return sequentialLayer({ layers: named as NamedLayer[] });
}

const number = (layer: unknown, i: number) => ({ name: String(i), layer });
