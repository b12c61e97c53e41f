/** Axes of contractions, from the strides of what they read and write. */
import type { Tuning, View } from "../context/index.ts";
import type { ContractionAxis } from "./contraction.ts";
import type { Sink } from "./sink.ts";

export const axis = (length: number, a: number, b: number, c: readonly number[] = []): ContractionAxis => ({
  length,
  a,
  b,
  c,
});

/** How far positions along an axis of the result are apart, `scale` of them at a time, in each view of the sink. */
export const stepsAlong = ({ views }: Sink, axis: number, scale = 1): number[] =>
  views.map(({ strides }) => strides[axis] * scale);

/** The strides of a view's batch axis, channel axis and spatial axes. */
export const mapStrides = ({ strides: [n, c, ...spatial] }: View) => ({ n, c, spatial });

/** Takes one axis for the rows of the register tile; the others are loops around it. */
export function splitRows(
  axes: readonly ContractionAxis[],
  tuning: Tuning,
): { outer: ContractionAxis[]; row: ContractionAxis } {
  const contiguous = axes.findIndex(({ a, length }) => a === 1 && length > 1);
  const row = contiguous >= 0 ? contiguous : longestAxis(axes, tuning);
  return { outer: axes.filter((_, i) => i !== row), row: axes[row] };
}

/** The number of the last axis that fills register tiles, or of the longest one. */
export const longestAxis = (axes: readonly ContractionAxis[], { packing }: Tuning): number =>
  axes.reduce((best, { length }, i) => (length >= Math.min(packing.enoughRows, axes[best].length) ? i : best), 0);

/** Neighbors through which all operands and results step evenly become one axis. */
export function evenly(axes: readonly ContractionAxis[]): ContractionAxis[] {
  const found: ContractionAxis[] = [];
  for (const next of axes) {
    const last = found.at(-1);
    const isEven = (step: number, inside: number): boolean => step === inside * next.length;
    if (last && isEven(last.a, next.a) && isEven(last.b, next.b) && last.c.every((step, k) => isEven(step, next.c[k])))
      found[found.length - 1] = { ...next, length: last.length * next.length };
    else found.push(next);
  }
  return found;
}
