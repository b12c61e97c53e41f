/** Sums of products: the form that matrix products and convolutions share. */
export { axis, evenly, longestAxis, mapStrides, splitRows, stepsAlong } from "./axes.ts";
export { lowerContraction } from "./contract.ts";
export type { ContractionAxis, Guard } from "./contraction.ts";
export { lowerMatmul } from "./matmul.ts";
export { type Packed, packColumns } from "./pack.ts";
export { alignedReads, type OpenSink, readsOf, type Sink, storeResult } from "./sink.ts";
export { chooseTile, tileCost } from "./tile.ts";
