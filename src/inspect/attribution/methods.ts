/** All methods of attribution, by name: one file each in `methods`. */
import type { Schema } from "../../options/index.ts";
import type { Method } from "./method.ts";
import { gradCam } from "./methods/grad-cam.ts";
import { gradCamPlusPlus } from "./methods/grad-cam-plus-plus.ts";
import { gradientMethod } from "./methods/gradient.ts";
import { gradientTimesInput } from "./methods/gradient-times-input.ts";
import { integratedGradients } from "./methods/integrated-gradients.ts";
import { lime } from "./methods/lime.ts";
import { occlusion } from "./methods/occlusion.ts";
import { deconvnet, guidedBackpropagation } from "./methods/rectified.ts";
import { relevance } from "./methods/relevance.ts";
import { scoreCam } from "./methods/score-cam.ts";
import { smoothGrad } from "./methods/smooth-grad.ts";

const all = [
  gradientMethod,
  gradientTimesInput,
  smoothGrad,
  integratedGradients,
  guidedBackpropagation,
  deconvnet,
  gradCam,
  gradCamPlusPlus,
  scoreCam,
  occlusion,
  relevance,
  lime,
] as const;

/** The name of a method of attribution. */
export type AttributionMethod = (typeof all)[number]["name"];

/** The methods, with options as the caller's schema has read them. */
export const methods = Object.fromEntries(all.map((method) => [method.name, method])) as unknown as Readonly<
  Record<AttributionMethod, Method<AttributionMethod, Schema>>
>;

/** The names of all methods. */
export const attributionMethods = Object.keys(methods) as readonly AttributionMethod[];

/** What each method takes besides the options that all have, by method. */
export const attributionSchemas = Object.fromEntries(
  all.map(({ name, options }) => [name, options]),
) as unknown as Readonly<Record<AttributionMethod, Schema>>;
