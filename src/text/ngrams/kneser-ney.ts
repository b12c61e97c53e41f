/**
 * Interpolated Kneser–Ney smoothing (Kneser and Ney 1995; Chen and Goodman 1999, section 4.3):
 *
 *   p(w | h) = max(c(h w) − D, 0) / c(h) + γ(h) p(w | h′),   h′ being h without its first token
 *
 * For h of order − 1 tokens, c are counts; for shorter ones c(h w) is the number of different tokens before h w. The last
 * p is 1 / V. γ(h) = Σ_w D / c(h), so that probabilities add up to 1.
 *
 * Modified: D is D₁, D₂ or D₃ for counts of 1, 2, and 3 or more. With nᵢ n-grams of count i and Y = n₁ / (n₁ + 2 n₂):
 * Dᵢ = i − (i + 1) Y nᵢ₊₁ / nᵢ; otherwise D = Y. All discounts are estimated for each length of n-grams. Where texts are too
 * short for that, some nᵢ being 0, they are ½, 1 and 3/2, or ½.
 */
import { flag, withDefault } from "../../options/index.ts";
import { defineSmoothing, type Estimator, type SmoothingRule } from "./smoothing.ts";
import { countOf, type Followers, type Level, type NgramTrie, totalOf } from "./trie.ts";

/** Options of `kneserNey`. */
export interface KneserNeyOptions {
  /** Whether counts of 1, 2, and 3 or more have discounts of their own. Default true. */
  readonly modified?: boolean | undefined;
}

/** Interpolated Kneser–Ney smoothing. */
export const kneserNey = defineSmoothing<KneserNeyOptions, { readonly modified: ReturnType<typeof modifiedKind> }>(
  "kneserNey",
  { modified: modifiedKind() },
  ({ modified }): SmoothingRule => ({
    counted: "continuations",
    estimate: (trie, allowed) => interpolated(trie, allowed, modified),
  }),
);

function modifiedKind() {
  return withDefault(flag(), true);
}

/** By count: none for 0; the last is for all above. */
type Discounts = readonly [number, number, number, number];

/** Discounts for the n-grams of one length. */
export function discountsOf({ sums }: Level, modified: boolean): Discounts {
  const n = [0, 0, 0, 0, 0];
  for (let i = 0; i + 1 < sums.length; i++) {
    const count = sums[i + 1] - sums[i];
    if (count < n.length) n[count]++;
  }
  const y = n[1] / (n[1] + 2 * n[2]);
  if (!modified) return n[1] > 0 && n[2] > 0 ? [0, y, y, y] : [0, 0.5, 0.5, 0.5];
  const discount = (i: number): number => i - ((i + 1) * y * n[i + 1]) / n[i];
  const found = [discount(1), discount(2), discount(3)];
  const areSound = found.every((value, i) => value > 0 && value <= i + 1);
  return areSound && n[4] > 0 ? [0, found[0], found[1], found[2]] : [0, 0.5, 1, 1.5];
}

/**
 * γ of every context that is as long as the n-grams of a level without their last token.
 * @param parents the level of the contexts; undefined for the empty one
 */
function lowerWeights({ sums }: Level, parents: Level | undefined, discounts: Discounts): Float32Array {
  const begins = parents?.children ?? Uint32Array.of(0, sums.length - 1);
  const weights = new Float32Array(begins.length - 1);
  for (let parent = 0; parent < weights.length; parent++) {
    let taken = 0;
    for (let i = begins[parent]; i < begins[parent + 1]; i++) taken += discounts[Math.min(3, sums[i + 1] - sums[i])];
    weights[parent] = taken / (sums[begins[parent + 1]] - sums[begins[parent]]);
  }
  return weights;
}

function interpolated(trie: NgramTrie, allowed: Int32Array, modified: boolean): Estimator {
  const discounts = trie.levels.map((level) => discountsOf(level, modified));
  const weights = trie.levels.map((level, depth) => lowerWeights(level, trie.levels[depth - 1], discounts[depth]));
  /** Calls `use` for what follows each end of the context, the shortest first. */
  const along = (
    tokens: ArrayLike<number>,
    begin: number,
    end: number,
    use: (followers: Followers, discounts: Discounts, weight: number) => void,
  ): void => {
    for (let depth = 0; depth <= end - begin; depth++) {
      const followers = trie.after(tokens, end - depth, end);
      // A longer context does not occur either.
      if (followers === undefined) break;
      use(followers, discounts[depth], weights[depth][followers.parent]);
    }
  };
  return {
    probability: (tokens, begin, end, token) => {
      let result = 1 / allowed.length;
      along(tokens, begin, end, (followers, own, weight) => {
        const count = countOf(followers, token);
        result = (count - own[Math.min(3, count)]) / totalOf(followers) + weight * result;
      });
      return result;
    },
    distribution: (tokens, begin, end) => {
      const probabilities = new Float64Array(allowed.length).fill(1 / allowed.length);
      along(tokens, begin, end, (followers, own, weight) =>
        interpolate(probabilities, allowed, followers, own, weight),
      );
      return { tokens: allowed, probabilities };
    },
  };
}

/** Both lists of tokens ascend, so one walk along them is enough. */
function interpolate(
  probabilities: Float64Array,
  allowed: Int32Array,
  followers: Followers,
  discounts: Discounts,
  weight: number,
): void {
  const { level, from, to } = followers;
  const total = totalOf(followers);
  let place = from;
  for (let i = 0; i < allowed.length; i++) {
    probabilities[i] *= weight;
    if (place === to || level.tokens[place] !== allowed[i]) continue;
    const count = level.sums[place + 1] - level.sums[place];
    probabilities[i] += (count - discounts[Math.min(3, count)]) / total;
    place++;
  }
}
