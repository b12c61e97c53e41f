/** Translates sentences with a trained network, by beam search, many at a time. */
import { checkObject, DataError, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { marksOf, type SentencePair, sourceTokens } from "../../data/index.ts";
import { checkModel, lengthName, type Model } from "../../nn/index.ts";
import { readOptions } from "../../options/index.ts";
import { PADDING, type Tokenizer } from "../../text/index.ts";
import { createAttentionWeights, tokenNames } from "./attention-weights.ts";
import { createWriter, type WritingOptions, type Written, writingOptions } from "./writer.ts";

/** Options of `createTranslator`. */
export interface TranslatorOptions extends WritingOptions {
  /** The most tokens of a translation. Default: twice those of the sentence and ten more, as far as the network goes. */
  readonly maxLength?: number | undefined;
}

/** A sentence that was translated. */
export type Translated = Written;

/** Translates with a network. */
export interface Translator {
  /**
   * Translates sentences.
   * @param onProgress called with the number of sentences that are done
   * @throws DataError for a sentence of more tokens than the network reads
   */
  translate(sentences: readonly string[], onProgress?: (done: number) => void): Promise<readonly Translated[]>;
}

/** Lengths are padded to multiples of this, so that few programs are compiled. */
const LENGTH_STEP = 8;

/** Sentences that are translated together. */
interface Batch {
  readonly rows: readonly number[];
  readonly sources: readonly Int32Array[];
}

/**
 * A translator from a network of the inputs `source` and `target`, such as those of `fovea/models`, and its tokenizers.
 * @example
 * const translator = createTranslator(model, { source: german, target: english }, { beam: 5 });
 * const [{ text }] = await translator.translate(["ein mann schläft ."]);
 * @throws OptionError for a model without these inputs and for invalid options; DataError for tokenizers without `<bos>` and
 *   `<eos>`
 */
export function createTranslator(
  model: Model,
  tokenizers: SentencePair<Tokenizer>,
  options: TranslatorOptions = {},
): Translator {
  checkTranslation("createTranslator", model, tokenizers);
  const { maxLength, batch: size, ...settings } = readOptions("createTranslator", writingOptions, options);
  const [readable, writable] = [model.inputs.source.shape[0], model.inputs.target.shape[0] - 1];
  const write = createWriter(model, tokenizers.target, { ...settings, target: "target" });

  const translateBatch = async ({ rows, sources }: Batch): Promise<readonly (readonly [number, Translated])[]> => {
    const most = sources.map(({ length }) => Math.min(writable, maxLength ?? 2 * length + 10));
    const found = await write(paddedInputs(sources, readable), most);
    return found.map((one, i) => [rows[i], one]);
  };

  return {
    translate: async (sentences, onProgress) => {
      if (!Array.isArray(sentences) || !sentences.every((one) => typeof one === "string"))
        throw new OptionError(`translate: expects a list of sentences, got ${describeGiven(sentences)}`);
      const sources = sentences.map((sentence, i) => readSentence(tokenizers.source, sentence, i, readable));
      const found = new Array<Translated>(sentences.length);
      let done = 0;
      for (const batch of batchesOf(sources, size)) {
        for (const [row, translated] of await translateBatch(batch)) found[row] = translated;
        done += batch.rows.length;
        onProgress?.(done);
      }
      return found;
    },
  };
}

/** @throws OptionError unless a model translates, and there are tokenizers of both languages */
function checkTranslation(where: string, model: Model, tokenizers: SentencePair<Tokenizer>): void {
  checkModel(where, model);
  const [source, target] = [model.inputs.source, model.inputs.target];
  if (!source?.sequence || !target?.sequence || Object.keys(model.inputs).length !== 2)
    throw new OptionError(
      `${where}: expects a model of two sequences, source and target, got ${Object.keys(model.inputs).join(", ")}`,
    );
  checkObject(`${where}: the tokenizers, { source, target }`, tokenizers);
  for (const side of ["source", "target"] as const) {
    const [{ vocabulary }, given] = [model.inputs[side], tokenizers[side]];
    if (given === undefined) throw new OptionError(`${where}: the tokenizer of the ${side} is missing`);
    if (vocabulary !== undefined && vocabulary !== given.size)
      throw new OptionError(
        `${where}: the model's ${side} has ${vocabulary} tokens, the tokenizer ${given.size}; take the one that it was trained with`,
      );
  }
}

function readSentence(tokenizer: Tokenizer, sentence: string, i: number, most: number): Int32Array {
  const tokens = sourceTokens(tokenizer, sentence);
  if (tokens.length <= most) return tokens;
  throw new DataError(
    `translate: sentence ${i + 1} has ${tokens.length} tokens with its end mark, the model reads ${most}; cut it into shorter ones`,
  );
}

/** Batches of sentences of about the same length, the shortest first. */
function batchesOf(sources: readonly Int32Array[], size: number): Batch[] {
  const order = sources.map((_, i) => i).sort((a, b) => sources[a].length - sources[b].length || a - b);
  return Array.from({ length: Math.ceil(order.length / size) }, (_, i) => {
    const rows = order.slice(i * size, (i + 1) * size);
    return { rows, sources: rows.map((row) => sources[row]) };
  });
}

function paddedInputs(sources: readonly Int32Array[], most: number): Record<string, NdArray> {
  const longest = Math.max(...sources.map(({ length }) => length));
  const length = Math.min(most, LENGTH_STEP * Math.ceil(longest / LENGTH_STEP));
  const data = new Int32Array(sources.length * length).fill(PADDING);
  for (const [i, source] of sources.entries()) data.set(source, i * length);
  const lengths = Int32Array.from(sources, (source) => source.length);
  return {
    source: new NdArray(data, [sources.length, length], "i32"),
    [lengthName("source")]: new NdArray(lengths, [sources.length], "i32"),
  };
}

/** What a translation looked at, for people. */
export interface Attended {
  /** The weights [target tokens, source tokens]: of each written token, the end mark included, over the tokens of the sentence. */
  readonly weights: NdArray;
  /** The tokens of the sentence, the end mark included. */
  readonly source: readonly string[];
  /** The tokens of the translation, the end mark included. */
  readonly target: readonly string[];
}

/**
 * The attention weights of a sentence and its translation: the mean over all attention layers and heads.
 * @throws OptionError for a network without attention
 */
export async function attentionOf(
  model: Model,
  tokenizers: SentencePair<Tokenizer>,
  sentence: string,
  { tokens }: Pick<Translated, "tokens">,
  { engine }: Pick<TranslatorOptions, "engine"> = {},
): Promise<Attended> {
  checkTranslation("attentionOf", model, tokenizers);
  const source = sourceTokens(tokenizers.source, sentence);
  const weightsFor = createAttentionWeights(model, tokenizers.target, "target", engine);
  return {
    weights: await weightsFor({ source: new NdArray(source, [1, source.length], "i32") }, tokens),
    source: tokenNames(tokenizers.source, source),
    target: tokenNames(tokenizers.target, [...tokens, marksOf(tokenizers.target).end]),
  };
}
