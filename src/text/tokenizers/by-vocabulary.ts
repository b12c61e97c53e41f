/** Tokenizers that cut texts into pieces and number these by a vocabulary: characters, words, what stands between spaces. */
import { flag, type Kind, type OptionalKind, type Schema, type ValuesOf, withDefault } from "../../options/index.ts";
import { splitCharacters, splitSpaces } from "../split.ts";
import { tokenize, tokenizeOptions } from "../tokenize.ts";
import {
  checkVocabulary,
  countWords,
  numbersOf,
  UNKNOWN,
  type Vocabulary,
  vocabulary,
  vocabularyOptions,
} from "../vocabulary.ts";
import { defineTokenizer, noToken, type TokenizerFactory, type TokenizerParts } from "./tokenizer.ts";

const vocabularyKind: Kind<Vocabulary> = {
  expects: "a vocabulary",
  read: (value) => checkVocabulary("tokenizer", value),
};

interface Cutting<S extends Schema> {
  readonly type: string;
  /** Options of the cutting, all with defaults. */
  readonly options: S & Readonly<Record<string, OptionalKind<unknown>>>;
  readonly cut: (text: string, options: ValuesOf<S>) => string[];
  /** What stands between two pieces when a text is put together. */
  readonly between: string;
}

function byVocabulary<S extends Schema>({ type, options, cut, between }: Cutting<S>): TokenizerFactory {
  return defineTokenizer({
    type,
    options: { ...options, vocabulary: vocabularyKind },
    make: (all) => partsOf(type, all.vocabulary as Vocabulary, (text) => cut(text, ownOf(options, all)), between),
    learning: vocabularyOptions,
    learn: (texts, given) => ({
      vocabulary: vocabulary(
        countPieces(texts, (text) => cut(text, ownOf(options, given))),
        {
          atLeast: given.atLeast,
          most: given.most,
          special: given.special,
        },
      ),
    }),
  });
}

/** The options of the cutting alone. */
const ownOf = <S extends Schema>(schema: S, all: Readonly<Record<string, unknown>>): ValuesOf<S> =>
  Object.fromEntries(Object.keys(schema).map((name) => [name, all[name]])) as ValuesOf<S>;

function* piecesOf(texts: Iterable<string>, cut: (text: string) => string[]): Generator<string[]> {
  for (const text of texts) yield cut(text);
}

const countPieces = (texts: Iterable<string>, cut: (text: string) => string[]): Map<string, number> =>
  countWords(piecesOf(texts, cut));

function partsOf(
  type: string,
  vocabulary: Vocabulary,
  cut: (text: string) => string[],
  between: string,
): TokenizerParts {
  const { words, special = [] } = vocabulary;
  const numbers = numbersOf(type, vocabulary);
  // What a text says literally is no special token.
  const reserved = new Set([words[0], words[UNKNOWN], ...special]);
  const silent = new Set([words[0], ...special]);
  const numberInText = (piece: string): number => (reserved.has(piece) ? UNKNOWN : (numbers.get(piece) ?? UNKNOWN));
  return {
    size: words.length,
    vocabulary,
    numberOf: (token) => numbers.get(token),
    encode: (text) => Int32Array.from(cut(text), numberInText),
    writer: () => {
      let isFirst = true;
      return (number) => {
        if (number === undefined) return "";
        const word = words[number];
        if (word === undefined) throw noToken(type, number, words.length);
        if (silent.has(word)) return "";
        const piece = isFirst ? word : between + word;
        isFirst = false;
        return piece;
      };
    },
  };
}

const lowerCase = withDefault(flag(), false);
const cased = (text: string, isLower: boolean): string => (isLower ? text.toLowerCase() : text);

/** Characters (code points), whose texts come back as they were where all characters are known. */
export const characters = byVocabulary({
  type: "characters",
  options: { lowerCase },
  cut: (text, options) => splitCharacters(cased(text, options.lowerCase)),
  between: "",
});

/** Words and punctuation marks by the rule of `tokenize`; texts come back with a space between any two. */
export const words = byVocabulary({
  type: "words",
  options: tokenizeOptions,
  cut: (text, options) => tokenize(text, options),
  between: " ",
});

/** What stands between white space, for text that has been tokenized; texts come back with single spaces. */
export const spaces = byVocabulary({
  type: "spaces",
  options: { lowerCase },
  cut: (text, options) => splitSpaces(cased(text, options.lowerCase)),
  between: " ",
});
