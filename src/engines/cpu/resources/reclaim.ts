/**
 * Memory that programs and threads take outside of JavaScript's heap. Finalizers give it back, but two things keep them from
 * running in time: the collector does not see this memory, and finalizers run in tasks, which a loop that awaits settled
 * promises never reaches. So everything taken is counted here, and after enough of it `reclaim` asks for a collection and
 * gives finalizers their turn.
 */
import { collectGarbage, pause } from "#platform";

/** What a program takes besides its buffers: code, page tables, mappings. */
export const OVERHEAD_BYTES = 2 ** 18;

/** A collection is due after this much, and after half of what is in use: then its cost per byte is bounded. */
const LEAST_BYTES = 2 ** 26;
const GROWTH = 0.5;

/** Turns of the event loop until the finalizers of a collection have run: they are queued in the first. */
const TURNS = 2;

let inUse = 0;
let sinceCollection = 0;

const releases = new FinalizationRegistry<number>((bytes) => {
  inUse -= bytes;
});

/** Counts `bytes` until `owner` is collected. */
export function account(owner: object, bytes: number): void {
  inUse += bytes;
  sinceCollection += bytes;
  releases.register(owner, bytes);
}

export const isReclaimDue = (): boolean => sinceCollection > Math.max(LEAST_BYTES, GROWTH * inUse);

/** Gives back what dropped programs and threads have taken. */
export async function reclaim(): Promise<void> {
  sinceCollection = 0;
  collectGarbage();
  for (let turn = 0; turn < TURNS; turn++) await pause();
}
