/** Waits until other processes are idle, on a shared machine. */
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/** Operating systems count processor time in steps of 10 ms. */
const GLANCE_MS = 60;
const IDLE_ENOUGH = 0.9;
/** After the wait, so that the first to run does not find a core that has slowed down. */
const SPIN_MS = 20;

interface Times {
  readonly idle: number;
  readonly total: number;
}

function timesSoFar(): Times {
  const all = cpus().map(({ times }) => times);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  return { idle: sum(all.map(({ idle }) => idle)), total: sum(all.flatMap((times) => Object.values(times))) };
}

/** The share of all cores' time that was idle between two moments. */
export const idleShare = (before: Times, after: Times): number =>
  (after.idle - before.idle) / Math.max(1, after.total - before.total);

async function isQuiet(): Promise<boolean> {
  const before = timesSoFar();
  await sleep(GLANCE_MS);
  return idleShare(before, timesSoFar()) >= IDLE_ENOUGH;
}

/** A function that waits for a quiet moment, up to `milliseconds` in total; after that it returns at once. */
export function quietMoments(milliseconds: number): () => Promise<void> {
  let left = milliseconds;
  return async () => {
    if (left <= 0) return;
    for (let quiet = false; left > 0 && !quiet; ) {
      const start = performance.now();
      quiet = await isQuiet();
      left -= performance.now() - start;
    }
    const end = performance.now() + SPIN_MS;
    while (performance.now() < end);
  };
}
