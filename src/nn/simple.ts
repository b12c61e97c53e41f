/** Simple layers: identity, flatten, scale. */

import { flatten as flattenOp, mul } from "../ops/index.ts";
import { real } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** Returns its input, such as the shortcut of a residual block. Shapes stay the same. */
export const identity = defineLayer({ type: "identity", options: {}, forward: (_, x) => x });

/** Flattens all axes but the first: [n, c, h, w] to [n, c · h · w]. */
export const flatten = defineLayer({ type: "flatten", options: {}, forward: (_, x) => flattenOp(x) });

const rescaleLayer = defineLayer({
  type: "rescale",
  options: { factor: real() },
  forward: ({ factor }, x) => mul(x, factor),
});

/**
 * Multiplies by a fixed number, which is not learned. After the last layer it is the inverse temperature of a softmax: with
 * 1/8, an untrained network gives all classes about the same probability. Shapes stay the same.
 */
export const rescale = (factor: number): Layer => rescaleLayer({ factor });

/** The factories, for the catalog. */
export const simpleLayers = [identity, flatten, rescaleLayer];
