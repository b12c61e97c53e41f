/**
 * CIDEr-D of captions: how similar the n-grams of a caption are to those of its references, weighed by how rare they are among
 * the references of all pictures. With h_k the number of times that n-gram k occurs in a sentence, N pictures, and df_k those
 * of them in whose references it occurs,
 *
 *   g_k = h_k (log N − log max(1, df_k))
 *   score_n(c, S) = 10 / |S| Σ_{s ∈ S} e^(−(l(c) − l(s))² / 2σ²) · Σ_k min(g_k(c), g_k(s)) g_k(s) / (‖g(c)‖ ‖g(s)‖)
 *
 * with lengths l in words, and the score is the mean over n = 1 … 4. Source: Vedantam, Zitnick, Parikh 2015, "CIDEr:
 * Consensus-based Image Description Evaluation", section 7.3 (CIDEr-D; σ = 6, the factor 10); counts h are not divided by the
 * length, as in the evaluation code of COCO's captions, since the minimum is of these. That code also stems nothing; words are
 * what stands between white space, capitals count: give captions in lower case without punctuation to compare with others.
 */
import { DataError } from "../../array/index.ts";
import { ngramCounts, sentencePairs } from "./sentences.ts";

const ORDER = 4;
const SIGMA = 6;
const SCALE = 10;

/** CIDEr-D of a set of captions. */
export interface Cider {
  /** The mean over all captions, 0 … 10. */
  readonly cider: number;
  /** Of each caption. */
  readonly scores: readonly number[];
}

/** The n-grams of a sentence: g_k, and its norm. */
interface Weighed {
  readonly weights: ReadonlyMap<string, number>;
  readonly norm: number;
}

/** In how many pictures' references each n-gram occurs. */
function frequenciesOf(references: readonly (readonly (readonly string[])[])[], n: number): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const own of references)
    for (const gram of new Set(own.flatMap((words) => [...ngramCounts(words, n).keys()])))
      frequencies.set(gram, (frequencies.get(gram) ?? 0) + 1);
  return frequencies;
}

/** A similarity 0 … 1 of vectors; 0 where one of them is 0. */
function similarity(caption: Weighed, reference: Weighed): number {
  let product = 0;
  for (const [gram, weight] of caption.weights) {
    const other = reference.weights.get(gram) ?? 0;
    product += Math.min(weight, other) * other;
  }
  const norms = caption.norm * reference.norm;
  return norms === 0 ? 0 : product / norms;
}

/**
 * CIDEr-D of captions against one or more references each. N-grams that occur in the references of all pictures count
 * nothing, so that of a single picture is 0.
 * @param captions sentences, whose words stand between spaces, one of each picture
 * @param references of each picture: one, or a list
 * @throws OptionError for what are no sentences; DataError where there are not as many references, or none at all
 */
export function cider(captions: readonly string[], references: readonly (string | readonly string[])[]): Cider {
  const pairs = sentencePairs("cider", "captions", captions, references);
  if (pairs.length === 0) throw new DataError("cider: there are no captions");
  const all = pairs.map(({ others }) => others);
  const scores = new Array<number>(pairs.length).fill(0);
  for (let n = 1; n <= ORDER; n++) {
    const frequencies = frequenciesOf(all, n);
    const weigh = (words: readonly string[]): Weighed => {
      const rarity = (gram: string): number =>
        Math.log(pairs.length) - Math.log(Math.max(1, frequencies.get(gram) ?? 0));
      const weights = new Map([...ngramCounts(words, n)].map(([gram, count]) => [gram, count * rarity(gram)]));
      return { weights, norm: Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight ** 2, 0)) };
    };
    for (const [i, { words, others }] of pairs.entries()) {
      const own = weigh(words);
      const similarities = others.map(
        (other) => likelyLength(words.length - other.length) * similarity(own, weigh(other)),
      );
      scores[i] += (SCALE / ORDER) * (similarities.reduce((a, b) => a + b, 0) / others.length);
    }
  }
  return { cider: scores.reduce((a, b) => a + b, 0) / scores.length, scores };
}

/** The penalty for a difference of lengths. */
const likelyLength = (difference: number): number => Math.exp(-(difference ** 2) / (2 * SIGMA ** 2));
