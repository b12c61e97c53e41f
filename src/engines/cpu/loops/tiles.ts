/** Loops in steps of more than one. */
import { at, type KernelBuilder, times } from "./builder.ts";
import type { Index } from "./ir.ts";

export type TileBody = (start: Index, count: number, tile: Index) => void;

/** An axis, and how much of it a tile has. */
export interface Tiling {
  readonly length: number;
  readonly size: number;
}

/** Whole tiles in a loop, and what is left at the end. */
export function forTiles(b: KernelBuilder, length: number, size: number, body: TileBody, parallel = true): void {
  for (const each of loopsOver(b, { length, size }, parallel)) each(body);
}

/**
 * Every tile of one axis with every tile of another one, inside it. Whole tiles and what is left have loops of their own, one
 * right in the other, so that threads can divide both together.
 */
export function forPairsOfTiles(
  b: KernelBuilder,
  outer: Tiling,
  inner: Tiling,
  body: (outer: Parameters<TileBody>, inner: Parameters<TileBody>) => void,
): void {
  for (const eachInner of loopsOver(b, inner, true)) {
    for (const eachOuter of loopsOver(b, outer, true))
      eachOuter((...outerTile) => eachInner((...innerTile) => body(outerTile, innerTile)));
  }
}

function loopsOver(b: KernelBuilder, { length, size }: Tiling, parallel: boolean): ((body: TileBody) => void)[] {
  const whole = Math.floor(length / size);
  const rest = length - whole * size;
  return [
    (body) => b.loop(whole, (i) => body(times(i, size), size, i), { parallel }),
    ...(rest > 0 ? [(body: TileBody) => body(at(whole * size), rest, at(whole))] : []),
  ];
}
