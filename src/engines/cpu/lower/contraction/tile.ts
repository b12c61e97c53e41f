/** Register tiles: how many rows times how many vectors of columns are summed up at once. */

export interface TileShape {
  readonly rows: number;
  readonly vectors: number;
}

/** The candidate that covers rows × columns with the least work. */
export function chooseTile(rows: number, columns: number, lanes: number, candidates: readonly TileShape[]): TileShape {
  const costs = candidates.map((tile) => tileCost(rows, columns, lanes, tile));
  return candidates[costs.indexOf(Math.min(...costs))];
}

/** Half cycles for one step of all tiles that cover rows × columns. */
export function tileCost(rows: number, columns: number, lanes: number, tile: TileShape): number {
  let total = 0;
  for (const [rowTiles, r] of partsOf(rows, tile.rows)) {
    for (const [columnTiles, v] of partsOf(Math.ceil(columns / lanes), tile.vectors))
      total += rowTiles * columnTiles * stepCost(r, v);
  }
  return total;
}

/** Whole tiles, and the one that is left. */
function partsOf(length: number, size: number): [count: number, size: number][] {
  const rest = length % size;
  return rest === 0
    ? [[length / size, size]]
    : [
        [Math.floor(length / size), size],
        [1, rest],
      ];
}

/** In half cycles: two multiply-adds a cycle as far as there are eight that do not wait for each other, and the loop. */
const stepCost = (rows: number, vectors: number): number => Math.max(rows * vectors, 8) + 2;
