export { smoothings } from "./catalog.ts";
export { type AddKOptions, addK, maximumLikelihood } from "./counts-alone.ts";
export { readNgrams, writeNgrams } from "./file.ts";
export { type KneserNeyOptions, kneserNey } from "./kneser-ney.ts";
export {
  type FollowingToken,
  modelOfTokens,
  NgramModel,
  type NgramOptions,
  type NgramSamplingOptions,
  type NgramScore,
  ngramModel,
} from "./model.ts";
export type { Smoothing } from "./smoothing.ts";
