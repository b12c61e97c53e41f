/** Where a step that is divided among threads has barriers. */
import { beginningAt } from "../loops/index.ts";
import type { StepKernel } from "./backend.ts";

/** What barriers depend on. */
export type Ordered = Pick<StepKernel, "isSerial" | "within">;

/**
 * Whether threads wait for each other before the i-th kernel: it may read what other threads have written. The first thread
 * does not wait for itself, between two serial kernels. The first kernel of a loop comes after the last one, too.
 */
export function hasBarrierBefore(kernels: readonly Ordered[], i: number): boolean {
  const before = beginningAt(kernels, i).map((repeat) => kernels.findLast(({ within }) => within?.includes(repeat))!);
  if (i > 0) before.push(kernels[i - 1]);
  return before.some(({ isSerial }) => !(isSerial && kernels[i].isSerial));
}
