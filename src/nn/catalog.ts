/** Every built-in layer type by name, from which saved models can be loaded. */

import { OptionError } from "../array/index.ts";
import { located } from "../graph/index.ts";
import { activationLayers } from "./activations.ts";
import { attentionLayers } from "./attention.ts";
import { attentiveLayers } from "./attentive.ts";
import { auxiliaryLayer } from "./auxiliary.ts";
import { batchNormLayers } from "./batch-norm.ts";
import { bilinearLayer } from "./bilinear.ts";
import { branchLayers } from "./branches.ts";
import { causalConvLayers } from "./causal-conv.ts";
import { convLayers } from "./conv.ts";
import { convTransposeLayers } from "./conv-transpose.ts";
import { dropoutLayers } from "./dropout.ts";
import { eachStepLayers } from "./each-step.ts";
import { embeddingLayers } from "./embedding.ts";
import { kMaxPoolLayers } from "./k-max-pool.ts";
import { type AnyLayerFactory, definitionOf, type Layer } from "./layer.ts";
import { layerScaleLayer } from "./layer-scale.ts";
import { linearLayer } from "./linear.ts";
import { networkLayer } from "./network.ts";
import { noiseLayers } from "./noise.ts";
import { normLayers } from "./norm.ts";
import { opLayer } from "./op-layer.ts";
import { parameterLayers } from "./parameter.ts";
import { poolLayers } from "./pool.ts";
import { poolStepsLayers } from "./pool-steps.ts";
import { positionsLayers } from "./positions.ts";
import { recurrentLayers } from "./recurrent.ts";
import { rememberLayers } from "./remember.ts";
import { resizeLayers } from "./resize.ts";
import { sequentialLayer } from "./sequential.ts";
import { simpleLayers } from "./simple.ts";
import { softArgMaxLayer } from "./soft-arg-max.ts";
import { transformConvLayers } from "./transform-conv.ts";
import { unpoolLayers } from "./unpool.ts";

const factories: readonly AnyLayerFactory[] = [
  ...activationLayers,
  ...attentionLayers,
  ...attentiveLayers,
  ...batchNormLayers,
  ...branchLayers,
  ...causalConvLayers,
  ...convLayers,
  ...convTransposeLayers,
  ...dropoutLayers,
  ...noiseLayers,
  ...eachStepLayers,
  ...embeddingLayers,
  ...normLayers,
  ...kMaxPoolLayers,
  ...parameterLayers,
  ...poolLayers,
  ...poolStepsLayers,
  ...positionsLayers,
  ...recurrentLayers,
  ...resizeLayers,
  ...simpleLayers,
  softArgMaxLayer,
  ...transformConvLayers,
  ...rememberLayers,
  ...unpoolLayers,
  auxiliaryLayer,
  bilinearLayer,
  layerScaleLayer,
  linearLayer,
  networkLayer,
  opLayer,
  sequentialLayer,
];

const builtIn = new Map(factories.map(({ definition }) => [definition.type, definition]));

/** @throws OptionError for a custom layer with the name of a built-in one, which loading would use instead */
export function checkLayerType(layer: Layer, path: string): void {
  const known = builtIn.get(layer.type);
  if (known === undefined || known === definitionOf(layer)) return;
  throw new OptionError(
    `${located(layer.type, path)}: '${layer.type}' is a layer of Fovea; give the type of your own layer another name`,
  );
}

/** Names of types in models saved before version 0.2. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  meanPool1d: "avgPool1d",
  meanPool2d: "avgPool2d",
  meanPool3d: "avgPool3d",
  adaptiveMeanPool: "adaptiveAvgPool",
  globalMeanPool: "globalAvgPool",
};

/** The catalog extended by further factories. */
export function layerCatalog(further: readonly AnyLayerFactory[] = []): ReadonlyMap<string, AnyLayerFactory> {
  const current = new Map(factories.map((factory) => [factory.definition.type, factory]));
  const former = Object.entries(FORMER_NAMES).map(([was, is]) => [was, current.get(is)!] as const);
  return new Map([...former, ...current, ...further.map((factory) => [factory.definition.type, factory] as const)]);
}
