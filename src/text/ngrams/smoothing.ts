/**
 * Rules that make probabilities of counts: a type and options, plain data, and an estimator for a tree of counts. c(h w) is the
 * count of token w after the context h, c(h) the sum over all w; V is the number of tokens that may follow.
 */
import { defineFactory, type Factory, type Schema, type ValuesOf } from "../../options/index.ts";
import type { Counted } from "./count.ts";
import type { NgramTrie } from "./trie.ts";

/** Probabilities of the tokens that may follow. */
export interface Distribution {
  /** The numbers of tokens, ascending. */
  readonly tokens: Int32Array;
  /** Their probabilities. */
  readonly probabilities: Float64Array;
}

/** Gives probabilities. Contexts are the tokens from `begin` up to `end`, at most order − 1. */
export interface Estimator {
  /** The probability of a token after a context. */
  probability(tokens: ArrayLike<number>, begin: number, end: number, token: number): number;
  /** The probabilities of all tokens that may follow; undefined where nothing is known of the context. */
  distribution(tokens: ArrayLike<number>, begin: number, end: number): Distribution | undefined;
}

/** How counts become probabilities. */
export interface Smoothing {
  /** The type: `maximumLikelihood`, `addK` or `kneserNey`. */
  readonly type: string;
  /** All options of the type, with defaults filled in. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What the rule of a type says. */
export interface SmoothingRule {
  readonly counted: Counted;
  /** @param allowed the tokens that may follow, ascending */
  readonly estimate: (trie: NgramTrie, allowed: Int32Array) => Estimator;
}

const rules = new WeakMap<Smoothing, SmoothingRule>();

/** A type of smoothing. */
export function defineSmoothing<O extends object, S extends Schema = Schema>(
  type: string,
  options: S,
  rule: (options: ValuesOf<S>) => SmoothingRule,
): Factory<O, Smoothing> {
  const make = (values: ValuesOf<S>): Smoothing => {
    const smoothing = Object.freeze({ type, options: Object.freeze({ ...values }) });
    rules.set(smoothing, rule(values));
    return smoothing;
  };
  return defineFactory({ type, options, make }) as unknown as Factory<O, Smoothing>;
}

/** The rule of a smoothing; undefined for what no factory has made. */
export const ruleOf = (smoothing: Smoothing): SmoothingRule | undefined => rules.get(smoothing);
