/**
 * How a kernel is divided among threads. Of its outermost statements every thread executes the settings of locals and its
 * share of each parallel loop; all others are for the first thread. Neighboring iterations stay together: of `count`
 * iterations a thread has those
 *
 *     from ⌊thread · count / threads⌋ to ⌊(thread + 1) · count / threads⌋.
 *
 * Two loops, one directly in the other, of a and b iterations can be divided as one loop of a · b. A thread whose share goes
 * from `start` to `end` then has
 *
 *     i from ⌊start / b⌋ to ⌈end / b⌉,  and for each i,  j from max(0, start − i·b) to min(b, end − i·b).
 *
 * Here are the bounds as data; a backend turns them into instructions.
 */
import type { Loop, Statement } from "./ir.ts";

/** ⌊(thread + further) · count / threads⌋ */
export interface ShareBound {
  readonly count: number;
  readonly further: 0 | 1;
}

/** ⌊(share + further) / by⌋ */
export interface RowBound {
  readonly share: ShareBound;
  readonly further: number;
  readonly by: number;
}

/** From where to where a thread iterates; the end is not included. */
export interface Bounds<Bound> {
  readonly start: Bound;
  readonly end: Bound;
}

/** A loop and the one inside it, divided as one. */
export interface Pair {
  readonly inner: Loop;
  /** Of the outer counter. */
  readonly rows: Bounds<RowBound>;
}

export interface Division {
  /** Of the loop's iterations, or of those of both loops of a pair. */
  readonly share: Bounds<ShareBound>;
  readonly pair?: Pair;
}

/** An outermost loop with fewer iterations would be divided unevenly: it is divided together with the loop inside it. */
const FEWEST_ALONE = 32;

/** @param hasLoopAlone whether the body is one loop of independent iterations and nothing else */
export const isDividedTogether = (count: number, hasLoopAlone: boolean): boolean =>
  hasLoopAlone && count < FEWEST_ALONE;

/** The loop that a loop is divided together with. */
export const insideOf = ({ together, body: [inner] }: Loop): Loop | undefined =>
  together && inner.kind === "loop" ? inner : undefined;

export const isDivided = (part: Statement): part is Loop => part.kind === "loop" && part.parallel;

/** Whether an outermost statement is executed by the first thread only. */
export const isSerial = (part: Statement): boolean => part.kind !== "set" && !isDivided(part);

/** How threads share a loop; `undefined` for a loop that is not divided. */
export function divisionOf(loop: Loop): Division | undefined {
  if (!isDivided(loop)) return undefined;
  const inner = insideOf(loop);
  if (inner === undefined) return { share: shareOf(loop.counter.count) };
  const by = inner.counter.count;
  const share = shareOf(loop.counter.count * by);
  const rows = { start: { share: share.start, further: 0, by }, end: { share: share.end, further: by - 1, by } };
  return { share, pair: { inner, rows } };
}

const shareOf = (count: number): Bounds<ShareBound> => ({
  start: { count, further: 0 },
  end: { count, further: 1 },
});

/** The value of a bound, for one of the threads. */
export const boundFor = (thread: number, threads: number, { count, further }: ShareBound): number =>
  Math.floor(((thread + further) * count) / threads);
