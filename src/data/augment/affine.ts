/**
 * Random affine maps: rotation, translation, scale, shear, stretch and reflection, composed into one warp with bilinear
 * interpolation, so pixels are interpolated once. Source: CMU 11-785, "Data Augmentation", whose ranges are those of
 * `lecture`.
 */

import { affineMatrix, centerOf } from "../../image/index.ts";
import { defineFactory, real, withDefault } from "../../options/index.ts";
import { frameOf, placeBatch } from "./place.ts";
import {
  drawLogUniform,
  drawUniform,
  type EdgeOptions,
  edgeOptions,
  factors,
  type Interval,
  symmetricRange,
} from "./ranges.ts";
import { type AugmentationFactory, defineAugmentation } from "./step.ts";

/** Options of `affine`. */
export interface AffineOptions extends EdgeOptions {
  /** Rotation, degrees counter-clockwise: r for −r … r, or [low, high]. Default 0. */
  readonly rotation?: number | Interval | undefined;
  /** Translation in pixels, drawn independently to the right and down: r for −r … r, or [low, high]. Default 0. */
  readonly translation?: number | Interval | undefined;
  /** Scale factor: f for 1/f … f, or [low, high]; uniform in its logarithm. Default 1. */
  readonly scale?: number | Interval | undefined;
  /** Shear of verticals, in degrees: r for −r … r, or [low, high], within ±89. Default 0. */
  readonly shear?: number | Interval | undefined;
  /**
   * Factor by which pictures become wider and, inversely, lower: f for 1/f … f, or [low, high]; uniform in its logarithm.
   * Default 1.
   */
  readonly stretch?: number | Interval | undefined;
  /** Probability of a horizontal flip, 0 … 1. Default 0. */
  readonly flip?: number | undefined;
}

/**
 * Mirrors, stretches, shears, scales and turns each picture about its center, then shifts it, each by an amount drawn at
 * random from its range: one warp, exact for mirror images, turns of square pictures by multiples of 90° and shifts by whole
 * pixels. Masks, boxes and key points are transformed alike; in mirrored pictures left and right points are exchanged.
 */
export const affine: AugmentationFactory<AffineOptions> = defineAugmentation({
  type: "affine",
  options: {
    rotation: withDefault(symmetricRange(), [0, 0]),
    translation: withDefault(symmetricRange(), [0, 0]),
    scale: withDefault(factors, [1, 1]),
    shear: withDefault(symmetricRange(89), [0, 0]),
    stretch: withDefault(factors, [1, 1]),
    flip: withDefault(real(0, 1), 0),
    ...edgeOptions,
  },
  apply: ({ rotation, translation, scale, shear, stretch, flip, ...edges }, batch, { random }) => {
    const frame = frameOf(batch, edges);
    const center = centerOf(frame);
    return placeBatch(batch, frame, (i) => {
      const draws = random(i);
      const parts = {
        flip: draws.chance(flip),
        stretch: drawLogUniform(draws, stretch),
        shear: drawUniform(draws, shear),
        scale: drawLogUniform(draws, scale),
        rotation: drawUniform(draws, rotation),
        translation: [drawUniform(draws, translation), drawUniform(draws, translation)] as const,
      };
      return affineMatrix(parts, center);
    });
  },
});

const LECTURE = { rotation: [0, 360], translation: 10, scale: 1.6, shear: 20, stretch: 1.3, flip: 0.5 } as const;

/**
 * The lecture's augmentation: turned by 0° … 360°, shifted by −10 … 10 pixels, 1/1.6 … 1.6 times as large, sheared by
 * −20° … 20°, stretched by 1/1.3 … 1.3, and mirrored or not. An `affine` step with these ranges.
 */
export const lecture: AugmentationFactory<EdgeOptions> = Object.assign(
  defineFactory({ type: "lecture", options: edgeOptions, make: (edges) => affine({ ...LECTURE, ...edges }) }),
  { step: affine.step },
);
