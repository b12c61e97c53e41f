/** Layers that only pass on what comes in: as it is, or in another shape. */
import { flatten as flattenOp } from "../ops/index.ts";
import { defineLayer } from "./layer.ts";

/** The input itself, such as the shortcut of a residual block. Shapes stay. */
export const identity = defineLayer({ type: "identity", options: {}, forward: (_, x) => x });

/** All axes but the first as one: [n, c, h, w] to [n, c · h · w]. */
export const flatten = defineLayer({ type: "flatten", options: {}, forward: (_, x) => flattenOp(x) });

/** The factories, for the catalogue. */
export const simpleLayers = [identity, flatten];
