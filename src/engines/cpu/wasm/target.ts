/** What schedules need to know of WebAssembly: the width of its vectors, which register tiles stay in registers, and its tuning. */
import { type Target, type TileShape, type Tuning, x86 } from "../lower/context/index.ts";

const LANES = 4;

/**
 * Measured with a 240×256×240 matrix product on x86-64. Without fused multiply-add each sum needs a register beside it for
 * the product: V8 11.3 reaches 60 GFLOP/s with eight sums and half of that with ten or more. With it V8 14.6 reaches 60 to
 * 65 with eight to twelve.
 */
const plain: readonly TileShape[] = [
  { rows: 4, vectors: 2 },
  { rows: 2, vectors: 4 },
  { rows: 3, vectors: 2 },
  { rows: 2, vectors: 3 },
  { rows: 6, vectors: 1 },
];

const fused: readonly TileShape[] = [
  { rows: 6, vectors: 2 },
  { rows: 5, vectors: 2 },
  { rows: 3, vectors: 3 },
  { rows: 4, vectors: 2 },
  { rows: 2, vectors: 4 },
  { rows: 8, vectors: 1 },
];

/** Products take three times as long as in machine code, so that fetching transformed filters costs little beside them. */
const tuning: Tuning = { ...x86, winograd: { ...x86.winograd, fewestTiles: 1 } };

/** @param relaxed whether fused multiply-adds are used */
export const wasmTarget = (relaxed: boolean): Target => ({ lanes: LANES, tiles: relaxed ? fused : plain, tuning });
