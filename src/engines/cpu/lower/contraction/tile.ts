/** Which register tile covers a contraction with the least work. */
import type { Target, TileShape, Tuning } from "../context/index.ts";

/** The target's tile that covers rows × columns with the least work. */
export function chooseTile(target: Target, rows: number, columns: number): TileShape {
  const costs = target.tiles.map((tile) => tileCost(target, rows, columns, tile));
  return target.tiles[costs.indexOf(Math.min(...costs))];
}

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

/** Two multiply-adds a cycle as far as enough of them do not wait for each other, and the loop, in half cycles. */
const stepCost = (rows: number, vectors: number, { costs }: Tuning): number =>
  Math.max(rows * vectors, costs.independent) + costs.iteration;
