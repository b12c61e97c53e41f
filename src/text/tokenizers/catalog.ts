/** The types of tokenizers, by name. */
import { OptionError } from "../../array/index.ts";
import { createCatalog, isTypedJson, type TypedJson } from "../../options/index.ts";
import { characters, spaces, words } from "./by-vocabulary.ts";
import { bytePairs } from "./byte-pairs.ts";
import type { Tokenizer, TokenizerFactory } from "./tokenizer.ts";

const all = [characters, words, spaces, bytePairs];

/** The types of tokenizers. */
export const tokenizers = createCatalog<TokenizerFactory>(
  "tokenizer",
  Object.fromEntries(all.map((factory) => [factory.type, factory])),
);

/** Options of `learnTokenizer`. */
export interface LearnTokenizerOptions {
  /** How texts are cut: `characters`, `words`, `spaces` or `bpe`. Default `words`. */
  readonly type?: string | undefined;
  /** How often a token must occur. Default 1; for pairs of `bpe` 2. */
  readonly atLeast?: number | undefined;
  /** How many tokens there may be, the most frequent ones, `<pad>`, `<unk>` and special ones included. Default: no limit; for `bpe` 8192. */
  readonly most?: number | undefined;
  /** Tokens that stand for no text, such as `["<bos>", "<eos>"]`, numbered from 2 on. Default: none. */
  readonly special?: readonly string[] | undefined;
  /** Whether letters become lower case. Default: true for `words`, false for others. */
  readonly lowerCase?: boolean | undefined;
  /** Of `words`: whether punctuation marks are tokens. Default true. */
  readonly punctuation?: boolean | undefined;
  /** Of `words`: a language by whose rules `Intl.Segmenter` finds words. Default: the rule of `tokenize`. */
  readonly locale?: string | undefined;
}

/**
 * A tokenizer with the tokens of some texts.
 * @example
 * const tokenizer = learnTokenizer(["To be, or not to be"], { type: "characters" });
 * tokenizer.decode(tokenizer.encode("not to be")); // "not to be"
 * @throws OptionError for a type that there is not, options that it does not take, and what are no texts
 */
export function learnTokenizer(texts: Iterable<string>, options: LearnTokenizerOptions = {}): Tokenizer {
  const { type = "words", ...rest } = options;
  return tokenizers.get(type, "learnTokenizer").learn(texts, rest);
}

/**
 * A tokenizer from its JSON form, `{ type, …options }`, as a run saves it.
 * @example readTokenizer(JSON.parse(JSON.stringify(tokenizer)))
 * @throws OptionError for another form, a type that there is not, and options that it does not take
 */
export function readTokenizer(json: unknown): Tokenizer {
  if (!isTypedJson(json)) throw new OptionError("readTokenizer: expects { type, … }, the JSON form of a tokenizer");
  const { type, ...options } = json as TypedJson;
  return tokenizers.get(type, "readTokenizer")(options);
}
