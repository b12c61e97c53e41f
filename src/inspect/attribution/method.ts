/** What a method of attribution is: a name, options, and a function that is made once for a network and answers for samples. */
import { type NdArray, NumericError } from "../../array/index.ts";
import type { GivenOf, Schema, ValuesOf } from "../../options/index.ts";
import type { Arrays } from "../../train/index.ts";
import { createProbe, type Probed, type ProbeOptions } from "../probe/index.ts";
import type { Subject } from "./subject.ts";

/** What a method found out about a batch of n samples. */
export interface Found {
  /** What each number contributes, by place, in the shape of the values; with one channel where a method knows positions only. */
  readonly maps: Arrays;
  /** The target of each sample, `f32` [n]. */
  readonly target: NdArray;
  /** The class or unit that the target of each sample is of, `i32` [n]; absent if it has no choice. */
  readonly index?: NdArray | undefined;
  /**
   * Of `integrated-gradients` and `lrp`, `f32` [n]: the sum of all maps minus what they should add up to (`expected`), the
   * completeness gap.
   */
  readonly gap?: NdArray | undefined;
  /** What the maps should add up to, `f32` [n]: the target minus the baseline's, or the target itself for `lrp`. */
  readonly expected?: NdArray | undefined;
  /** Of methods with class activation maps: the layer whose maps were weighted. */
  readonly layer?: string | undefined;
  /** Of these: the map at the layer's own size, `f32` [n, …spatial]. */
  readonly coarse?: NdArray | undefined;
  /** Of `lime`: the segment of each position by place, `i32` [n, …spatial]. */
  readonly segments?: Arrays | undefined;
  /** Of `lime`: the share of the target's variance that the linear model explains, `f32` [n]. */
  readonly fit?: NdArray | undefined;
}

/** Answers for samples. @param index a class or unit for all samples or for each; −1 for the largest */
export type Attributor<F = Found> = (inputs: Arrays, index: number | readonly number[]) => Promise<F>;

/** A method of attribution. */
export interface Method<N extends string = string, S extends Schema = Schema> {
  readonly name: N;
  /** Its options besides those that all methods have. */
  readonly options: S;
  /** Compiles what it needs when that is first used. @throws OptionError for networks without what the method needs */
  readonly prepare: (subject: Subject, options: ValuesOf<S>) => Attributor;
}

/** A method whose options are not known to the compiler. */
export type AnyMethod = Method<string, never> & { readonly options: Schema };

/** A method, with the types of its options. */
export const defineMethod = <N extends string, S extends Schema>(method: Method<N, S>): Method<N, S> => method;

/** The options that callers of a method may give. */
export type OptionsOf<M> = M extends Method<string, infer S> ? GivenOf<S> : never;

/** A probe of the subject that always has a target. @throws NumericError for a target that is not finite */
export function askingProbe(
  { model, target, engine }: Subject,
  options: Pick<ProbeOptions, "values" | "gradients" | "rules">,
): Attributor<Probed & { readonly target: NdArray }> {
  const probe = createProbe(model, { target, engine, ...options });
  return async (inputs, index) => {
    const found = await probe(inputs, index);
    return { ...found, target: checkFinite(found.target!) };
  };
}

function checkFinite(target: NdArray): NdArray {
  const sample = target.data.findIndex((value) => !Number.isFinite(value));
  if (sample < 0) return target;
  throw new NumericError(
    `attribute: the target of sample ${sample} is ${target.data[sample]}, expected a finite number; look at the layers' values for the first that is not`,
  );
}

/** The index of each sample as a probe takes it. */
export const indicesOf = ({ index, target }: Pick<Found, "index" | "target">): readonly number[] =>
  index === undefined ? new Array<number>(target.size).fill(-1) : [...index.data];
