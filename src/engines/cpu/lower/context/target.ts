/** What lowering knows of the target: the width of its vectors, its register tiles, and what was measured on it. */
import type { Tuning } from "./tuning.ts";

/** A register tile: how many rows times how many vectors of columns are summed up at once. */
export interface TileShape {
  readonly rows: number;
  readonly vectors: number;
}

export interface Target {
  /** The width of vectors, in elements. */
  readonly lanes: number;
  /** Register tiles that stay in registers. */
  readonly tiles: readonly TileShape[];
  /** Sizes and thresholds that were measured on the target. */
  readonly tuning: Tuning;
}
