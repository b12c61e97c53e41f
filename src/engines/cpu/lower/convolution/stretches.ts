/**
 * Output positions of sliding windows in stretches: those at an axis's edges, whose windows hang over the input, and all
 * others together. Within a stretch every window meets the input with the same offsets, so that kernels compare no position
 * with the input's size.
 */
import { sizeOf } from "../../../../array/index.ts";
import type { Axis } from "../../../../ops/index.ts";
import { everyChoice } from "../context/index.ts";

/** Positions along an axis from `from` on, as far as `to`, which is not included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export const lengthOf = ({ from, to }: Range): number => to - from;

/** Neighboring output positions whose windows meet the input with the same offsets. */
export interface Stretch {
  readonly outputs: Range;
  readonly offsets: Range;
}

/** The offsets of the window at an output position that meet the input. */
function offsetsInside({ input, kernel, stride, dilation, before }: Axis, output: number): Range {
  const start = output * stride - before;
  const from = Math.min(kernel, Math.max(0, Math.ceil(-start / dilation)));
  return { from, to: Math.max(from, Math.min(kernel, Math.ceil((input - start) / dilation))) };
}

/** An axis's output positions in stretches, in order. */
export function stretchesOf(axis: Axis): Stretch[] {
  const found: Stretch[] = [];
  for (let output = 0; output < axis.output; output++) {
    const offsets = offsetsInside(axis, output);
    const last = found.at(-1);
    const from = last?.offsets.from === offsets.from && last.offsets.to === offsets.to ? last.outputs.from : output;
    if (from < output) found.pop();
    found.push({ outputs: { from, to: output + 1 }, offsets });
  }
  return found;
}

/** A stretch of each axis. */
export interface Region {
  readonly outputs: readonly Range[];
  /** The offsets that meet the input along each axis; undefined where positions have to be compared. */
  readonly inside: readonly Range[] | undefined;
}

export const wholeRegion = (axes: readonly Axis[]): Region => ({
  outputs: axes.map(({ output }) => ({ from: 0, to: output })),
  inside: undefined,
});

/**
 * The stretches of all axes in every combination, or all positions together where code for each would be too long.
 * @param visits how many offsets are written out for a window
 * @param most how many offsets may be written out in all
 */
export function regionsOf(axes: readonly Axis[], visits: number, most: number): Region[] {
  const all = axes.map(stretchesOf);
  if (sizeOf(all.map(({ length }) => length)) * visits > most) return [wholeRegion(axes)];
  return everyChoice(all).map((chosen) => ({
    outputs: chosen.map(({ outputs }) => outputs),
    inside: chosen.map(({ offsets }) => offsets),
  }));
}
