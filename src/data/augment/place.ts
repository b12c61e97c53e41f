/** Steps with an affine map for each picture, which moves pictures, masks, boxes and key points. */
import type { AffineMatrix } from "../../image/index.ts";
import { warpPlanes } from "../../image/index.ts";
import { carryAffine, type Frame } from "./carry.ts";
import { LEAST_VISIBLE } from "./ranges.ts";
import type { AugmentedBatch } from "./step.ts";

/** The map of the batch's picture `i`, from positions in it to positions in the frame. */
export type MapOf = (i: number) => AffineMatrix;

/** Maps picture `i` of the batch by `mapOf(i)`, clipped to the frame. */
export function placeBatch(batch: AugmentedBatch, frame: Frame, mapOf: MapOf): AugmentedBatch {
  const { width, height, fill } = frame;
  const matrices = Array.from({ length: batch.images.shape[0] }, (_, i) => mapOf(i));
  const images = warpPlanes(batch.images, matrices, { width, height, fill });
  return { ...carryAffine(batch, matrices, frame), images };
}

/** A frame of the pictures' own size. */
export const frameOf = ({ images }: AugmentedBatch, edges: Omit<Frame, "width" | "height">): Frame => {
  const [, , height, width] = images.shape;
  return { width, height, ...edges };
};

/** For maps that show nothing from beyond the edges. */
export const NO_EDGES = { fill: 0, ignoreIndex: 0, leastVisible: LEAST_VISIBLE } as const;
