/** Writes sentences with a trained network by beam search, whatever they are about: a sentence, or a picture. */
import type { NdArray } from "../../array/index.ts";
import { marksOf } from "../../data/index.ts";
import { type EngineChoice, engineKind } from "../../engines/index.ts";
import type { Model } from "../../nn/index.ts";
import { integer, optional, real, withDefault } from "../../options/index.ts";
import { PADDING, type Tokenizer } from "../../text/index.ts";
import type { Arrays } from "../tasks/index.ts";
import { BeamSearch } from "./beam-search.ts";
import { createDecoder, type Decoder } from "./decoder.ts";

/** Options of writing. */
export interface WritingOptions {
  /** How many beginnings of each sentence are kept; 1 takes the most probable token each time. Default 5. */
  readonly beam?: number | undefined;
  /** α of the length penalty, ((5 + length) / 6)^α, by which scores are divided. Default 0.6. */
  readonly lengthPenalty?: number | undefined;
  /** How many sentences are written at once. Default 32. */
  readonly batch?: number | undefined;
  /** The engine, or its name. Default: the fastest available. */
  readonly engine?: EngineChoice | undefined;
}

/** The schema of `WritingOptions`, and the most tokens of a sentence. */
export const writingOptions = {
  beam: withDefault(integer(1), 5),
  lengthPenalty: withDefault(real(0), 0.6),
  maxLength: optional(integer(1)),
  batch: withDefault(integer(1), 32),
  engine: optional(engineKind),
};

/** A sentence that was written. */
export interface Written {
  /** The sentence, as its tokenizer writes it. */
  readonly text: string;
  /** The numbers of its tokens, without marks. */
  readonly tokens: readonly number[];
  /** The logarithm of its probability, in nats. */
  readonly logProbability: number;
  /** The same divided by the length penalty. */
  readonly score: number;
}

/** What a writer needs to know. */
interface WriterSettings extends Pick<WritingOptions, "engine"> {
  /** The input with the tokens that are written. */
  readonly target: string;
  readonly beam: number;
  readonly lengthPenalty: number;
  /** Tokens that are never written, beside padding and the mark of the beginning. Default: none. */
  readonly excluded?: readonly number[] | undefined;
}

/**
 * Writes a sentence for each sample.
 * @param inputs the other inputs of the network, [n, …] by name
 * @param most the most tokens of each sentence, the end mark included
 */
export type Writer = (inputs: Arrays, most: readonly number[]) => Promise<readonly Written[]>;

/** A writer for a network of tokens and other inputs. @throws DataError for a tokenizer without the marks of sentences */
export function createWriter(model: Model, tokenizer: Tokenizer, settings: WriterSettings): Writer {
  const { target, beam, lengthPenalty, excluded = [], engine } = settings;
  const { begin, end } = marksOf(tokenizer);
  const decoder = createDecoder(model, { target, width: beam, engine });
  return async (inputs, most) => {
    const search = new BeamSearch({ width: beam, lengthPenalty, end, excluded: [PADDING, begin, ...excluded], most });
    await searchThrough(search, decoder, inputs, begin);
    return search.results().map(([{ tokens, logProbability, score }]) => {
      return { text: tokenizer.decode(tokens), tokens, logProbability, score };
    });
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
