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
  for (const { variable, next } of updates) {
    const writers = steps.filter(({ writes }) => writes.includes(next.buffer));
    const [writer] = writers;
    const isWhole = isContiguous(next) && next.buffer.length === variable.length;
    if (!isWhole || writers.length !== 1 || fixed.has(next.buffer) || places.has(next.buffer)) continue;
    const readsHere = writer.reads.includes(variable) && !writer.aligned.includes(variable);
    const isNeeded = steps.slice(steps.indexOf(writer) + 1).some(({ reads }) => reads.includes(variable));
    if (!readsHere && !isNeeded) places.set(next.buffer, variable);
  }
  return places;
}
