export { type Ascended, type Ascent, type AscentRun, createAscent } from "./ascent.ts";
export { type AscentOptions, ascentSchema } from "./ascent-options.ts";
export { type TopOfLayer, type TopOptions, type TopSample, topOf, topSamples, topSchema } from "./top.ts";
