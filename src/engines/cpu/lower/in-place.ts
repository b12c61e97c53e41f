/**
 * Updates in place: the next value of a variable is written over the old one by the kernel that computes it, so that a step
 * needs no second copy of weights and optimizer slots, and no pass to put them back.
 */
import type { Buffer } from "../loops/index.ts";
import { isContiguous, type Step, type View } from "./context/index.ts";

/** What a variable, in its buffer, becomes at the end of the step. */
export interface Update {
  readonly variable: Buffer;
  readonly next: View;
}

/**
 * The buffer of a next value may lie where its variable lies if one kernel makes it, no kernel needs the old value after that
 * kernel, and the kernel itself looks at the old value only where it is about to write.
 * @param fixed buffers that have a place already
 * @returns for each buffer that may: the variable's
 */
export function placeUpdates(
  steps: readonly Step[],
  updates: readonly Update[],
  fixed: ReadonlySet<Buffer>,
): Map<Buffer, Buffer> {
  const places = new Map<Buffer, Buffer>();
  const { writers, lastReads } = usesIn(steps);
  for (const { variable, next } of updates) {
    const writer = writers.get(next.buffer);
    const isWhole = isContiguous(next) && next.buffer.length === variable.length;
    if (!isWhole || writer === undefined || fixed.has(next.buffer) || places.has(next.buffer)) continue;
    const { reads, aligned, within } = steps[writer];
    // What is repeated reads the old value again.
    if (within !== undefined) continue;
    const readsHere = reads.includes(variable) && !aligned.includes(variable);
    const isNeeded = (lastReads.get(variable) ?? -1) > writer;
    if (!readsHere && !isNeeded) places.set(next.buffer, variable);
  }
  return places;
}

/** By buffer: the number of the step that writes it, `undefined` if several do, and of the last one that reads it. */
function usesIn(steps: readonly Step[]) {
  const writers = new Map<Buffer, number | undefined>();
  const lastReads = new Map<Buffer, number>();
  steps.forEach(({ reads, writes }, i) => {
    for (const buffer of reads) lastReads.set(buffer, i);
    for (const buffer of new Set(writes)) writers.set(buffer, writers.has(buffer) ? undefined : i);
  });
  return { writers, lastReads };
}
