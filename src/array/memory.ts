/** What happens where memory cannot be had: one error that says how much was asked for. */
import { CapabilityError } from "./errors.ts";

/** What JavaScript engines say when they have no room for an array, or none that is so long. */
const REFUSAL = /allocat|out of memory|array (buffer )?length|length out of range|small enough positive/i;

/** Whether an error says that memory was refused. */
export const isRefusedMemory = (error: unknown): error is RangeError =>
  error instanceof RangeError && REFUSAL.test(error.message);

/** A number of bytes for people: `512 bytes`, `3.5 MiB`. */
export function formatBytes(bytes: number): string {
  const unit = bytes < 2 ** 20 ? 0 : Math.min(4, Math.floor(Math.log2(bytes) / 10));
  return unit === 0
    ? `${bytes} bytes`
    : `${(bytes / 2 ** (10 * unit)).toFixed(1)} ${["", "", "MiB", "GiB", "TiB"][unit]}`;
}

/**
 * Runs `take`.
 * @param what is asked for, in words: `8.0 GiB for f32[2147483648]`
 * @throws CapabilityError where memory is refused
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
