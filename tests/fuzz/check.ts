/** One damaged file after the other: each is read, or refused with an error of ours; neither time nor memory runs away. */
import { FoveaError, Random } from "../../src/array/index.ts";
import { mutate } from "./mutate.ts";
import { type Reader, readers, type Sample } from "./readers.ts";

/** What a case may take: bytes that grow while it is read, before any of them is collected, and milliseconds. */
export const limits = { bytes: 48 * 2 ** 20, bytesOfByte: 64, milliseconds: 2000 };

/** What became of a file. */
export interface Outcome {
  readonly accepted: boolean;
  /** What should not have happened. */
  readonly failure: string | undefined;
  readonly bytes: number;
  readonly milliseconds: number;
  /** What the reader said. */
  readonly message: string;
}

/** The files of one reader, by number: the same seed gives the same ones. */
export class Fuzzer {
  readonly #reader: Reader;
  readonly #name: string;
  readonly #seed: number;
  readonly #samples: readonly Sample[];
  readonly #others: readonly Uint8Array[];

  private constructor(name: string, seed: number, samples: readonly Sample[]) {
    this.#name = name;
    this.#reader = readers[name];
    this.#seed = seed;
    this.#samples = samples;
    this.#others = samples.flatMap(({ parts }) => parts);
  }

  static async of(name: string, seed: number): Promise<Fuzzer> {
    return new Fuzzer(name, seed, await readers[name].samples());
  }

  /** A damaged file. */
  draw(number: number): Uint8Array {
    const random = new Random(this.#seed, `${this.#name} ${number}`);
    const { parts, build } = this.#samples[random.integer(this.#samples.length)];
    // Half of the damage is done to the first part, which is the header or the pickle.
    const at = random.chance(0.5) ? 0 : random.integer(parts.length);
    return build(parts.map((part, i) => (i === at ? mutate(part, random, this.#others) : part)));
  }

  async check(number: number): Promise<Outcome> {
    const bytes = this.draw(number);
    const before = memoryInUse();
    const start = performance.now();
    const error = await this.#errorOf(bytes);
    const milliseconds = performance.now() - start;
    const grown = memoryInUse() - before;
    return {
      accepted: error === undefined,
      failure: failureOf(error, grown, bytes.length, milliseconds),
      bytes: grown,
      milliseconds,
      message: error instanceof Error ? error.message : "",
    };
  }

  /** Undefined if the file was read. */
  async #errorOf(bytes: Uint8Array): Promise<unknown> {
    try {
      await this.#reader.read(bytes);
      return undefined;
    } catch (error) {
      return error ?? new TypeError("nothing was thrown");
    }
  }
}

function memoryInUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function failureOf(error: unknown, grown: number, length: number, milliseconds: number): string | undefined {
  if (error !== undefined && !(error instanceof FoveaError)) return String((error as Error)?.stack ?? error);
  if (grown > limits.bytes + limits.bytesOfByte * length) return `${grown} bytes for a file of ${length}`;
  return milliseconds > limits.milliseconds ? `${Math.round(milliseconds)} ms` : undefined;
}
