/** Colors of many values at once: a table instead of a computation for each. */
import { colorOf, type Palette } from "./paint.ts";

/** Steps from 0 to the full color. */
const STEPS = 255;

/** Opaque pixels, little endian, of values from −scale to scale, in 2 · STEPS + 1 steps. */
export type ColorTable = Uint32Array;

/** Signed values diverge; magnitudes (`signed: false`) rise to the ink. */
export function colorTable(palette: Palette, signed = true): ColorTable {
  return Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
    const [red, green, blue] = colorOf((i - STEPS) / STEPS, 1, palette, signed);
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

/** Fully transparent, of what has no value. */
const NOTHING = 0;

/** Writes the pixels of values from an offset on. A scale of 0 gives the neutral color. */
export function paintInto(
  pixels: Uint32Array,
  values: ArrayLike<number>,
  table: ColorTable,
  { scale, from = 0, count = values.length }: { scale: number; from?: number; count?: number },
): void {
  const factor = scale > 0 ? STEPS / scale : 0;
  for (let i = 0; i < count; i++) {
    const value = values[from + i];
    pixels[i] = Number.isNaN(value)
      ? NOTHING
      : table[STEPS + Math.round(Math.max(-STEPS, Math.min(STEPS, value * factor)))];
  }
}
