/** Text cut into words and punctuation. */
import { describeGiven, OptionError } from "../array/index.ts";
import { flag, readOptions, withDefault } from "../options/index.ts";

/** Options of `tokenize`. */
export interface TokenizeOptions {
  /** Whether letters become lower case. Default true. */
  readonly lowerCase?: boolean | undefined;
  /** Whether punctuation marks and other symbols are tokens; otherwise they are left out. Default true. */
  readonly punctuation?: boolean | undefined;
}

const schema = { lowerCase: withDefault(flag(), true), punctuation: withDefault(flag(), true) };

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
  const { lowerCase, punctuation } = readOptions("tokenize", schema, options);
  if (typeof text !== "string") throw new OptionError(`tokenize: expects a text, got ${describeGiven(text)}`);
  const composed = text.normalize("NFC");
  return (lowerCase ? composed.toLowerCase() : composed).match(punctuation ? wordsAndMarks : wordsOnly) ?? [];
}
