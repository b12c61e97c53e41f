/**
 * Attributions: which numbers of a sample made the network say what it said. All methods have one signature; what each computes,
 * with its equation, its source and where it misleads, is in its file in `methods`.
 */

import type { NdArray } from "../../array/index.ts";
import { describeGiven, didYouMean, OptionError } from "../../array/index.ts";
import type { EngineChoice } from "../../engines/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { integer, readOptions, withDefault } from "../../options/index.ts";
import { type Arrays, arraysByName } from "../../train/index.ts";
import { classIndex, classTarget, type Target } from "../probe/index.ts";
import type { Found } from "./method.ts";
import type { ClassMapOptions } from "./methods/grad-cam.ts";
import type { GradientTimesInputOptions } from "./methods/gradient-times-input.ts";
import type { IntegratedGradientsOptions } from "./methods/integrated-gradients.ts";
import type { LimeOptions } from "./methods/lime.ts";
import type { OcclusionOptions } from "./methods/occlusion.ts";
import type { RelevanceOptions } from "./methods/relevance.ts";
import type { ScoreCamOptions } from "./methods/score-cam.ts";
import type { SmoothGradOptions } from "./methods/smooth-grad.ts";
import { type AttributionMethod, attributionMethods, methods } from "./methods.ts";
import { subjectOf } from "./subject.ts";

/** Options that all methods of attribution have. */
export interface AttributorOptions {
  /** The number that is divided among the values. Default `classTarget()`, the score of a class. */
  readonly target?: Target | undefined;
  /**
   * The values that it is divided among: inputs and layers by path. Default: each input, or where it has integers, the layer
   * that it goes into, such as an embedding.
   */
  readonly of?: readonly string[] | undefined;
  /** The most samples, or altered copies of samples, in one run of the network. Default 32. */
  readonly batch?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** A method with its options. */
export type MethodOptions =
  | {
      /** The name of the method. */
      readonly method: "gradient" | "guided-backpropagation" | "deconvnet";
    }
  | ({ readonly method: "gradient-times-input" } & GradientTimesInputOptions)
  | ({ readonly method: "smooth-grad" } & SmoothGradOptions)
  | ({ readonly method: "integrated-gradients" } & IntegratedGradientsOptions)
  | ({ readonly method: "grad-cam" | "grad-cam++" } & ClassMapOptions)
  | ({ readonly method: "score-cam" } & ScoreCamOptions)
  | ({ readonly method: "occlusion" } & OcclusionOptions)
  | ({ readonly method: "lrp" } & RelevanceOptions)
  | ({ readonly method: "lime" } & LimeOptions);

/** Which of the target's numbers is asked about: classes by number or name; units and others by number. */
export type Chosen = number | string | readonly (number | string)[];

/** What a method found out about a batch of n samples. */
export interface Attribution extends Found {
  /** The method's name. */
  readonly method: AttributionMethod;
}

/** Attributes the target of samples. @param chosen a class or unit for all samples or for each. Default: the largest of each */
export type Attribute = (inputs: NdArray | Arrays, chosen?: Chosen) => Promise<Attribution>;

/**
 * A function that attributes a network's answers by one method. What it needs is compiled when that is first used, so that it
 * is quick for further samples.
 * @example
 * const explain = createAttributor(model, { method: "grad-cam" });
 * const { maps, layer } = await explain(pictures, "cat"); // maps.input: f32 [n, 1, height, width]
 * @throws OptionError for unknown methods and options, and for networks without what the method needs
 */
export function createAttributor(model: Model, options: AttributorOptions & MethodOptions): Attribute {
  checkModel("createAttributor", model);
  const { method: name, target = classTarget(), of, batch, engine, ...rest } = options ?? {};
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined)
    throw new OptionError(
      `attribute: there is no method '${typeof name === "string" ? name : describeGiven(name)}'${didYouMean(String(name), attributionMethods)}`,
    );
  const read = readOptions(`attribute, ${name}`, method.options, rest);
  const common = readOptions("attribute", { batch: withDefault(integer(1), 32) }, { batch });
  const ask = method.prepare(subjectOf(model, { target, of, engine, ...common }), read);
  return async (inputs, chosen = -1) => {
    const given = arraysByName("attribute", model, inputs);
    return { method: name, ...(await ask(given, indexOf(model, chosen))) };
  };
}

/** Classes by name become numbers. @throws OptionError for an unknown class */
export function indexOf(model: Model, chosen: Chosen): number | readonly number[] {
  const one = (given: number | string): number =>
    typeof given === "string" ? classIndex("attribute", model, given) : given;
  return typeof chosen === "object" ? chosen.map(one) : one(chosen);
}

/** Options of `attribute`. */
export type AttributeOptions = AttributorOptions &
  MethodOptions & {
    /** A class by number or name, or a unit of another target, for all samples or for each. Default: the largest of each. */
    readonly index?: Chosen | undefined;
  };

/**
 * Divides the target of each sample among its values by a method: for a class of a picture, which pixels speak for it. For
 * several calls `createAttributor` compiles once.
 * @param inputs an array [n, …], or one for each input by name; bytes stand for value / 255
 * @returns `maps` by input or layer, in the shape of its value, or with one channel where the method knows positions only;
 *   `target` [n], and what else the method reports
 * @example
 * const { maps, gap } = await attribute(model, pictures, { method: "integrated-gradients", index: "cat", steps: 64 });
 * @throws OptionError for unknown methods, options, paths and classes, and for networks without what the method needs;
 *   ShapeError for inputs of another shape; NumericError if the target is not finite
 */
export function attribute(model: Model, inputs: NdArray | Arrays, options: AttributeOptions): Promise<Attribution> {
  const { index, ...rest } = options;
  return createAttributor(model, rest as AttributorOptions & MethodOptions)(inputs, index);
}
