/** Sentences and their references, as words between white space, and the n-grams that metrics count. */
import { DataError, describeGiven, OptionError } from "../../array/index.ts";
import { splitSpaces } from "../../text/index.ts";

/** A sentence and its references. */
export interface SentencePair {
  readonly words: readonly string[];
  readonly others: readonly (readonly string[])[];
}

/** How often each n-gram occurs, its words joined by spaces. */
export function ngramCounts(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= words.length; i++) {
    const gram = words.slice(i, i + n).join(" ");
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/**
 * The words of each sentence and of its references.
 * @param noun for the sentences in messages: `captions`
 * @param references of each sentence: one, or a list
 * @throws OptionError for what are no sentences, DataError where there are not as many references
 */
export function sentencePairs(
  where: string,
  noun: string,
  sentences: readonly string[],
  references: readonly (string | readonly string[])[],
): SentencePair[] {
  const isSentence = (value: unknown): value is string => typeof value === "string";
  if (!Array.isArray(sentences) || !sentences.every(isSentence))
    throw new OptionError(`${where}: expects a list of sentences, got ${describeGiven(sentences)}`);
  if (!Array.isArray(references))
    throw new OptionError(`${where}: expects a list of references, got ${describeGiven(references)}`);
  if (sentences.length !== references.length)
    throw new DataError(`${where}: ${sentences.length} ${noun}, but ${references.length} references`);
  return sentences.map((sentence, i) => {
    const own = [references[i]].flat();
    if (own.length === 0 || !own.every(isSentence))
      throw new OptionError(
        `${where}: reference ${i} must be a sentence or a list of them, got ${describeGiven(references[i])}`,
      );
    return { words: splitSpaces(sentence), others: own.map((one) => splitSpaces(one as string)) };
  });
}
