/** Keeps the vectors of the words that are wanted, and passes over the others. */
import { allocate, describeGiven, NdArray, OptionError } from "../../array/index.ts";
import { type Kind, optional, readOptions } from "../../options/index.ts";

/** Options of readers of word vectors. */
export interface WordVectorsOptions {
  /** The words whose vectors are wanted, in the order of the rows. Default: all of the file. */
  readonly words?: readonly string[] | undefined;
}

/** Vectors of words. */
export interface WordVectors {
  /** The words of the rows: those that were wanted, or all of the file. */
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

const schema = { words: optional(wordsKind) };

/** Takes the words of a file one after the other. */
export class Collector {
  readonly #wanted: readonly string[] | undefined;
  readonly #rows = new Map<string, number[]>();
  readonly #all: string[] = [];
  readonly #vectors = new Map<number, Float32Array>();

  /** @throws OptionError for invalid options */
  constructor(where: string, options: WordVectorsOptions) {
    const { words } = readOptions(where, schema, options);
    this.#wanted = words;
    for (const [row, word] of words?.entries() ?? []) {
      const rows = this.#rows.get(word);
      if (rows === undefined) this.#rows.set(word, [row]);
      else rows.push(row);
    }
  }

  /** Whether the vector of a word is wanted, of which the first counts. */
  wants(word: string): boolean {
    if (this.#wanted === undefined) return !this.#rows.has(word);
    const rows = this.#rows.get(word);
    return rows !== undefined && !this.#vectors.has(rows[0]);
  }

  /** Adds the vector of a word that is wanted. */
  add(word: string, vector: Float32Array): void {
    if (this.#wanted === undefined) {
      this.#rows.set(word, [this.#all.length]);
      this.#all.push(word);
    }
    for (const row of this.#rows.get(word) ?? []) this.#vectors.set(row, vector);
  }

  /** What was collected, of vectors of a size. */
  finish(size: number): WordVectors {
    const words = this.#wanted ?? this.#all;
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
