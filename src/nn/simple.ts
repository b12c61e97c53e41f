/** Layers that pass on what comes in: as it is, in another shape, or times a number. */

import { flatten as flattenOp, mul } from "../ops/index.ts";
import { real } from "../options/index.ts";
import { defineLayer, type Layer } from "./layer.ts";

/** The input itself, such as the shortcut of a residual block. Shapes stay. */
export const identity = defineLayer({ type: "identity", options: {}, forward: (_, x) => x });

/** All axes but the first as one: [n, c, h, w] to [n, c · h · w]. */
export const flatten = defineLayer({ type: "flatten", options: {}, forward: (_, x) => flattenOp(x) });

const rescaleLayer = defineLayer({
  type: "rescale",
  options: { factor: real() },
  forward: ({ factor }, x) => mul(x, factor),
});

/**
 * Everything times a fixed number, which is not learned. Behind the last layer it is one over the temperature of a softmax:
 * with 1/8, a network that is not trained yet gives about the same probability to each class. Shapes stay.
 */
export const rescale = (factor: number): Layer => rescaleLayer({ factor });

/** The factories, for the catalog. */
export const simpleLayers = [identity, flatten, rescaleLayer];
