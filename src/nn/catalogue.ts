/** Every built-in layer type by name: what a saved model can be made of without further ado. */
import { convLayers } from "./conv.ts";
import type { AnyLayerFactory } from "./layer.ts";
import { linearLayer } from "./linear.ts";
import { poolLayers } from "./pool.ts";
import { sequentialLayer } from "./sequential.ts";
import { simpleLayers } from "./simple.ts";

const factories: readonly AnyLayerFactory[] = [
  ...convLayers,
  ...poolLayers,
  ...simpleLayers,
  linearLayer,
  sequentialLayer,
];

/** The catalogue with further factories on top. */
export const layerCatalogue = (further: readonly AnyLayerFactory[] = []): ReadonlyMap<string, AnyLayerFactory> =>
  new Map([...factories, ...further].map((factory) => [factory.definition.type, factory]));
