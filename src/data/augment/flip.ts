/** Flips, and rotations by multiples of 90°: exact, by whole pixels. */
import { ShapeError } from "../../array/index.ts";
import { affineMatrix, centerOf } from "../../image/index.ts";
import { real, withDefault } from "../../options/index.ts";
import { frameOf, NO_EDGES, placeBatch } from "./place.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `flip`. */
export interface FlipOptions {
  /** The probability of a horizontal flip, 0 … 1. Default 0.5. */
  readonly horizontal?: number | undefined;
  /** The probability of a vertical flip, 0 … 1. Default 0. */
  readonly vertical?: number | undefined;
}

const probability = real(0, 1);

/**
 * Flips each picture at random, horizontally, vertically or both. Masks, boxes and key points are flipped alike; points that
 * are left and right of each other are exchanged (`pairs` of `points`), unless it is flipped both ways, which is a turn.
 */
export const flip: AugmentationFactory<FlipOptions> = defineAugmentation({
  type: "flip",
  options: { horizontal: withDefault(probability, 0.5), vertical: withDefault(probability, 0) },
  apply: ({ horizontal, vertical }, batch, { random }) => {
    const frame = frameOf(batch, NO_EDGES);
    const center = centerOf(frame);
    return placeBatch(batch, frame, (i) => {
      const draws = random(i);
      const [across, down] = [draws.chance(horizontal), draws.chance(vertical)];
      // A vertical flip is a horizontal one, rotated by 180°.
      return affineMatrix({ flip: across !== down, rotation: down ? 180 : 0 }, center);
    });
  },
});

/**
 * Rotates each square picture by 0°, 90°, 180° or 270°, all equally likely. Masks, boxes and key points are rotated alike.
 */
export const quarterTurn: AugmentationFactory<Record<never, never>> = defineAugmentation({
  type: "quarterTurn",
  options: {},
  apply: (_, batch, { random }) => {
    const frame = frameOf(batch, NO_EDGES);
    if (frame.width !== frame.height)
      throw new ShapeError(`quarterTurn: is for square pictures, got ${frame.height}×${frame.width}`);
    const center = centerOf(frame);
    return placeBatch(batch, frame, (i) => affineMatrix({ rotation: 90 * random(i).integer(4) }, center));
  },
});
