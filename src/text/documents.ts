/** Documents as rows of words, one or more for each sentence: what document networks read. */
import { NdArray, OptionError } from "../array/index.ts";
import { integer, readOptions, withDefault } from "../options/index.ts";
import { encode, PADDING, type Vocabulary } from "./vocabulary.ts";

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
 * @param sentences strings, which are cut up by `tokenize`, or lists of words
 * @example documentRows(words, splitSentences("A fine film. See it!"), { words: 32 }).rows // i32 [2, 32]
 * @throws OptionError for what is no vocabulary, and for what are no sentences
 */
export function documentRows(
  vocabulary: Vocabulary,
  sentences: readonly (string | readonly string[])[],
  options: DocumentRowsOptions = {},
): DocumentRows {
  const { words } = readOptions("documentRows", schema, options);
  if (!Array.isArray(sentences))
    throw new OptionError("documentRows: expects a list of sentences; splitSentences(text) makes one");
  const encoded = sentences.map((sentence) => encode(vocabulary, sentence));
  const of = encoded.flatMap(({ length }, i) => new Array<number>(Math.ceil(length / words)).fill(i));
  const count = Math.max(1, of.length);
  const data = new Int32Array(count * words).fill(PADDING);
  let row = 0;
  for (const numbers of encoded) {
    data.set(numbers, row * words);
    row += Math.ceil(numbers.length / words);
  }
  return { rows: new NdArray(data, [count, words], "i32"), sentences: Int32Array.from(of) };
}
