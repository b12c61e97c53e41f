export { WEIGHTS_FOLDER } from "./find-weights.ts";
export { type LoadedWeights, type LoadWeightsOptions, loadWeights } from "./load-weights.ts";
export { type DescribedArchitecture, type Pretrained, type PretrainedOptions, pretrained } from "./pretrained.ts";
export { type PublishedWeights, publishedWeights, weightsOf } from "./published.ts";
export type { Translation } from "./spellings.ts";
