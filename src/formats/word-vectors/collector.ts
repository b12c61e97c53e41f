/** Keeps the vectors of the words that are wanted, and passes over the others. */
import { allocate, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { integer, type Kind, optional, readOptions, withDefault } from "../../options/index.ts";

/** Options of readers of word vectors. */
export interface WordVectorsOptions {
  /** The words whose vectors are wanted, in the order of the rows. Default: all of the file. */
  readonly words?: readonly string[] | undefined;
  /**
   * Beside these, how many of the file's first words are taken, which are the most frequent ones in published files: words that
   * later texts may have. They follow in the order of the file. Default 0.
   */
  readonly frequent?: number | undefined;
}

/** Vectors of words. */
export interface WordVectors {
  /** The words of the rows: those that were wanted and the frequent ones, or all of the file. */
  readonly words: readonly string[];
  /** `f32` [words, size]; zeros for words that the file does not have. */
  readonly vectors: NdArray;
  /** [words]: 1 for words that the file has, 0 for others. */
  readonly found: Uint8Array;
}

const wordsKind: Kind<readonly string[]> = {
  expects: "a list of words",
  read: (value) => (Array.isArray(value) && value.every((word) => typeof word === "string") ? value : undefined),
};

const schema = { words: optional(wordsKind), frequent: withDefault(integer(0), 0) };

/** Takes the words of a file one after the other. */
export class Collector {
  readonly #wanted: readonly string[] | undefined;
  /** The first words of the file that are still to come. */
  #frequent: number;
  readonly #rows = new Map<string, number[]>();
  /** Those that were not named. */
  readonly #others: string[] = [];
  readonly #vectors = new Map<number, Float32Array>();

  /** @throws OptionError for invalid options */
  constructor(where: string, options: WordVectorsOptions) {
    const { words, frequent } = readOptions(where, schema, options);
    this.#wanted = words;
    this.#frequent = frequent;
    for (const [row, word] of words?.entries() ?? []) {
      const rows = this.#rows.get(word);
      if (rows === undefined) this.#rows.set(word, [row]);
      else rows.push(row);
    }
  }

  /** Whether the vector of a word is wanted, of which the first counts. Asked once for each word of the file, in order. */
  wants(word: string): boolean {
    const isFrequent = this.#frequent > 0;
    if (isFrequent) this.#frequent--;
    const rows = this.#rows.get(word);
    if (rows !== undefined) return !this.#vectors.has(rows[0]);
    return isFrequent || this.#wanted === undefined;
  }

  /** Adds the vector of a word that is wanted. */
  add(word: string, vector: Float32Array): void {
    if (!this.#rows.has(word)) {
      this.#rows.set(word, [(this.#wanted?.length ?? 0) + this.#others.length]);
      this.#others.push(word);
    }
    for (const row of this.#rows.get(word) ?? []) this.#vectors.set(row, vector);
  }

  /** What was collected, of vectors of a size. */
  finish(size: number): WordVectors {
    const words = [...(this.#wanted ?? []), ...this.#others];
    const data = allocate("f32", words.length * size);
    const found = new Uint8Array(words.length);
    for (const [row, vector] of this.#vectors) {
      data.set(vector, row * size);
      found[row] = 1;
    }
    return { words, vectors: new NdArray(data, [words.length, size], "f32"), found };
  }
}

/** Checks a stream of bytes. @throws OptionError unless it is one */
export function checkStream(where: string, value: unknown): asserts value is AsyncIterable<Uint8Array> {
  const isStream = typeof value === "object" && value !== null && Symbol.asyncIterator in value;
  if (!isStream) throw new OptionError(`${where}: expects a stream of bytes, got ${describeGiven(value)}`);
}
