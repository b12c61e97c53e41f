/** Words and their numbers. A vocabulary is plain data: a list of words, whose places are their numbers. */
import { describeGiven, firstDuplicate, OptionError } from "../array/index.ts";
import { isCount, quoted } from "../formats/index.ts";
import { integer, type Kind, optional, readOptions, withDefault } from "../options/index.ts";
import { tokenize } from "./tokenize.ts";

/** Words by number; plain data. */
export interface Vocabulary {
  /** The words, all different: 0 is `<pad>`, which fills rows up, 1 is `<unk>`, which stands for words that are not listed. */
  readonly words: readonly string[];
  /** The words from 2 on that stand for no text, such as `<bos>` and `<eos>`. Default: none. */
  readonly special?: readonly string[] | undefined;
}

/** The number of what fills rows up. */
export const PADDING = 0;
/** The number of words that a vocabulary does not have. */
export const UNKNOWN = 1;

/** The words that every vocabulary begins with. */
export const RESERVED: readonly string[] = ["<pad>", "<unk>"];

/** Options of `vocabulary`. */
export interface VocabularyOptions {
  /** How often a word must occur to get a number. Default 1. */
  readonly atLeast?: number | undefined;
  /** How many words the vocabulary may have, the most frequent ones, `<pad>`, `<unk>` and special ones included. Default: no limit. */
  readonly most?: number | undefined;
  /** Words that stand for no text, numbered from 2 on, such as `["<bos>", "<eos>"]`. Default: none. */
  readonly special?: readonly string[] | undefined;
}

/** Names of words that stand for no text. */
export const specialKind: Kind<readonly string[]> = {
  expects: 'a list of words, all different, such as ["<bos>", "<eos>"]',
  read: (value) => {
    const isList = Array.isArray(value) && value.every((word) => typeof word === "string" && word !== "");
    return isList && firstDuplicate([...RESERVED, ...value]) === undefined ? Object.freeze([...value]) : undefined;
  },
};

/** The schema of `VocabularyOptions`. */
export const vocabularyOptions = {
  atLeast: withDefault(integer(1), 1),
  most: optional(integer(RESERVED.length)),
  special: withDefault(specialKind, []),
};

/**
 * How often each word of some texts occurs.
 * @param texts strings, which are cut up by `tokenize`, or lists of words
 * @example countWords(["the cat", "the dog"]) // Map { "the" → 2, "cat" → 1, "dog" → 1 }
 * @throws OptionError for what are no texts
 */
export function countWords(texts: Iterable<string | readonly string[]>): Map<string, number> {
  return countsOf("countWords", texts);
}

function countsOf(where: string, texts: Iterable<string | readonly string[]>): Map<string, number> {
  if (typeof texts === "string" || typeof texts?.[Symbol.iterator] !== "function")
    throw new OptionError(`${where}: expects a list of texts, got ${describeGiven(texts)}`);
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of wordsOf(where, text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/**
 * The vocabulary of some texts: the most frequent word first, those of equal frequency in the order of their characters.
 * @param texts strings, which are cut up by `tokenize`, lists of words, or a map of words with their counts
 * @example
 * const words = vocabulary(["the cat", "the dog"], { most: 1000 }); // { words: ["<pad>", "<unk>", "the", "cat", "dog"] }
 * encode(words, "the bird"); // Int32Array [2, 1]
 * @throws OptionError for what are no texts
 */
export function vocabulary(
  texts: Iterable<string | readonly string[]> | ReadonlyMap<string, number>,
  options: VocabularyOptions = {},
): Vocabulary {
  const { atLeast, most, special } = readOptions("vocabulary", vocabularyOptions, options);
  const counts = texts instanceof Map ? checkCounts(texts) : countsOf("vocabulary", texts as Iterable<string>);
  const first = [...RESERVED, ...special];
  if (most !== undefined && most < first.length)
    throw new OptionError(`vocabulary: most is ${most}, but ${first.join(", ")} are ${first.length} words already`);
  const isFirst = new Set(first);
  const found = [...counts].filter(([word, count]) => count >= atLeast && !isFirst.has(word));
  found.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const words = Object.freeze([...first, ...found.map(([word]) => word)].slice(0, most));
  return checkVocabulary("vocabulary", Object.freeze({ words, ...(special.length > 0 && { special }) }));
}

function checkCounts(counts: ReadonlyMap<unknown, unknown>): ReadonlyMap<string, number> {
  for (const [word, count] of counts)
    if (typeof word !== "string" || !isCount(count))
      throw new OptionError(
        `vocabulary: a map must have counts of words, got ${describeGiven(count)} for ${describeGiven(word)}`,
      );
  return counts as ReadonlyMap<string, number>;
}

/** The words of a text; a list of words is taken as it is. @throws OptionError for anything else */
function wordsOf(where: string, text: unknown): readonly string[] {
  if (typeof text === "string") return tokenize(text);
  const isList = Array.isArray(text) && text.every((word) => typeof word === "string");
  if (!isList)
    throw new OptionError(`${where}: a text must be a string or a list of words, got ${describeGiven(text)}`);
  return text;
}

/** What was looked at already, with the words' numbers. */
const numbered = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

/** The vocabulary itself, once it is known to be one. @throws OptionError for anything else */
export function checkVocabulary(where: string, value: unknown): Vocabulary {
  const words = (value as Partial<Vocabulary> | undefined | null)?.words;
  if (words !== undefined && numbered.has(words)) return value as Vocabulary;
  const isList = Array.isArray(words) && words.every((word) => typeof word === "string");
  if (!isList || words[PADDING] !== RESERVED[PADDING] || words[UNKNOWN] !== RESERVED[UNKNOWN])
    throw new OptionError(
      `${where}: expects a vocabulary, { words: ["<pad>", "<unk>", …] }, got ${describeGiven(value)}; vocabulary(texts) makes one`,
    );
  checkSpecial(where, value as Vocabulary);
  const twice = firstDuplicate(words);
  if (twice !== undefined) throw new OptionError(`${where}: the vocabulary has the word ${quoted(twice)} twice`);
  numbered.set(words, new Map(words.map((word, number) => [word, number])));
  return value as Vocabulary;
}

/** @throws OptionError unless special words are a list of those from 2 on */
function checkSpecial(where: string, { words, special }: Vocabulary): void {
  if (special === undefined) return;
  const isList =
    Array.isArray(special) && special.every((word, i) => typeof word === "string" && word === words[2 + i]);
  if (!isList)
    throw new OptionError(
      `${where}: special must list the vocabulary's words from 2 on, got ${describeGiven(special)}; they are ${describeGiven(words.slice(2, 4))}, …`,
    );
}

/** The numbers of a vocabulary's words. @throws OptionError for what is no vocabulary */
export function numbersOf(where: string, vocabulary: Vocabulary): ReadonlyMap<string, number> {
  return numbered.get(checkVocabulary(where, vocabulary).words)!;
}

/**
 * The numbers of a text's words; of words that the vocabulary does not have, 1.
 * @param text a string, which is cut up by `tokenize`, or a list of words
 * @throws OptionError for what is no vocabulary or no text
 */
export function encode(vocabulary: Vocabulary, text: string | readonly string[]): Int32Array {
  const numbers = numbersOf("encode", vocabulary);
  return Int32Array.from(wordsOf("encode", text), (word) => numbers.get(word) ?? UNKNOWN);
}

/**
 * The words of some numbers, without those that only fill up.
 * @throws OptionError for what is no vocabulary, and for numbers that it does not have
 */
export function decode(vocabulary: Vocabulary, numbers: ArrayLike<number>): string[] {
  const { words } = checkVocabulary("decode", vocabulary);
  if (!Array.isArray(numbers) && !ArrayBuffer.isView(numbers))
    throw new OptionError(`decode: expects a list of the numbers of words, got ${describeGiven(numbers)}`);
  return Array.from(numbers)
    .filter((number) => number !== PADDING)
    .map((number) => {
      if (words[number] === undefined)
        throw new OptionError(
          `decode: ${number} is not the number of a word; the vocabulary has 0 to ${words.length - 1}`,
        );
      return words[number];
    });
}
