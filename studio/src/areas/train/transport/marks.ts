/** Places on the line of a run. */
import type { Moment } from "../../../worker/api.ts";

/** In epochs. */
export const placeOf = ({ epoch, step }: Moment, stepsPerEpoch: number): number => epoch + step / stepsPerEpoch;

/** The kept moment nearest to a place, the earlier of two. */
export const nearest = (kept: readonly Moment[], place: number, stepsPerEpoch: number): Moment =>
  kept.reduce((best, one) => {
    const distance = (moment: Moment): number => Math.abs(placeOf(moment, stepsPerEpoch) - place);
    return distance(one) < distance(best) ? one : best;
  });

/** The last kept moment before a place, or the first after it. */
export function neighbor(
  kept: readonly Moment[],
  place: number,
  stepsPerEpoch: number,
  direction: -1 | 1,
): Moment | undefined {
  const isBeyond = (moment: Moment): boolean => direction * (placeOf(moment, stepsPerEpoch) - place) > 1e-9;
  return direction < 0 ? kept.findLast(isBeyond) : kept.find(isBeyond);
}

/** Epochs that are written under the line: at most so many, at round distances. */
export function labeledEpochs(epochs: number, most = 12): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => epochs / size <= most) ?? 1000;
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, i) => i * step);
}
