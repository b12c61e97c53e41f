/** Translates sentences with a trained network, by beam search, many at a time. */
import { checkObject, DataError, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { marksOf, type SentencePair, sourceTokens } from "../../data/index.ts";
import { compile, type EngineChoice, engineKind } from "../../engines/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, lengthName, type Model } from "../../nn/index.ts";
import { integer, optional, readOptions, real, withDefault } from "../../options/index.ts";
import { PADDING, type Tokenizer } from "../../text/index.ts";
import { BeamSearch } from "./beam-search.ts";
import { createDecoder, type Decoder } from "./decoder.ts";

/** Options of `createTranslator`. */
export interface TranslatorOptions {
  /** How many beginnings of each translation are kept; 1 takes the most probable word each time. Default 5. */
  readonly beam?: number | undefined;
  /** α of the length penalty, ((5 + length) / 6)^α, by which scores are divided. Default 0.6. */
  readonly lengthPenalty?: number | undefined;
  /** The most tokens of a translation. Default: twice those of the sentence and ten more, as far as the network goes. */
  readonly maxLength?: number | undefined;
  /** How many sentences are translated at once. Default 32. */
  readonly batch?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** A sentence that was translated. */
export interface Translated {
  /** The translation, as its tokenizer writes it. */
  readonly text: string;
  /** The numbers of its tokens, without marks. */
  readonly tokens: readonly number[];
  /** The logarithm of its probability, in nats. */
  readonly logProbability: number;
  /** The same divided by the length penalty. */
  readonly score: number;
}

/** Translates with a network. */
export interface Translator {
  /**
   * Translates sentences.
   * @param onProgress called with the number of sentences that are done
   * @throws DataError for a sentence of more tokens than the network reads
   */
  translate(sentences: readonly string[], onProgress?: (done: number) => void): Promise<readonly Translated[]>;
}

/** The schema of `TranslatorOptions`. */
export const translatorOptions = {
  beam: withDefault(integer(1), 5),
  lengthPenalty: withDefault(real(0), 0.6),
  maxLength: optional(integer(1)),
  batch: withDefault(integer(1), 32),
  engine: optional(engineKind),
};

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
  const settings = readOptions("createTranslator", translatorOptions, options);
  const { beam, lengthPenalty, batch: size, engine } = settings;
  const [readable, writable] = [model.inputs.source.shape[0], model.inputs.target.shape[0] - 1];
  const { begin, end } = marksOf(tokenizers.target);
  const decoder = createDecoder(model, { width: beam, engine });

  const translateBatch = async ({ rows, sources }: Batch): Promise<readonly (readonly [number, Translated])[]> => {
    const most = sources.map(({ length }) => Math.min(writable, settings.maxLength ?? 2 * length + 10));
    const search = new BeamSearch({ width: beam, lengthPenalty, end, excluded: [PADDING, begin], most });
    await searchThrough(search, decoder, paddedInputs(sources, readable), begin);
    return search.results().map(([best], i) => {
      const { tokens, logProbability, score } = best;
      return [rows[i], { text: tokenizers.target.decode(tokens), tokens, logProbability, score }];
    });
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

async function searchThrough(search: BeamSearch, decoder: Decoder, inputs: Record<string, NdArray>, first: number) {
  let decoding = await decoder.begin(inputs, first);
  for (;;) {
    const next = search.advance(decoding.logProbabilities);
    if (next === undefined) return;
    decoding = await decoding.next(next.tokens, next.parents);
  }
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

/** Which weights are meant, as patterns of `taps`. */
const WEIGHTS = "*.weights";

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
  const { begin, end } = marksOf(tokenizers.target);
  const source = sourceTokens(tokenizers.source, sentence);
  const written = Int32Array.of(begin, ...tokens);
  const body = (s: Tensor, t: Tensor) => {
    const found: Tensor[] = [];
    model.apply({ source: s, target: t }, { taps: [WEIGHTS], onTap: (_, value) => void found.push(value) });
    return found
      .reduce((sum, value) => sum.add(value))
      .mul(1 / found.length)
      .mean([0, 1]); // [target, source]
  };
  const given = [source, written].map((list) => new NdArray(list, [1, list.length], "i32"));
  const weights = await compile(body, given, { engine })(...given);
  const names = (tokenizer: Tokenizer, numbers: ArrayLike<number>) =>
    Array.from(numbers, (number) => tokenizer.vocabulary?.words[number] ?? tokenizer.decode([number]));
  return {
    weights,
    source: names(tokenizers.source, source),
    target: names(tokenizers.target, [...tokens, end]),
  };
}
