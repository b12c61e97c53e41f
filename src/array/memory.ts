/** Failed allocations: one error that says how much was requested. */
import { CapabilityError } from "./errors.ts";

/** Messages of JavaScript engines about arrays that do not fit or are too long. */
const REFUSAL = /allocat|out of memory|array (buffer )?length|length out of range|small enough positive/i;

/** Whether an error is a failed allocation. */
export const isRefusedMemory = (error: unknown): error is RangeError =>
  error instanceof RangeError && REFUSAL.test(error.message);

/** A number of bytes as text: `512 bytes`, `3.5 MiB`. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 2 ** 20 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return unit === 0
    ? `${bytes} bytes`
    : `${(bytes / 2 ** (10 * unit)).toFixed(1)} ${["", "", "MiB", "GiB", "TiB"][unit]}`;
}

/**
 * Runs `take`.
 * @param what is requested, in words: `8.0 GiB for f32[2147483648]`
 * @throws CapabilityError if the allocation fails
 */
export function takingMemory<T>(what: () => string, take: () => T): T {
  try {
    return take();
  } catch (error) {
    if (!isRefusedMemory(error)) throw error;
    throw new CapabilityError(`out of memory: cannot get ${what()} (${error.message}); use a smaller batch`, {
      cause: error,
    });
  }
}
