/** Mirror images, and turns by multiples of 90°: moves of whole pixels, exact. */
import { ShapeError } from "../../array/index.ts";
import { affineMatrix, centerOf } from "../../image/index.ts";
import { real, withDefault } from "../../options/index.ts";
import { frameOf, NO_EDGES, placeBatch } from "./place.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `flip`. */
export interface FlipOptions {
  /** How likely left and right are exchanged: 0 … 1. Default 0.5. */
  readonly horizontal?: number | undefined;
  /** How likely top and bottom are exchanged: 0 … 1. Default 0. */
  readonly vertical?: number | undefined;
}

const probability = real(0, 1);

/** Mirrors each picture left and right, or upside down, or both, as chance has it. Masks, boxes and key points go along. */
export const flip: AugmentationFactory<FlipOptions> = defineAugmentation({
  type: "flip",
  options: { horizontal: withDefault(probability, 0.5), vertical: withDefault(probability, 0) },
  apply: ({ horizontal, vertical }, batch, { random }) => {
    const frame = frameOf(batch, NO_EDGES);
    const center = centerOf(frame);
    return placeBatch(batch, frame, (i) => {
      const draws = random(i);
      const [across, down] = [draws.chance(horizontal), draws.chance(vertical)];
      // Upside down is the mirror image, turned by 180°.
      return affineMatrix({ flip: across !== down, rotation: down ? 180 : 0 }, center);
    });
  },
});

/** Turns each square picture by 0°, 90°, 180° or 270°, all equally likely. Masks, boxes and key points go along. */
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
