/** Text cut into words and punctuation. */
import { describeGiven, OptionError } from "../array/index.ts";
import { flag, optional, readOptions, withDefault } from "../options/index.ts";
import { localeKind, segmenterOf } from "./segmenters.ts";

/** Options of `tokenize`. */
export interface TokenizeOptions {
  /** Whether letters become lower case. Default true. */
  readonly lowerCase?: boolean | undefined;
  /** Whether punctuation marks and other symbols are tokens; otherwise they are left out. Default true. */
  readonly punctuation?: boolean | undefined;
  /**
   * A language, as in `"ja"` or `"en-US"`, by whose rules `Intl.Segmenter` finds words (Unicode's UAX 29, with dictionaries
   * for languages that put no spaces between words). Results depend on the version of the host. Default: the rule of `tokenize`.
   */
  readonly locale?: string | undefined;
}

/** The schema of `TokenizeOptions`. */
export const tokenizeOptions = {
  lowerCase: withDefault(flag(), true),
  punctuation: withDefault(flag(), true),
  locale: optional(localeKind),
};

/** Letters, their accents and digits; apostrophes and hyphens only between them. */
const word = String.raw`[\p{L}\p{M}\p{N}]+(?:['’\-][\p{L}\p{M}\p{N}]+)*`;
const wordsOnly = new RegExp(word, "gu");
const wordsAndMarks = new RegExp(String.raw`${word}|[^\s\p{L}\p{M}\p{N}]`, "gu");

/**
 * The words of a text in their order, and its punctuation marks, one token each. A word is a run of letters and digits,
 * with single apostrophes and hyphens inside; the text is brought to Unicode's composed form (NFC) first.
 * @example tokenize("Don't stop, well-known fox!") // ["don't", "stop", ",", "well-known", "fox", "!"]
 * @throws OptionError for what is no text
 */
export function tokenize(text: string, options: TokenizeOptions = {}): string[] {
  const { lowerCase, punctuation, locale } = readOptions("tokenize", tokenizeOptions, options);
  if (typeof text !== "string") throw new OptionError(`tokenize: expects a text, got ${describeGiven(text)}`);
  const composed = text.normalize("NFC");
  const cased = lowerCase ? composed.toLowerCase() : composed;
  if (locale !== undefined) return segmentWords(cased, locale, punctuation);
  return cased.match(punctuation ? wordsAndMarks : wordsOnly) ?? [];
}

/** Words by the rules of a language; what is neither a word nor white space is a mark. */
function segmentWords(text: string, locale: string, punctuation: boolean): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenterOf(locale, "word").segment(text))
    if (isWordLike || (punctuation && segment.trim() !== "")) words.push(segment);
  return words;
}
