/** Every built-in layer type by name: what a saved model can be made of without further ado. */
import { activationLayers } from "./activations.ts";
import { batchNormLayers } from "./batch-norm.ts";
import { branchLayers } from "./branches.ts";
import { convLayers } from "./conv.ts";
import { convTransposeLayers } from "./conv-transpose.ts";
import { dropoutLayers } from "./dropout.ts";
import { embeddingLayers } from "./embedding.ts";
import { kMaxPoolLayers } from "./k-max-pool.ts";
import type { AnyLayerFactory } from "./layer.ts";
import { linearLayer } from "./linear.ts";
import { normLayers } from "./norm.ts";
import { poolLayers } from "./pool.ts";
import { recurrentLayers } from "./recurrent.ts";
import { resizeLayers } from "./resize.ts";
import { sequentialLayer } from "./sequential.ts";
import { simpleLayers } from "./simple.ts";
import { transformConvLayers } from "./transform-conv.ts";
import { unpoolLayers } from "./unpool.ts";

const factories: readonly AnyLayerFactory[] = [
  ...activationLayers,
  ...batchNormLayers,
  ...branchLayers,
  ...convLayers,
  ...convTransposeLayers,
  ...dropoutLayers,
  ...embeddingLayers,
  ...normLayers,
  ...kMaxPoolLayers,
  ...poolLayers,
  ...recurrentLayers,
  ...resizeLayers,
  ...simpleLayers,
  ...transformConvLayers,
  ...unpoolLayers,
  linearLayer,
  sequentialLayer,
];

/** The catalogue with further factories on top. */
export const layerCatalogue = (further: readonly AnyLayerFactory[] = []): ReadonlyMap<string, AnyLayerFactory> =>
  new Map([...factories, ...further].map((factory) => [factory.definition.type, factory]));
