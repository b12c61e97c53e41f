/** How many words two texts have in common, each counted once or by how rare it is. */
import { OptionError } from "../array/index.ts";

/**
 * The inverse document frequency of words, log(texts / texts with the word): what is in every text weighs nothing. Source:
 * Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, chapter 6.2.
 * @param texts lists of words
 * @throws OptionError without texts
 */
export function inverseDocumentFrequencies(texts: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  if (texts.length === 0) throw new OptionError("inverseDocumentFrequencies: expects at least one text");
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of new Set(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return new Map([...counts].map(([word, count]) => [word, Math.log(texts.length / count)]));
}

/** Options of `wordOverlap`. */
export interface OverlapOptions {
  /** The weight of each word; others weigh as much as the heaviest. Default: all weigh 1. */
  readonly weights?: ReadonlyMap<string, number> | undefined;
  /** Words that do not count, such as `functionWords`. Default: none. */
  readonly without?: ReadonlySet<string> | undefined;
}

/**
 * The weight of the words that both texts have, as a share of the mean weight of the texts, 0 … 1; repeated words count once.
 * Two texts without words share 0.
 *
 *   2 Σ_{w in a and b} weight(w) / (Σ_{w in a} weight(w) + Σ_{w in b} weight(w))
 */
export function wordOverlap(a: readonly string[], b: readonly string[], options: OverlapOptions = {}): number {
  const { weights, without } = options;
  const rarest = weights === undefined ? 1 : Math.max(0, ...weights.values());
  const weightOf = (word: string): number => (weights === undefined ? 1 : (weights.get(word) ?? rarest));
  const kept = (text: readonly string[]): Set<string> => new Set(text.filter((word) => !without?.has(word)));
  const total = (words: Iterable<string>): number =>
    Array.from(words, weightOf).reduce((sum, weight) => sum + weight, 0);
  const [left, right] = [kept(a), kept(b)];
  const sum = total(left) + total(right);
  return sum === 0 ? 0 : (2 * total([...left].filter((word) => right.has(word)))) / sum;
}

/**
 * Words of English that carry little of a text's subject: articles, pronouns, prepositions, conjunctions, forms of to be, to have
 * and to do, modal verbs, question words; and punctuation marks.
 */
export const functionWords: ReadonlySet<string> = new Set(
  [
    "a an the this that these those",
    "i you he she it we they me him her us them my your his its our their mine yours hers ours theirs",
    "myself yourself himself herself itself ourselves themselves",
    "of in on at by for with from to into onto over under about against between through during before after above below up",
    "down out off as than",
    "and or but nor so if because while until although though",
    "am is are was were be been being have has had having do does did doing 's 're 've 'd 'll 'm n't",
    "can could may might must shall should will would",
    "what which who whom whose when where why how",
    "not no there here then too very just only own same such both each few more most other some any all again further once",
    ". , ; : ! ? ( ) [ ] - -- ' ` \" `` '' ... -lrb- -rrb-",
  ].flatMap((line) => line.split(" ")),
);
