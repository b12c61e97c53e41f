/** Loops in steps of more than one. */
import { at, type KernelBuilder, times } from "./builder.ts";
import type { Index } from "./ir.ts";

/** Whole tiles in a loop, and what is left at the end. */
export function forTiles(
  b: KernelBuilder,
  length: number,
  size: number,
  body: (start: Index, count: number, tile: Index) => void,
  parallel = true,
): void {
  const whole = Math.floor(length / size);
  b.loop(whole, (i) => body(times(i, size), size, i), { parallel });
  if (whole * size < length) body(at(whole * size), length - whole * size, at(whole));
}
