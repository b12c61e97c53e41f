/**
 * Operations that give the lanes of two vectors in another order. Each is one instruction on every target, which is why they
 * work on fours, as shuffles of x86-64 do: 128 bits at a time, or 128 bits as a whole.
 */
import type { Operation } from "./ir.ts";

export interface Shuffle {
  /** Which lane of the two operands each lane of the result is; those of b follow those of a. */
  readonly source: (lane: number, lanes: number) => number;
  /** The least width that it makes sense for. */
  readonly lanes: 4 | 8;
}

/** In each four, two lanes of a and two of b in turn. */
const interleaved = (first: 0 | 2): Shuffle => ({
  source: (lane, lanes) => (lane & ~3) + first + ((lane & 2) >> 1) + (lane & 1) * lanes,
  lanes: 4,
});

/** Every other four of a, then of b. */
const fours = (first: 0 | 1): Shuffle => ({
  source: (lane) => 8 * (lane >> 2) + 4 * first + (lane & 3),
  lanes: 8,
});

export const shuffles = {
  interleaveLow: interleaved(0),
  interleaveHigh: interleaved(2),
  evenFours: fours(0),
  oddFours: fours(1),
} as const satisfies Partial<Record<Operation, Shuffle>>;

export const isShuffle = (operation: Operation): operation is keyof typeof shuffles =>
  Object.hasOwn(shuffles, operation);
