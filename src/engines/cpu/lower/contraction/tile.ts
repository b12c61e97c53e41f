/** Which register tile covers a contraction with the least work. */
import type { Target, TileShape, Tuning } from "../context/index.ts";
import type { Contraction } from "./contraction.ts";

/**
 * The target's tile that covers rows × columns with the least work.
 * @param step elements between rows of what is broadcast, where that is known: tiles whose rows push each other out of the
 *   first cache cost more
 */
export function chooseTile(target: Target, rows: number, columns: number, step = 0): TileShape {
  const costs = target.tiles.map((tile) => tileCost(target, rows, columns, tile) * farness(tile, step, target.tuning));
  return target.tiles[costs.indexOf(Math.min(...costs))];
}

/** The tile for a contraction whose columns are vectors. */
export const tileFor = (target: Target, { row, column }: Pick<Contraction, "row" | "column">): TileShape =>
  chooseTile(target, row.length, column.length, row.a);

/** The sets of the first cache that rows lie in repeat after page ∕ gcd(step, page) of them; a way is left for b. */
function farness({ rows }: TileShape, step: number, { caches, costs }: Tuning): number {
  const sets = caches.page / greatestDivisor(Math.abs(step), caches.page);
  return Math.ceil(rows / sets) < caches.ways || step === 0 ? 1 : costs.farProducts;
}

const greatestDivisor = (a: number, b: number): number => (a === 0 ? b : greatestDivisor(b % a, a));

/** Half cycles for one step of all tiles that cover rows × columns. */
export function tileCost({ lanes, tuning }: Target, rows: number, columns: number, tile: TileShape): number {
  let total = 0;
  for (const [rowTiles, r] of tilesOver(rows, tile.rows)) {
    for (const [columnTiles, v] of tilesOver(Math.ceil(columns / lanes), tile.vectors))
      total += rowTiles * columnTiles * stepCost(r, v, tuning);
  }
  return total;
}

/** Whole tiles, and the one that is left. */
function tilesOver(length: number, size: number): [count: number, size: number][] {
  const rest = length % size;
  return rest === 0
    ? [[length / size, size]]
    : [
        [Math.floor(length / size), size],
        [1, rest],
      ];
}

/** Two multiply-adds a cycle as far as enough of them do not wait for each other, two loads, and the loop, in half cycles. */
const stepCost = (rows: number, vectors: number, { costs }: Tuning): number =>
  Math.max(rows * vectors, rows + vectors, costs.independent) + costs.iteration;
