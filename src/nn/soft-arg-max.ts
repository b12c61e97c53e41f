/** Places of the maxima of maps as a layer: `ops/heat-maps.ts` has the equation. */
import { type SoftArgMaxOptions, softArgMax as softArgMaxOf, softArgMaxSchema } from "../ops/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

const factory = defineLayer({
  type: "softArgMax",
  options: softArgMaxSchema,
  forward: (options, x) => softArgMaxOf(x, options),
});

/**
 * The expected place of the maximum of each map of scores [n, points, h, w]: [n, points, 2], x and y in pixels of the
 * picture, (0, 0) the center of its top left one, or in fractions of its size. Without parameters.
 * @example sequential(backbone, conv2d(14, { kernel: 1 }), softArgMax({ stride: 4, fractions: true })) // for poseEstimation
 */
export const softArgMax = (options: SoftArgMaxOptions = {}): Layer => factory(options);

/** The factory, for the catalog. */
export const softArgMaxLayer = factory;
