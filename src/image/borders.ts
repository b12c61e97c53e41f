/** What lies beyond the edges of a picture, for all that slides a window over it. */

/**
 * What a window reads where it hangs over the edge of `abcd`:
 *
 * - `valid`: it does not hang over, so that the result is smaller than the picture;
 * - `zero`: 00|abcd|00;
 * - `reflect`: cb|abcd|cb, mirrored at the outermost pixel, as PyTorch's and NumPy's `reflect` and OpenCV's `reflect101`;
 * - `replicate`: aa|abcd|dd.
 */
export type Border = "valid" | "zero" | "reflect" | "replicate";

/** All of them, by name. */
export const borders = ["valid", "zero", "reflect", "replicate"] as const satisfies readonly Border[];

/** From any position along an axis to one on it. */
export type BorderRule = (position: number, length: number) => number;

/** Mirrored at the outermost positions, again and again where there is more beyond than within. */
export const reflected: BorderRule = (position, length) => {
  const period = Math.max(1, 2 * (length - 1));
  const within = ((position % period) + period) % period;
  return Math.min(within, period - within);
};

/** The nearest position. */
export const replicated: BorderRule = (position, length) => Math.min(Math.max(position, 0), length - 1);

/** From a position beyond the edges to the one that is read; −1 reads zero. */
const borderRules: Readonly<Record<Exclude<Border, "valid">, BorderRule>> = {
  zero: () => -1,
  reflect: reflected,
  replicate: replicated,
};

/**
 * An axis of `length` positions made longer by `before` and `after`: for each position, which one is read instead. −1
 * stands for a zero.
 */
export function borderPositions(border: Border, length: number, before: number, after: number): Int32Array {
  return Int32Array.from({ length: before + length + after }, (_, i) => {
    const position = i - before;
    return border === "valid" || (position >= 0 && position < length)
      ? position
      : borderRules[border](position, length);
  });
}
