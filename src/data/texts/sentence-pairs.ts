/** Sentences and their translations, as a data set: each ends with a mark, and those of the target begin with one. */
import { DataError } from "../../array/index.ts";
import type { Tokenizer } from "../../text/index.ts";
import { ragged } from "../columns/ragged.ts";
import { dataset } from "../columns/table.ts";
import { tokens } from "../columns/tokens.ts";

/** The marks of sentences, special tokens of a tokenizer. */
export const SENTENCE_MARKS = ["<bos>", "<eos>"] as const;

/** The numbers of the marks of a tokenizer. @throws DataError for one without them */
export function marksOf(tokenizer: Tokenizer): { readonly begin: number; readonly end: number } {
  const [begin, end] = SENTENCE_MARKS.map((mark) => tokenizer.numberOf(mark));
  if (begin === undefined || end === undefined)
    throw new DataError(
      `the tokenizer (${tokenizer.type}) lacks the marks of sentences; learn it with special: ["<bos>", "<eos>"]`,
    );
  return { begin, end };
}

/** The numbers of a sentence to translate: its tokens and the end mark. */
export const sourceTokens = (tokenizer: Tokenizer, sentence: string): Int32Array =>
  Int32Array.of(...tokenizer.encode(sentence), marksOf(tokenizer).end);

/** The numbers of a translation: the begin mark, its tokens and the end mark. */
export function targetTokens(tokenizer: Tokenizer, sentence: string): Int32Array {
  const { begin, end } = marksOf(tokenizer);
  return Int32Array.of(begin, ...tokenizer.encode(sentence), end);
}

/** Of each language: a program is compiled for each pair of padded lengths that a batch has, up to this number squared. */
const PADDED_LENGTHS = 5;

/** Sentences and their translations, or the tokenizers of both. */
export interface SentencePair<T> {
  /** Of the language that is translated. */
  readonly source: T;
  /** Of the language that it is translated into. */
  readonly target: T;
}

/**
 * Pairs of sentences as a data set with the columns `source` and `target`, of tokens.
 * @param lines of the two languages, as `readParallel` gives them
 * @param tokenizers of the two languages, with the special tokens `<bos>` and `<eos>`
 * @throws DataError for numbers of lines that differ, and for tokenizers without these marks
 */
export function sentencePairs(
  name: string,
  lines: SentencePair<readonly string[]>,
  tokenizers: SentencePair<Tokenizer>,
) {
  const { source, target } = lines;
  if (source.length !== target.length)
    throw new DataError(`data set ${name}: ${source.length} sentences, but ${target.length} translations`);
  return dataset(name, {
    source: tokens(
      ragged(
        source.map((line) => sourceTokens(tokenizers.source, line)),
        "i32",
        { lengths: PADDED_LENGTHS },
      ),
      tokenizers.source.vocabulary,
    ),
    target: tokens(
      ragged(
        target.map((line) => targetTokens(tokenizers.target, line)),
        "i32",
        { lengths: PADDED_LENGTHS },
      ),
      tokenizers.target.vocabulary,
    ),
  });
}
