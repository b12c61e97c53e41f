export {
  type Attribute,
  type AttributeOptions,
  type Attribution,
  type AttributorOptions,
  attribute,
  type Chosen,
  createAttributor,
  type MethodOptions,
} from "./attribute.ts";
export type { Baseline } from "./baseline.ts";
export { type CurveOptions, type Curves, perturbationCurves } from "./curves.ts";
export type { Found } from "./method.ts";
export type { ClassMapOptions } from "./methods/grad-cam.ts";
export type { GradientTimesInputOptions } from "./methods/gradient-times-input.ts";
export type { IntegratedGradientsOptions } from "./methods/integrated-gradients.ts";
export type { LimeOptions } from "./methods/lime.ts";
export type { OcclusionOptions } from "./methods/occlusion.ts";
export type { RelevanceOptions } from "./methods/relevance.ts";
export type { ScoreCamOptions } from "./methods/score-cam.ts";
export type { SmoothGradOptions } from "./methods/smooth-grad.ts";
export { type AttributionMethod, attributionMethods, attributionSchemas } from "./methods.ts";
export type { QuadratureName } from "./quadrature.ts";
export { type RandomizationOptions, type RandomizedLayer, randomizationCheck } from "./randomization.ts";
export { attributionMap, showAttribution, strongestPoint } from "./show.ts";
