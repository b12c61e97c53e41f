/** The words of a text classifier: which ones it knows, and the vectors that they start with. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { environment } from "#platform";
import { zeros } from "../../array/index.ts";
import { type Ragged, sampleCount, type TextTable } from "../../data/index.ts";
import type { WordVectors } from "../../formats/index.ts";
import { readTokenizer, type Tokenizer, wordVectors } from "../../text/index.ts";

/** The folder of vectors in half precision, inside of the one that FOVEA_DATA names. */
const GLOVE = "glove";
/** How many words of a file of vectors a model knows beside those of its texts: what it is asked about has others. */
const FREQUENT = 20_000;
/** Vectors that cover less than this share of the running words, such as those of another language, are left alone. */
const LEAST_COVERED = 0.5;
/** With more texts than this, a word without a vector must occur twice: what is learned of one occurrence is chance. */
const MANY = 1000;

/** Words by number, and vectors for some of them. */
export interface ChosenWords {
  readonly tokenizer: Tokenizer;
  /** The vectors, in the order of the vocabulary, and where they are from; absent without vectors. */
  readonly vectors?: (WordVectors & { readonly path: string }) | undefined;
  /** What was chosen, for people. */
  readonly notice: string;
}

/** Where vectors are found without being named; `undefined` where there are none. */
export function vectorsAtHand(): string | undefined {
  const folder = environment("FOVEA_DATA");
  const path = folder === undefined ? undefined : join(resolve(folder), GLOVE);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/**
 * The vocabulary of texts to train on, and vectors.
 * @param texts with all their words
 * @param path of the vectors; `undefined`: without
 */
export async function chooseWords(texts: TextTable, all: Tokenizer, path: string | undefined): Promise<ChosenWords> {
  const counts = countsOf(texts, all.size);
  const words = all.vocabulary!.words;
  const atLeast = sampleCount(texts) > MANY ? 2 : 1;
  if (path !== undefined) {
    const read = await wordVectors(path, { words, frequent: FREQUENT });
    const covered = shareCovered(counts, read.found);
    if (covered >= LEAST_COVERED) return withVectors(all, read, counts, atLeast, path, covered);
    const chosen = withoutVectors(all, counts, atLeast);
    return {
      ...chosen,
      notice: `${path} has vectors for ${percentOf(covered)} of the running words only, and is not used; ${chosen.notice}`,
    };
  }
  return withoutVectors(all, counts, atLeast);
}

function withoutVectors(all: Tokenizer, counts: Int32Array, atLeast: number): ChosenWords {
  const words = all.vocabulary!.words.filter((_, i) => i < 2 || counts[i] >= atLeast);
  return { tokenizer: knowing(all, words), notice: `${words.length} words, whose vectors begin at random` };
}

function withVectors(
  all: Tokenizer,
  read: WordVectors,
  counts: Int32Array,
  atLeast: number,
  path: string,
  covered: number,
): ChosenWords {
  const kept = read.words.flatMap((_, i) => (i < 2 || read.found[i] === 1 || counts[i] >= atLeast ? [i] : []));
  const words = kept.map((i) => read.words[i]);
  const size = read.vectors.shape[1];
  const vectors = zeros([kept.length, size]);
  for (const [to, from] of kept.entries()) vectors.data.set(read.vectors.row(from).data, to * size);
  const found = Uint8Array.from(kept, (i) => read.found[i]);
  return {
    tokenizer: knowing(all, words),
    vectors: { words, vectors, found, path },
    notice: `${words.length} words with vectors of ${size} numbers from ${path}, which has ${percentOf(covered)} of the running words`,
  };
}

const percentOf = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The same tokenizer with other words. */
const knowing = (tokenizer: Tokenizer, words: readonly string[]): Tokenizer =>
  readTokenizer({ ...tokenizer.toJSON(), vocabulary: { words } });

/** How often each word occurs, by number. */
function countsOf(texts: TextTable, size: number): Int32Array {
  const counts = new Int32Array(size);
  const { data: numbers } = (texts.columns.text.values as Ragged).values;
  for (let i = 0; i < numbers.length; i++) counts[numbers[i]]++;
  return counts;
}

/** The share of the running words that have a vector; what only fills up and unknown words are not asked. */
function shareCovered(counts: Int32Array, found: Uint8Array): number {
  let [known, total] = [0, 0];
  for (let i = 2; i < counts.length; i++) {
    total += counts[i];
    known += counts[i] * found[i];
  }
  return total === 0 ? 0 : known / total;
}
