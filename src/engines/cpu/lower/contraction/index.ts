export { along, axis, evenly, longest, parts, splitRows } from "./axes.ts";
export { lowerContraction } from "./contract.ts";
export { REVISITING_VECTORS } from "./dot.ts";
export { type Packed, packColumns } from "./pack.ts";
export type { ContractionAxis, Guard } from "./register-tile.ts";
export { type OpenSink, readsOf, type Sink, storeResult } from "./sink.ts";
export { chooseTile, type TileShape, tileCost } from "./tile.ts";
