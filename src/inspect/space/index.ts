export { type FeatureOptions, layerFeatures, type SpatialFeatures } from "./features.ts";
export { type Metric, type NeighborOptions, type Neighbors, nearestNeighbors } from "./neighbors.ts";
export { type Pca, type PcaOptions, pca, projectOn } from "./pca.ts";
export { type TsneMap, type TsneOptions, tsne } from "./tsne.ts";
export { type UmapOptions, umap } from "./umap.ts";
