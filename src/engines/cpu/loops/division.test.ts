/** Threads share the iterations of a loop, or of two loops: each iteration belongs to exactly one of them. */
import { describe, expect, it } from "vitest";
import { at, KernelBuilder, plus, times } from "./builder.ts";
import { boundFor, type Division, divisionOf, isDividedTogether, type RowBound } from "./division.ts";
import type { Buffer, Loop } from "./ir.ts";

const buffer: Buffer = { name: "y", lane: "f32", length: 10_000 };

function loopOf(counts: readonly number[]): Loop {
  const b = new KernelBuilder(4);
  const nest = (depth: number, place = at(0)): void => {
    if (depth === counts.length) b.store(buffer, place, b.load(buffer, place));
    else b.loop(counts[depth], (i) => nest(depth + 1, plus(times(place, counts[depth]), i)), { parallel: true });
  };
  nest(0);
  return b.finish("loops").body[0] as Loop;
}

/** The iterations of a thread, as numbers in the order of execution: what a backend makes of the bounds. */
function iterationsOf({ share, pair }: Division, thread: number, threads: number): number[] {
  const [start, end] = [share.start, share.end].map((bound) => boundFor(thread, threads, bound));
  const from = (low: number, high: number): number[] =>
    Array.from({ length: Math.max(0, high - low) }, (_, i) => low + i);
  if (pair === undefined) return from(start, end);
  const row = ({ share, further, by }: RowBound): number =>
    Math.floor((boundFor(thread, threads, share) + further) / by);
  const b = pair.inner.counter.count;
  return from(row(pair.rows.start), row(pair.rows.end)).flatMap((i) =>
    from(Math.max(0, start - i * b), Math.min(b, end - i * b)).map((j) => i * b + j),
  );
}

describe("the division of loops", () => {
  it.each([[[7]], [[40]], [[100, 3]], [[3, 5]], [[2, 97]], [[31, 2]]])(
    "%j gives each iteration to one thread",
    (counts) => {
      const division = divisionOf(loopOf(counts))!;
      const total = division.pair === undefined ? counts[0] : counts[0] * counts[1];
      for (const threads of [1, 2, 3, 8, 64]) {
        const all = Array.from({ length: threads }, (_, thread) => iterationsOf(division, thread, threads)).flat();
        expect(all).toEqual(Array.from({ length: total }, (_, i) => i));
      }
    },
  );

  it("takes a short loop together with the loop inside it", () => {
    expect(divisionOf(loopOf([31, 2]))?.pair?.inner.counter.count).toBe(2);
    expect(divisionOf(loopOf([32, 2]))?.pair).toBeUndefined();
    expect(isDividedTogether(3, false)).toBe(false);
  });

  it("is nothing for a loop that one thread runs", () => {
    expect(divisionOf({ ...loopOf([7]), parallel: false })).toBeUndefined();
  });
});
