/**
 * Random numbers by address: the bits at (seed, stream, position, index) are a pure function of these four, so any number
 * can be drawn in any order, on any number of threads, and a run resumes where it stopped.
 *
 * The generator is Threefry-2×32 with 20 rounds: an addition, a rotation and an exclusive-or a round, and a key injection
 * every fourth. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
import { OptionError } from "./errors.ts";
import { type DrawLanes, MOST_LANES, openLanes } from "./random-lanes.ts";

const PARITY = 0x1bd11bda;

/**
 * 64 random bits for a 64-bit key and a 64-bit counter, as two signed 32-bit integers in `out`. Rounds are written out: with
 * rotations from a table each number takes several times as long.
 */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, out: Int32Array): void {
  const key2 = PARITY ^ key0 ^ key1;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 1) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 2) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key0) | 0;
  x1 = (x1 + key1 + 3) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0;
  x0 = (x0 + key1) | 0;
  x1 = (x1 + key2 + 4) | 0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0;
  x0 = (x0 + x1) | 0;
  x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
  x0 = (x0 + key2) | 0;
  x1 = (x1 + key0 + 5) | 0;
  out[0] = x0;
  out[1] = x1;
}

/** The upper 24 bits as a number in [0, 1): exactly representable in float32. */
export const unitInterval = (bits: number): number => (bits >>> 8) * 2 ** -24;

/** A stream's number from its name (FNV-1a), which states its purpose. */
export function streamOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/**
 * Checks a seed and returns it.
 * @throws OptionError unless the seed is an integer from 0 to 2³² − 1
 */
export function checkSeed(seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new OptionError(`seed ${seed} is out of range: expected an integer from 0 to 4294967295`);
  }
  return seed;
}

let openedLanes: DrawLanes | undefined;

/** What `openLanes` gives, for hosts without. */
function oneByOne([key0, key1]: Parameters<DrawLanes>[0], index: number, position: number, count: number): Int32Array {
  const [all, bits] = [new Int32Array(count), new Int32Array(2)];
  for (let i = 0; i < count; i++) {
    threefry(key0, key1, index + i, position, bits);
    all[i] = bits[0];
  }
  return all;
}

/** A reader of one (seed, stream, position), from index 0. */
export class Random {
  readonly #seed: number;
  readonly #stream: number;
  readonly #position: number;
  readonly #bits = new Int32Array(2);
  #index = 0;

  /**
   * @param seed an integer from 0 to 2³² − 1
   * @param stream the purpose of the numbers; different streams are independent
   * @param position a second coordinate, such as a sample's or an epoch's number
   */
  constructor(seed: number, stream: string, position = 0) {
    this.#seed = checkSeed(seed);
    this.#stream = streamOf(stream);
    this.#position = position;
  }

  /** 32 random bits as a signed integer. */
  bits(): number {
    threefry(this.#seed, this.#stream, this.#index++, this.#position, this.#bits);
    return this.#bits[0];
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * unitInterval(this.bits());
  }

  /** Uniform among 0 … count − 1. */
  integer(count: number): number {
    return Math.floor((this.bits() >>> 0) * 2 ** -32 * count);
  }

  /** Gaussian, by Box and Muller (1958): √(−2 ln u₁) · cos 2πu₂ with u₁ in (0, 1]. */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fills a list with what as many calls of `uniform` give, in a fraction of the time. */
  fillUniform(values: Float64Array, low = 0, high = 1): void {
    this.#forBits(values.length, (bits, count, start) => {
      for (let i = 0; i < count; i++) values[start + i] = low + (high - low) * unitInterval(bits[i]);
    });
  }

  /** Fills a list with what as many calls of `normal` give, in a fraction of the time. */
  fillNormal(values: Float64Array, mean = 0, deviation = 1): void {
    this.#forBits(2 * values.length, (bits, count, start) => {
      for (let i = 0; i < count; i += 2) {
        const radius = Math.sqrt(-2 * Math.log(1 - unitInterval(bits[i])));
        const angle = 2 * Math.PI * unitInterval(bits[i + 1]);
        values[(start + i) >> 1] = mean + deviation * radius * Math.cos(angle);
      }
    });
  }

  /** The next `count` bits, in parts of an even number. */
  #forBits(count: number, use: (bits: Int32Array, count: number, start: number) => void): void {
    openedLanes ??= openLanes() ?? oneByOne;
    const [key0, key1] = [this.#seed | 0, this.#stream];
    for (let start = 0; start < count; start += MOST_LANES) {
      const part = Math.min(MOST_LANES, count - start);
      use(openedLanes([key0, key1, PARITY ^ key0 ^ key1], this.#index, this.#position, part), part, start);
      this.#index += part;
    }
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** A random order of 0 … count − 1 (Fisher and Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }
}
