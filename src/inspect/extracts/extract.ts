/** Extracts: a document with the sentences that mattered most to its class. */
import { array, describeGiven, OptionError } from "../../array/index.ts";
import { checkModel, type Model } from "../../nn/index.ts";
import { readOptions, real, withDefault } from "../../options/index.ts";
import { documentRows, splitSentences, type Tokenizer } from "../../text/index.ts";
import { createSentenceRelevance, relevanceSchema, type SentenceRelevanceOptions } from "./relevance.ts";

/** A class that a network gave a document, and how probable it is. */
export interface DocumentClass {
  /** Its name, or its number where the model has no names. */
  readonly class: string;
  /** 0 … 1. */
  readonly probability: number;
}

/** A sentence of a document. */
export interface ExtractedSentence {
  /** As it stands in the document. */
  readonly text: string;
  /** How much it mattered to the class; below 0 it speaks for another. */
  readonly relevance: number;
  /** Whether it is in the extract. */
  readonly isKept: boolean;
}

/** A document with its extract. */
export interface DocumentExtract extends DocumentClass {
  /** All sentences, in order. */
  readonly sentences: readonly ExtractedSentence[];
  /** What the network says of the extract alone. */
  readonly extract: DocumentClass;
}

/** Options of `createExtractor`. */
export interface ExtractOptions extends SentenceRelevanceOptions {
  /** The share of the sentences that is kept, above 0 and at most 1, rounded up. Default 0.2. */
  readonly keep?: number | undefined;
}

/** The schema of the share that is kept. */
export const extractSchema = { keep: withDefault(real(0, 1), 0.2) };

/**
 * Which sentences are kept: the most relevant ones, a share of all, rounded up and at least one; of equal ones the first. In
 * ascending order.
 * @param relevance of each sentence
 * @param keep the share, 0 … 1. Default 0.2
 * @throws OptionError for a share outside 0 … 1
 */
export function chooseSentences(relevance: ArrayLike<number>, keep?: number): number[] {
  const { keep: share } = readOptions("chooseSentences", extractSchema, { keep });
  // 0.1 · 30 is a little more than 3.
  const count = Math.max(1, Math.ceil(share * relevance.length - 1e-9));
  return Array.from(relevance, (_, i) => i)
    .sort((a, b) => relevance[b] - relevance[a] || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);
}

/**
 * A function from the text of a document to its extract, by a network that reads documents as `documentRows` makes them.
 * @param tokenizer that the network was trained with
 * @example
 * const extractOf = createExtractor(model, tokenizer, { keep: 0.2 });
 * const { class: name, sentences } = await extractOf(review);
 * @throws OptionError for options that it does not take, for a model of another input, and, when called, for what is no text
 *   or a text without words
 */
export function createExtractor(
  model: Model,
  tokenizer: Tokenizer,
  options: ExtractOptions = {},
): (text: string) => Promise<DocumentExtract> {
  checkModel("createExtractor", model);
  const { keep, ...rest } = readOptions("createExtractor", { ...relevanceSchema, ...extractSchema }, options);
  const [name, words] = rowLength(model);
  const relevanceOf = createSentenceRelevance(model, rest);
  const read = async (sentences: readonly string[]) => {
    const { rows, sentences: of } = documentRows(
      sentences.map((sentence) => tokenizer.encode(sentence)),
      { words },
    );
    const input = rows.reshape([1, ...rows.shape]);
    const found = await relevanceOf({ [name]: input, [`${name}.length`]: array([rows.shape[0]], "i32") });
    const perSentence = new Array<number>(sentences.length).fill(0);
    for (const [row, sentence] of of.entries()) perSentence[sentence] += found.relevance.data[row];
    return { relevance: perSentence, ...classOf(model, found.classes.data[0], found.logOdds.data[0]) };
  };
  return async (text) => {
    const sentences = splitSentences(text);
    if (sentences.length === 0) throw new OptionError("extract: the text has no sentences");
    const { relevance, ...found } = await read(sentences);
    const kept = new Set(chooseSentences(relevance, keep));
    const { relevance: _, ...extract } = await read(sentences.filter((_, i) => kept.has(i)));
    return {
      ...found,
      sentences: sentences.map((text, i) => ({ text, relevance: relevance[i], isKept: kept.has(i) })),
      extract,
    };
  };
}

/** The only input of a model of documents, and how many words a row of it has. @throws OptionError for another model */
function rowLength({ inputs }: Model): readonly [string, number] {
  const [[name, { shape, dtype, sequence }], ...further] = Object.entries(inputs);
  if (further.length === 0 && dtype === "i32" && sequence && shape.length === 2) return [name, shape[1]];
  throw new OptionError(
    `extract: the model must read documents, i32 [n, sentences, words], as documentNetwork does; it takes ${describeGiven(shape)} of ${dtype}`,
  );
}

const classOf = ({ classes }: Model, index: number, logOdds: number): DocumentClass => ({
  class: classes?.[index] ?? String(index),
  probability: 1 / (1 + Math.exp(-logOdds)),
});
