/** Border modes of sliding windows. */

/**
 * What a window reads beyond the edges of `abcd`:
 *
 * - `valid`: it does not hang over, so that the result is smaller than the picture;
 * - `zero`: 00|abcd|00;
 * - `reflect`: cb|abcd|cb, mirrored at the outermost pixel, as PyTorch's and NumPy's `reflect` and OpenCV's `reflect101`;
 * - `replicate`: aa|abcd|dd.
 */
export type Border = "valid" | "zero" | "reflect" | "replicate";

/** The border modes, by name. */
export const borders = ["valid", "zero", "reflect", "replicate"] as const satisfies readonly Border[];

/** From any position along an axis to one on it. */
export type BorderRule = (position: number, length: number) => number;

/** Mirrored at the outermost positions, repeatedly if needed. */
export const reflected: BorderRule = (position, length) => {
  const period = Math.max(1, 2 * (length - 1));
  const within = ((position % period) + period) % period;
  return Math.min(within, period - within);
};

/** The nearest position. */
export const replicated: BorderRule = (position, length) => Math.min(Math.max(position, 0), length - 1);

/** The position to read for one beyond the edges; −1 reads zero. */
const borderRules: Readonly<Record<Exclude<Border, "valid">, BorderRule>> = {
  zero: () => -1,
  reflect: reflected,
  replicate: replicated,
};

/** The positions to read along an axis of `length` positions extended by `before` and `after`; −1 stands for zero. */
export function borderPositions(border: Border, length: number, before: number, after: number): Int32Array {
  return Int32Array.from({ length: before + length + after }, (_, i) => {
    const position = i - before;
    return border === "valid" || (position >= 0 && position < length)
      ? position
      : borderRules[border](position, length);
  });
}
