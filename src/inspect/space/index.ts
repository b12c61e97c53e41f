export { type CkaMatrix, type CkaOptions, ckaMatrix, linearCka } from "./cka.ts";
export {
  type EngineOption,
  type FeatureOptions,
  lastHiddenLayer,
  layerFeatures,
  type SpatialFeatures,
  spatialKind,
} from "./features.ts";
export { type Metric, type NeighborOptions, type Neighbors, nearestNeighbors, neighborSchema } from "./neighbors.ts";
export { type Pca, type PcaOptions, pca, projectOn } from "./pca.ts";
export { type TsneMap, type TsneOptions, tsne, tsneSchema } from "./tsne.ts";
export { type UmapOptions, umap, umapSchema } from "./umap.ts";
