export { type Ascended, type Ascent, type AscentRun, createAscent } from "./ascent.ts";
export { type AscentOptions, ascentSchema } from "./ascent-options.ts";
export { type DeconvOptions, type DeconvProjection, deconvProjections, deconvSchema } from "./deconvnet.ts";
export { type DreamOptions, dream, dreamSchema } from "./dream.ts";
export { type FoundNgram, type NgramOptions, type NgramsOfUnit, ngramSchema, topNgrams } from "./ngrams.ts";
export { aroundGray, type Patch, patchCutter } from "./patches.ts";
export { type TopOfLayer, type TopOptions, type TopSample, topOf, topSamples, topSchema } from "./top.ts";
