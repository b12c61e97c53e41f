/** What machine code may use: the width of vectors, the registers, the register tiles that stay in them, and its tuning. */
import { type Target, x86 } from "../../lower/context/index.ts";
import type { RegisterClass, Width } from "../assembler/index.ts";

export interface X64Target extends Target {
  readonly name: "avx512" | "avx2";
  /** Bits of a vector. */
  readonly width: Extract<Width, 256 | 512>;
  readonly registers: Readonly<Record<RegisterClass, number>>;
  /** Whether comparisons give mask registers, and operations take one element of memory for all lanes (EVEX). */
  readonly hasMasks: boolean;
}

/**
 * AVX-512 F, DQ, BW and VL. Measured on a Zen 5 at 4.1 GHz with 256 inner steps in the cache, one thread: all of these reach
 * 258 to 262 GFLOP/s, the processor's peak; one vector of 24 or 28 rows 249, and a quarter of that where rows lie a power of
 * two apart and drive each other out of the cache.
 */
export const avx512: X64Target = {
  name: "avx512",
  lanes: 16,
  width: 512,
  registers: { general: 16, vector: 32, mask: 8 },
  hasMasks: true,
  tuning: x86,
  tiles: [
    { rows: 12, vectors: 2 },
    { rows: 14, vectors: 2 },
    { rows: 8, vectors: 3 },
    { rows: 6, vectors: 4 },
  ],
};

/** AVX2 and FMA. In the same way: 133 GFLOP/s, 121 with one vector. */
export const avx2: X64Target = {
  name: "avx2",
  lanes: 8,
  width: 256,
  registers: { general: 16, vector: 16, mask: 0 },
  hasMasks: false,
  tuning: x86,
  tiles: [
    { rows: 6, vectors: 2 },
    { rows: 4, vectors: 3 },
    { rows: 12, vectors: 1 },
  ],
};
