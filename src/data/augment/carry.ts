/** Transforms masks, key points and boxes along with their pictures. */
import { allocate, NdArray, type TypedArray } from "../../array/index.ts";
import { type AffineMatrix, applyAffine, type Fill, warpPlanes } from "../../image/index.ts";
import { ignoredIn } from "./ranges.ts";
import type { AugmentedBatch } from "./step.ts";

/** The map from positions before a step to positions after it. */
export type PointMap = (x: number, y: number) => readonly [x: number, y: number];

/** The pictures' geometry after a step. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly fill: Fill;
  readonly ignoreIndex: number;
  /** The share of a box that must be left within the frame. */
  readonly leastVisible: number;
}

type FrameSize = Pick<Frame, "width" | "height" | "leastVisible">;

/** Transforms all of the batch but the pictures, by a map for each. */
export function carryAffine(batch: AugmentedBatch, matrices: readonly AffineMatrix[], frame: Frame): AugmentedBatch {
  const maps = matrices.map(
    (matrix): PointMap =>
      (x, y) =>
        applyAffine(matrix, x, y),
  );
  const { keyPoints, ...places } = carryPlaces(batch, maps, frame, corners);
  const { masks, keyPointLabels } = batch;
  const exchanged = (rows: NdArray): NdArray => exchangeSides(rows, batch.keyPointPairs ?? [], matrices.map(mirrors));
  return {
    ...batch,
    ...(masks && { masks: carryMasks(masks, matrices, frame) }),
    ...places,
    ...(keyPoints && { keyPoints: exchanged(keyPoints) }),
    ...(keyPointLabels && { keyPointLabels: exchanged(keyPointLabels) }),
  };
}

/** Whether a map turns left into right, in whatever direction it mirrors. */
const mirrors = ([xx, xy, , yx, yy]: AffineMatrix): boolean => xx * yy - xy * yx < 0;

/** Key points [n, k, 2], or a number for each [n, k], whose left and right change places where pictures are mirrored. */
function exchangeSides(
  rows: NdArray,
  pairs: readonly (readonly [number, number])[],
  isMirrored: readonly boolean[],
): NdArray {
  if (pairs.length === 0 || !isMirrored.includes(true)) return rows;
  const out = rows.copy();
  const [, k, length = 1] = rows.shape;
  const pointAt = (i: number, point: number): TypedArray =>
    rows.data.subarray(length * (i * k + point), length * (i * k + point + 1));
  for (const [i, isOther] of isMirrored.entries())
    for (const [one, other] of isOther ? pairs : []) {
      out.data.set(pointAt(i, other), length * (i * k + one));
      out.data.set(pointAt(i, one), length * (i * k + other));
    }
  return out;
}

/** Masks under affine maps: each pixel gets the class of the nearest one. */
function carryMasks(masks: NdArray, matrices: readonly AffineMatrix[], frame: Frame): NdArray {
  const { width, height, fill, ignoreIndex } = frame;
  const [n, fromHeight, fromWidth] = masks.shape;
  const warped = warpPlanes(masks.reshape([n, 1, fromHeight, fromWidth]), matrices, {
    ...{ width, height, interpolation: "nearest" },
    fill: maskFill(masks, fill, ignoreIndex),
  });
  return warped.reshape([n, height, width]);
}

/** Beyond the edges, masks are continued like pictures, or unknown. */
export const maskFill = (masks: NdArray, fill: Fill, ignoreIndex: number): Fill =>
  typeof fill === "string" ? fill : ignoredIn(masks, ignoreIndex);

/** Points of a box's outline that determine the transformed box. */
export type Outline = (left: number, top: number, right: number, bottom: number) => (readonly [x: number, y: number])[];

/** The corners: enough for maps that preserve straight lines. */
export const corners: Outline = (left, top, right, bottom) => [
  [left, top],
  [right, top],
  [left, bottom],
  [right, bottom],
];

/** Transforms key points and boxes by any maps. */
export function carryPlaces(
  { keyPoints, boxes }: Pick<AugmentedBatch, "keyPoints" | "boxes">,
  maps: readonly PointMap[],
  size: FrameSize,
  outline: Outline,
): Pick<AugmentedBatch, "keyPoints" | "boxes"> {
  return {
    ...(keyPoints && { keyPoints: carryRows(keyPoints, maps, (map, point) => carryPoint(map, point, size)) }),
    ...(boxes && { boxes: carryRows(boxes, maps, (map, box) => carryBox(map, box, size, outline)) }),
  };
}

/** Visits [n, k, numbers], with the map of each of the n. */
function carryRows(
  rows: NdArray,
  maps: readonly PointMap[],
  carry: (map: PointMap, row: TypedArray) => readonly number[],
): NdArray {
  const [n, k, length] = rows.shape;
  const data = allocate(rows.dtype, rows.size);
  for (let row = 0; row < n * k; row++) {
    const at = row * length;
    data.set(carry(maps[Math.floor(row / k)], rows.data.subarray(at, at + length)), at);
  }
  return new NdArray(data, rows.shape, rows.dtype);
}

/** A pixel reaches half a pixel around its center. */
function carryPoint(
  map: PointMap,
  [fromX, fromY]: TypedArray,
  { width, height }: FrameSize,
): readonly [number, number] {
  const [x, y] = map(fromX, fromY);
  const isInside = x >= -0.5 && x <= width - 0.5 && y >= -0.5 && y <= height - 0.5;
  return isInside ? [x, y] : [NaN, NaN];
}

const NO_BOX = [0, 0, 0, 0] as const;

/** The bounding box of the transformed outline, clipped to the picture, if enough of it is left. */
function carryBox(
  map: PointMap,
  box: TypedArray,
  { width, height, leastVisible }: FrameSize,
  outline: Outline,
): readonly number[] {
  // From pixel edges to pixel centers, and back.
  const [left, top, right, bottom] = Array.from(box, (edge) => edge - 0.5);
  if (!(left < right && top < bottom)) return NO_BOX;
  const points = outline(left, top, right, bottom).map(([x, y]) => map(x, y));
  const [fromX, toX, shareX] = clipped(points.map(([x]) => x), width); // biome-ignore format: one axis a line
  const [fromY, toY, shareY] = clipped(points.map(([, y]) => y), height); // biome-ignore format: one axis a line
  return fromX < toX && fromY < toY && shareX * shareY >= leastVisible ? [fromX, fromY, toX, toY] : NO_BOX;
}

/** The span of pixel centers as edges within 0 … most, and the share of it that lies there. */
function clipped(centers: readonly number[], most: number): readonly [from: number, to: number, share: number] {
  const [low, high] = [Math.min(...centers) + 0.5, Math.max(...centers) + 0.5];
  const [from, to] = [Math.max(0, low), Math.min(most, high)];
  return [from, to, (to - from) / (high - low)];
}
