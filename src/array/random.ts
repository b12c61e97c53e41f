/**
 * Random numbers by address: the bits at (seed, stream, position, index) are a pure function of these four, so any number
 * can be drawn in any order, on any number of threads, and a run resumes where it stopped.
 *
 * The generator is Threefry-2×32 with 20 rounds: an addition, a rotation and an exclusive-or a round, and a key injection
 * every fourth. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
import { OptionError } from "./errors.ts";

const PARITY = 0x1bd11bda;
const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const THREEFRY_ROUNDS = 20;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** 64 random bits for a 64-bit key and a 64-bit counter, as two signed 32-bit integers in `out`. */
export function threefry(key0: number, key1: number, counter0: number, counter1: number, out: Int32Array): void {
  const key = [key0 | 0, key1 | 0, PARITY ^ key0 ^ key1];
  let x0 = (counter0 + key[0]) | 0;
  let x1 = (counter1 + key[1]) | 0;
  for (let round = 0; round < THREEFRY_ROUNDS; round++) {
    x0 = (x0 + x1) | 0;
    x1 = rotate(x1, ROTATIONS[round % 8]) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + key[injection % 3]) | 0;
      x1 = (x1 + key[(injection + 1) % 3] + injection) | 0;
    }
  }
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
