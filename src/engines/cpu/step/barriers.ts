/** Where a step that is divided among threads has barriers. */
import type { StepKernel } from "./backend.ts";

/**
 * Whether threads wait for each other before the i-th kernel: it may read what other threads have written. The first thread
 * does not wait for itself, between two serial kernels.
 */
export const hasBarrierBefore = (kernels: readonly Pick<StepKernel, "isSerial">[], i: number): boolean =>
  i > 0 && !(kernels[i].isSerial && kernels[i - 1].isSerial);
