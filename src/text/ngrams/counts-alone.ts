/** Maximum likelihood, and add-k: what follows from the counts after one context alone. */
import { positive, withDefault } from "../../options/index.ts";
import { type Distribution, defineSmoothing, type Estimator, type SmoothingRule } from "./smoothing.ts";
import { countOf, type Followers, totalOf } from "./trie.ts";

/**
 * Maximum likelihood: p(w | h) = c(h w) / c(h). What was not seen has the probability 0, so that the perplexity of new text is
 * often infinite.
 */
export const maximumLikelihood = defineSmoothing<Record<never, never>>(
  "maximumLikelihood",
  {},
  (): SmoothingRule => ({
    counted: "occurrences",
    estimate: (trie): Estimator => ({
      probability: (tokens, begin, end, token) => {
        const followers = trie.after(tokens, begin, end);
        return followers === undefined ? 0 : countOf(followers, token) / totalOf(followers);
      },
      distribution: (tokens, begin, end) => {
        const followers = trie.after(tokens, begin, end);
        return followers && shares(followers);
      },
    }),
  }),
);

function shares(followers: Followers): Distribution {
  const { level, from, to } = followers;
  const total = totalOf(followers);
  const probabilities = Float64Array.from(
    { length: to - from },
    (_, i) => (level.sums[from + i + 1] - level.sums[from + i]) / total,
  );
  return { tokens: level.tokens.subarray(from, to), probabilities };
}

/** Options of `addK`. */
export interface AddKOptions {
  /** What is added to every count, above 0. Default 1, Laplace's rule. */
  readonly k?: number | undefined;
}

/** Add-k: p(w | h) = (c(h w) + k) / (c(h) + k V). */
export const addK = defineSmoothing<AddKOptions, { readonly k: ReturnType<typeof kKind> }>(
  "addK",
  { k: kKind() },
  ({ k }): SmoothingRule => ({
    counted: "occurrences",
    estimate: (trie, allowed): Estimator => ({
      probability: (tokens, begin, end, token) => {
        const followers = trie.after(tokens, begin, end);
        const [count, total] = followers === undefined ? [0, 0] : [countOf(followers, token), totalOf(followers)];
        return (count + k) / (total + k * allowed.length);
      },
      distribution: (tokens, begin, end) => {
        const followers = trie.after(tokens, begin, end);
        const total = (followers === undefined ? 0 : totalOf(followers)) + k * allowed.length;
        const probabilities = Float64Array.from(
          allowed,
          (token) => ((followers === undefined ? 0 : countOf(followers, token)) + k) / total,
        );
        return { tokens: allowed, probabilities };
      },
    }),
  }),
);

function kKind() {
  return withDefault(positive(), 1);
}
