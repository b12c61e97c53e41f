/**
 * Which found boxes of a picture and class are true, by the rules of COCO's evaluation code. From the highest score down, each
 * found box takes the true box that it overlaps most, by at least a threshold, of those that are not taken (of equal ones the
 * last). Only if there is none it may take an ignored one, and then it counts neither as a hit nor as a miss. So does a box
 * that takes none and is of a size that is not looked at. A crowd, a box around many objects, is ignored and may be taken by
 * any number; the overlap with it is the share of the found box inside of it.
 */
import { areaOf, type Box, commonArea, overlapOf } from "./overlap.ts";

/** A true box. */
export interface TrueBox {
  readonly box: Box;
  /** Its area, which decides whether it is small, medium or large. */
  readonly area: number;
  readonly isCrowd: boolean;
  /** Whether it need not be found; so is every crowd. */
  readonly isIgnored: boolean;
}

/** A found box. */
export interface FoundBox {
  readonly box: Box;
  readonly score: number;
}

/** A range of areas, both ends included. */
export type AreaRange = readonly [least: number, most: number];

/** What a found box is: a hit, a miss, or neither. */
export type Verdict = "hit" | "miss" | "ignored";

const isOutside = (area: number, [least, most]: AreaRange): boolean => area < least || area > most;

/** Overlaps of each found box with each true one. */
export const overlapsOf = (found: readonly FoundBox[], truth: readonly TrueBox[]): number[][] =>
  found.map(({ box }) =>
    truth.map(({ box: other, isCrowd }) => (isCrowd ? commonArea(box, other) / areaOf(box) : overlapOf(box, other))),
  );

/** Whether each true box is ignored at a range of areas. */
export const ignoredAt = (truth: readonly TrueBox[], range: AreaRange): boolean[] =>
  truth.map(({ isIgnored, isCrowd, area }) => isIgnored || isCrowd || isOutside(area, range));

/**
 * What each found box is, at one threshold and range of areas.
 * @param found by descending score
 * @param overlaps as of `overlapsOf`
 */
export function judge(
  found: readonly FoundBox[],
  truth: readonly TrueBox[],
  overlaps: readonly (readonly number[])[],
  threshold: number,
  range: AreaRange,
): Verdict[] {
  const ignored = ignoredAt(truth, range);
  const taken = new Set<number>();
  const bestOf = (overlap: readonly number[], among: boolean): number => {
    let best = -1;
    for (const [g, { isCrowd }] of truth.entries()) {
      if (ignored[g] !== among || (taken.has(g) && !isCrowd)) continue;
      if (overlap[g] >= (best < 0 ? threshold : overlap[best])) best = g;
    }
    return best;
  };
  return found.map(({ box }, i) => {
    const real = bestOf(overlaps[i], false);
    const match = real < 0 ? bestOf(overlaps[i], true) : real;
    if (match < 0) return isOutside(areaOf(box), range) ? "ignored" : "miss";
    taken.add(match);
    return ignored[match] ? "ignored" : "hit";
  });
}
