/** Boxes and points of objects, checked against their pictures and moved to where they are in the data set. */
import type { FoundObject, PictureSize } from "./annotations.ts";
import type { Findings } from "./findings.ts";
import { type Frame, placeInFrame } from "./frames.ts";

/** Left, top, right, bottom. */
export type CheckedBox = readonly [left: number, top: number, right: number, bottom: number];

/** The box of an object in the data set; undefined, and reported, if there is none. */
export function boxInFrame({ box, place }: FoundObject, frame: Frame, findings: Findings): CheckedBox | undefined {
  if (box === undefined) return void findings.add("noBox", place);
  const [left, top, right, bottom] = box;
  if (!box.every(Number.isFinite)) return void findings.add("notFinite", place);
  if (right < left || bottom < top) return void findings.add("reversedBox", place);
  if (right === left || bottom === top) return void findings.add("emptyBox", place);
  const inside = clipBox(box, frame.size);
  if (inside === undefined) return void findings.add("outsideBox", place);
  if (!isSameBox(inside, box)) findings.add("clippedBox", place);
  const moved = [...placeInFrame(frame, inside[0], inside[1]), ...placeInFrame(frame, inside[2], inside[3])];
  const kept = clipBox(moved, frame);
  if (kept === undefined) findings.add("croppedBox", place);
  return kept;
}

/** Annotations are often rounded: what lies outside by less than this, in pixels, is clipped without a word. */
const ROUNDING = 1;

const isSameBox = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((edge, i) => Math.abs(edge - b[i]) <= ROUNDING);

/** The part of a box that lies in a picture; undefined if none does. */
function clipBox([left, top, right, bottom]: readonly number[], { width, height }: PictureSize) {
  const within = (edge: number, most: number): number => Math.min(most, Math.max(0, edge));
  const box = [within(left, width), within(top, height), within(right, width), within(bottom, height)] as const;
  return box[0] < box[2] && box[1] < box[3] ? box : undefined;
}

/** A point in the data set, and whether it is visible. */
export interface CheckedPoint {
  /** NaN if it is not labeled. */
  readonly x: number;
  readonly y: number;
  readonly isVisible: boolean;
}

const NO_POINT: CheckedPoint = { x: Number.NaN, y: Number.NaN, isVisible: false };

/** The points of an object in the data set; those not labeled, outside of the picture or cut off are NaN. */
export function pointsInFrame({ points, place }: FoundObject, frame: Frame, findings: Findings): CheckedPoint[] {
  return points!.map(([x, y, seen], i) => {
    if (seen === 0 || Number.isNaN(x) || Number.isNaN(y)) return NO_POINT;
    if (!isInside(x, y, frame.size)) {
      findings.add("outsidePoint", `${place}: point ${i} at ${x}, ${y}`);
      return NO_POINT;
    }
    // From pixel centers to edges, and back.
    const [toX, toY] = placeInFrame(frame, x + 0.5, y + 0.5).map((edge) => edge - 0.5);
    return isInside(toX, toY, frame) ? { x: toX, y: toY, isVisible: seen !== 1 } : NO_POINT;
  });
}

/** A pixel reaches half a pixel around its center. */
const isInside = (x: number, y: number, { width, height }: PictureSize): boolean =>
  x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5;
