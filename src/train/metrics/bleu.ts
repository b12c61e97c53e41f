/**
 * BLEU of translations or captions, over a whole corpus: the geometric mean of the shares p_n of their n-grams, n = 1 … 4, that occur in
 * the references, each as often at most as in one of them, times a penalty for translations that are too short,
 *
 *   BLEU = 100 · BP · (p₁ p₂ p₃ p₄)^¼,  BP = min(1, e^(1 − r / c))
 *
 * with the lengths c of all translations and r of the references that are closest to them in length, the shorter of two. Words
 * are what stands between white space, capitals count: as `multi-bleu.perl` of Moses does. Source: Papineni, Roukos, Ward,
 * Zhu 2002, "BLEU: a Method for Automatic Evaluation of Machine Translation".
 */
import { DataError } from "../../array/index.ts";
import { ngramCounts, sentencePairs } from "./sentences.ts";

const ORDER = 4;

/** BLEU and what it is made of. */
export interface Bleu {
  /** 0 … 100. 0 if no n-gram of some length is right. */
  readonly bleu: number;
  /** BLEU-1, -2, -3 and -4, as captions are measured: with n-grams of length 1, up to 2, up to 3 and up to 4. */
  readonly upTo: readonly number[];
  /** The share of n-grams that are right, of length 1 to 4, 0 … 1; 0 where there are none. */
  readonly precisions: readonly number[];
  /** The factor for short translations, 0 … 1. */
  readonly brevityPenalty: number;
  /** The number of words of all translations. */
  readonly length: number;
  /** The number of words of the references that are closest to them in length. */
  readonly referenceLength: number;
}

/** The number of n-grams that occur in a reference, each counted as often at most as there. */
function rightNgrams(words: readonly string[], references: readonly (readonly string[])[], n: number): number {
  const inReferences = references.map((reference) => ngramCounts(reference, n));
  let right = 0;
  for (const [gram, count] of ngramCounts(words, n))
    right += Math.min(count, Math.max(...inReferences.map((counts) => counts.get(gram) ?? 0)));
  return right;
}

const geometricMean = (shares: readonly number[]): number =>
  Math.exp(shares.reduce((sum, share) => sum + Math.log(share), 0) / shares.length);

/** The length of the reference that is closest in length, the shorter of two. */
const closestLength = (length: number, references: readonly (readonly string[])[]): number =>
  references
    .map((reference) => reference.length)
    .reduce((best, other) => {
      const [near, far] = [Math.abs(best - length), Math.abs(other - length)];
      return far < near || (far === near && other < best) ? other : best;
    });

/**
 * BLEU of translations against one or more references each.
 * @param translations sentences, whose words stand between spaces
 * @param references of each sentence: one, or a list
 * @example bleu(["the cat sat on the mat"], ["the cat is on the mat"]).bleu
 * @throws OptionError for what are no sentences; DataError where there are not as many references, or nothing but empty ones
 */
export function bleu(translations: readonly string[], references: readonly (string | readonly string[])[]): Bleu {
  const pairs = sentencePairs("bleu", "translations", translations, references);
  const right = new Array<number>(ORDER).fill(0);
  const all = new Array<number>(ORDER).fill(0);
  let [length, referenceLength] = [0, 0];
  for (const { words, others } of pairs) {
    length += words.length;
    referenceLength += closestLength(words.length, others);
    for (let n = 1; n <= ORDER; n++) {
      all[n - 1] += Math.max(0, words.length - n + 1);
      right[n - 1] += rightNgrams(words, others, n);
    }
  }
  if (referenceLength === 0) throw new DataError("bleu: the references have no words");
  const precisions = right.map((count, i) => (all[i] === 0 ? 0 : count / all[i]));
  const brevityPenalty = length >= referenceLength ? 1 : Math.exp(1 - referenceLength / length);
  const upTo = precisions.map((_, n) => 100 * brevityPenalty * geometricMean(precisions.slice(0, n + 1)));
  return { bleu: upTo[ORDER - 1], upTo, precisions, brevityPenalty, length, referenceLength };
}

/**
 * A line as `multi-bleu.perl` prints it: `BLEU = 34.10, 66.1/41.2/27.5/18.6 (BP=0.993, ratio=0.993, hyp_len=…, ref_len=…)`.
 */
export function describeBleu({ bleu, precisions, brevityPenalty, length, referenceLength }: Bleu): string {
  const shares = precisions.map((share) => (100 * share).toFixed(1)).join("/");
  const ratio = (length / referenceLength).toFixed(3);
  return (
    `BLEU = ${bleu.toFixed(2)}, ${shares} (BP=${brevityPenalty.toFixed(3)}, ratio=${ratio}, ` +
    `hyp_len=${length}, ref_len=${referenceLength})`
  );
}
