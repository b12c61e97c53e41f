/** The jobs over text: language models, as they are trained and as they write, and convolution over sentences. */
import type { Work } from "./jobs.ts";

/** A language model: an embedding, stacked LSTMs of as many units, and the scores of the next token. */
interface LanguageModel {
  readonly vocabulary: number;
  /** Of each LSTM, and of the embedding. */
  readonly units: number;
  readonly layers: number;
}

/** A training step of a language model over tokens [batch, steps]: cross-entropy, and Adam. */
export interface LanguageJob extends LanguageModel {
  readonly kind: "language";
  readonly batch: number;
  readonly steps: number;
}

/** One token of a text that a language model writes: the shares of all tokens after it, and the states for the next one. */
export interface WritingJob extends LanguageModel {
  readonly kind: "writing";
}

/**
 * A training step of Kim's network over sentences [batch, words]: an embedding, convolutions of several windows, ReLU, the
 * maximum over the sentence, two classes; cross-entropy, and Adadelta.
 */
export interface SentenceJob {
  readonly kind: "sentences";
  readonly batch: number;
  readonly words: number;
  readonly vocabulary: number;
  /** Numbers of a word. */
  readonly features: number;
  readonly windows: readonly number[];
  /** Filters of each window. */
  readonly filters: number;
}

export type TextJob = LanguageJob | WritingJob | SentenceJob;

const CHARACTERS: LanguageModel = { vocabulary: 65, units: 512, layers: 2 };

/**
 * Floating-point operations of the matrix products of a step. Each layer takes 8 · units² multiply-adds a token for its four
 * gates, and the scores units · vocabulary; each of the two gradients as many again.
 */
export const languageFlops = ({ batch, steps, vocabulary, units, layers }: LanguageJob): number =>
  2 * 3 * batch * steps * units * (8 * layers * units + vocabulary);

export function languageWorks(): Work<LanguageJob>[] {
  const job: LanguageJob = { kind: "language", ...CHARACTERS, batch: 64, steps: 128 };
  const title = `${job.layers} layers of ${job.units} units, ${job.steps} steps, batch ${job.batch}`;
  return [{ job, title, amount: languageFlops(job) }];
}

export function writingWorks(): Work<WritingJob>[] {
  const job: WritingJob = { kind: "writing", ...CHARACTERS };
  return [{ job, title: `${job.layers} layers of ${job.units} units`, amount: 1 }];
}

export const sentenceWorks = (): Work<SentenceJob>[] =>
  [2_000, 20_000, 100_000].map((vocabulary) => ({
    job: { kind: "sentences", batch: 50, words: 40, vocabulary, features: 300, windows: [3, 4, 5], filters: 100 },
    title: `${vocabulary} words`,
    amount: 50,
  }));
