/** Documents as rows of words, one or more for each sentence: what document networks read. */
import { describeGiven, NdArray, OptionError } from "../array/index.ts";
import { integer, readOptions, withDefault } from "../options/index.ts";
import { PADDING } from "./vocabulary.ts";

/** A document as rows of words. */
export interface DocumentRows {
  /** `i32` [rows, words]: the numbers of the words; shorter rows are filled up with 0. At least one row. */
  readonly rows: NdArray;
  /** The sentence that each row is of: an index into those that were given. */
  readonly sentences: Int32Array;
}

/** Options of `documentRows`. */
export interface DocumentRowsOptions {
  /** Words in a row; a longer sentence goes on in the next row. Default 32. */
  readonly words?: number | undefined;
}

const schema = { words: withDefault(integer(1), 32) };

/**
 * The rows of a document: a sentence begins a row, and goes on in further rows if it has more words than a row. Sentences
 * without words have no row; a document without words has one row of padding.
 * @param sentences the numbers of the words of each, as a tokenizer or `encode` gives them
 * @example documentRows(splitSentences("A fine film. See it!").map((sentence) => encode(words, sentence))).rows // i32 [2, 32]
 * @throws OptionError for what are no sentences
 */
export function documentRows(sentences: readonly Int32Array[], options: DocumentRowsOptions = {}): DocumentRows {
  const { words } = readOptions("documentRows", schema, options);
  if (!Array.isArray(sentences) || !sentences.every((sentence) => sentence instanceof Int32Array))
    throw new OptionError(
      `documentRows: expects the sentences of a document, each an Int32Array of words, got ${describeGiven(sentences)}`,
    );
  const rowsOf = (sentence: Int32Array): number => Math.ceil(sentence.length / words);
  const of = sentences.flatMap((sentence, i) => new Array<number>(rowsOf(sentence)).fill(i));
  const count = Math.max(1, of.length);
  const data = new Int32Array(count * words).fill(PADDING);
  let row = 0;
  for (const sentence of sentences) {
    data.set(sentence, row * words);
    row += rowsOf(sentence);
  }
  return { rows: new NdArray(data, [count, words], "i32"), sentences: Int32Array.from(of) };
}
