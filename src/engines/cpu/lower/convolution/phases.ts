/**
 * The phases of an input gradient. With a stride, neighboring positions of dx meet different taps of the filters; positions
 * a stride apart meet the same ones.
 */
import { partOf, range } from "../context/index.ts";
import type { Sink } from "../contraction/index.ts";
/** The positions start, start + stride, … of dx along an axis: they meet the same taps. */
export interface Phase {
  readonly start: number;
  readonly count: number;
  /** The first of these taps, how many there are, and how far they are apart. */
  readonly tap: number;
  readonly taps: number;
  readonly tapStep: number;
  /** Which position of dy the first position meets at the first tap; at the next tap it is `step` less. */
  readonly first: number;
  readonly step: number;
}

/** The part of the meetings of positions and taps that is inside dy. */
export const shareInside = (
  phases: readonly (readonly Phase[])[],
  outputs: readonly number[],
  kernel: readonly number[],
): number =>
  phases.reduce((share, list, i) => {
    const meetings = list.reduce((sum, { count, taps }) => sum + count * taps, 0);
    return share * (meetings === 0 ? 1 : (outputs[i] * kernel[i]) / meetings);
  }, 1);

export function phasesOf(length: number, kernel: number, stride: number, before: number, dilation: number): Phase[] {
  const tapStep = range(stride).find((n) => ((n + 1) * dilation) % stride === 0)! + 1;
  return range(Math.min(stride, length)).map((start) => {
    const tap = range(Math.min(tapStep, kernel)).find((k) => (start + before - k * dilation) % stride === 0);
    return {
      start,
      count: Math.ceil((length - start) / stride),
      tap: tap ?? 0,
      taps: tap === undefined ? 0 : Math.ceil((kernel - tap) / tapStep),
      tapStep,
      first: tap === undefined ? 0 : (start + before - tap * dilation) / stride,
      step: (tapStep * dilation) / stride,
    };
  });
}

/** A sink for the positions start, start + step, … along an axis. */
export const everyNth = ({ views, ...sink }: Sink, axis: number, start: number, step: number, count: number): Sink => ({
  ...sink,
  views: views.map((view) => partOf(view, axis, start, count, step)),
});
