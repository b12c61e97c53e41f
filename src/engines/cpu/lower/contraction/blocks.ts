/**
 * Large contractions in blocks that stay in the second cache, which feeds register tiles as fast as they compute (Goto and
 * van de Geijn, "Anatomy of high-performance matrix multiplication", 2008): blocks of rows, over which all columns pass, and
 * blocks of inner steps, whose share of a tile of columns meets all rows of the block. Between blocks of inner steps the sums
 * wait in memory.
 */
import { apply, at, type Buffer, type Index, type KernelBuilder, plus, times } from "../../loops/index.ts";
import {
  type LoweringContext,
  largestDivisor,
  range,
  type Target,
  type TileShape,
  type Tuning,
  volumeOf,
} from "../context/index.ts";
import { finishTile } from "./beside-padding.ts";
import type { Contraction, ContractionAxis } from "./contraction.ts";
import { stridesOver } from "./pack.ts";
import { addProducts, eachSum, type Sums, type Tile, zeros } from "./register-tile.ts";
import { tileFor } from "./tile.ts";

export type RowTileBody = (outer: readonly Index[], rowStart: Index, rows: number) => void;

/** What threads can share: outer axes around blocks of inner steps, and tiles of columns. */
const sharesOf = (around: readonly ContractionAxis[], column: ContractionAxis, lanes: number): number =>
  volumeOf(around) * Math.ceil(column.length / (2 * lanes));

/**
 * Outer axes that b does not have belong inside the blocks, where they meet the same part of b; but not all of them where
 * threads would have too little to share.
 */
export function splitOuter(
  { outer, column }: Contraction,
  { lanes, tuning }: LoweringContext,
): [ContractionAxis[], ContractionAxis[]] {
  const around = outer.filter(({ b }) => b !== 0);
  const within = outer.filter(({ b }) => b === 0);
  while (within.length > 0 && sharesOf(around, column, lanes) < tuning.shares.enough) around.push(within.shift()!);
  return [around, within];
}

/**
 * Whether b, as a whole, would come from beyond the second cache for every index of the outer axes that it does not have, and
 * a, which comes once for each tile of columns instead, is the smaller traffic.
 */
export function isFetchedAgain(contraction: Contraction, target: Target): boolean {
  const { a, outer, row, column, inner } = contraction;
  const { lanes, tuning } = target;
  const steps = volumeOf(inner);
  const within = outer.filter((axis) => axis.b === 0);
  if (steps * column.length <= tuning.caches.second || volumeOf(within) === 1) return false;
  const met = Math.min(volumeOf(within.filter((axis) => axis.a !== 0)) * row.length * steps, a.buffer.length);
  const tiles = Math.ceil(column.length / (tileFor(target, contraction).vectors * lanes));
  const [againA, againB] = [met > tuning.caches.second ? met * tiles : met, volumeOf(within) * steps * column.length];
  return againA < againB;
}

/**
 * The number of parts, each of whole blocks, that a sum is cut into: where threads would have too little to share, and where
 * the operands would come from afar too often.
 */
export function partCount(
  { outer, row, column, inner }: Pick<Contraction, "outer" | "row" | "column" | "inner">,
  tile: TileShape,
  target: Target,
): number {
  const { lanes, tuning } = target;
  const around = outer.filter(({ b }) => b !== 0);
  const shares = sharesOf(around, column, lanes) * Math.ceil(row.length / rowsOfBlock({ row, inner }, tile, tuning));
  const blocks = blocksOf(inner, tuning);
  const isEven = inner[0].length % blocks === 0;
  const { enough, most } = tuning.shares;
  if (!isEven) return 1;
  const parts = largestDivisor(blocks, most);
  if (isStreamed({ outer, row, column, inner }, tile, parts, target)) return parts;
  return shares < enough ? largestDivisor(blocks, Math.floor(most / shares)) : 1;
}

/**
 * Whether tiles of columns and blocks of rows, which each walk the whole sum, would fetch operands from afar so often that
 * parts cost less: a part fetches its share once, and has results to store and to add up.
 */
function isStreamed(
  { outer, row, column, inner }: Pick<Contraction, "outer" | "row" | "column" | "inner">,
  tile: TileShape,
  parts: number,
  { lanes, tuning }: Target,
): boolean {
  const steps = volumeOf(inner);
  const isNear = steps * row.length <= tuning.caches.beyondSecond;
  if (volumeOf(outer) > 1 || isNear || parts < tuning.shares.enough) return false;
  const tilesOfColumns = Math.ceil(column.length / (tile.vectors * lanes));
  const blocksOfRows = Math.ceil(row.length / rowsOfBlock({ row, inner }, tile, tuning));
  const once = row.length + column.length;
  const again = row.length * (tilesOfColumns - 1) + column.length * (blocksOfRows - 1);
  return again >= once && steps * again > 2 * parts * row.length * column.length;
}

/** The number of rows of a block of a, so that it stays in the second cache while all columns pass over it. */
export function rowsOfBlock(
  { row, inner }: Pick<Contraction, "row" | "inner">,
  { rows }: TileShape,
  { blocks, caches }: Tuning,
): number {
  const most = Math.max(blocks.fewestRows, caches.second / volumeOf(inner));
  return Math.ceil(row.length / Math.ceil(row.length / most) / rows) * rows;
}

/** The number of blocks of the first inner axis: the fewest equal parts that are short enough, or equal ones and a rest. */
export function blocksOf([first, ...rest]: readonly ContractionAxis[], { blocks }: Tuning): number {
  const each = volumeOf(rest);
  if (first.guard !== undefined || first.length * each <= blocks.steps) return 1;
  const fewest = Math.min(first.length, Math.ceil((first.length * each) / blocks.steps));
  return range(fewest * blocks.mostTooMany).find((n) => n >= fewest && first.length % n === 0) ?? fewest;
}

/** Sums of a column of tiles between blocks: [outer][tile of columns][row][columns of the tile]. */
export function allocateBlockSums(context: LoweringContext, { outer, row, column }: Contraction, vectors: number) {
  const width = vectors * context.lanes;
  const tiles = Math.ceil(column.length / width);
  const lengths = outer.map(({ length }) => length);
  const steps = stridesOver(lengths, tiles * row.length * width);
  const buffer = context.buffer("block sums", [...lengths, tiles, row.length, width], "f32");
  const place = (indices: readonly Index[], tile: Index, rowStart: Index): Index =>
    indices.reduce(
      (sum, index, i) => plus(sum, times(index, steps[i])),
      plus(times(tile, row.length * width), times(rowStart, width)),
    );
  return { buffer, place };
}

/** A tile of columns, whose sums wait in memory, near by, between blocks of inner steps. */
interface BlockedColumns {
  readonly blocks: number;
  /** How far inner steps are apart in b. */
  readonly steps: readonly number[];
  readonly vectors: number;
  readonly cells: Buffer;
  readonly cellOf: (outer: readonly Index[], rowStart: Index) => Index;
  readonly place: (outer: readonly Index[], rowStart: Index, rows: number) => Tile;
  readonly forRowTiles: (body: RowTileBody) => void;
}

/** All rows over one block of inner steps after the other; the sums go to the sink at last. */
export function computeInBlocks(b: KernelBuilder, contraction: Contraction, columns: BlockedColumns): void {
  const { blocks, steps, vectors, cells, cellOf, place, forRowTiles } = columns;
  const [first, ...rest] = contraction.inner;
  const each = Math.ceil(first.length / blocks);
  const whole = Math.floor(first.length / each);
  const cell = (start: Index, r: number, v: number): Index => plus(start, (r * vectors + v) * b.lanes);
  const load = (start: Index, rows: number): Sums =>
    range(rows).map((r) => range(vectors).map((v) => b.local(b.load(cells, cell(start, r, v), b.lanes))));
  const store = (start: Index, sums: Sums): void =>
    eachSum(sums, (sum, r, v) => b.store(cells, cell(start, r, v), sum));
  // Each block's sum starts at 0: its error does not grow with their number.
  const compute = (number: Index, length: number, isFirst = false): void => {
    const inBlock = { ...contraction, inner: [{ ...first, length }, ...rest] };
    forRowTiles((outer, rowStart, rows) => {
      const tile = place(outer, rowStart, rows);
      const start = cellOf(outer, rowStart);
      const sums = zeros(b, rows, vectors);
      const a = plus(tile.a, times(number, each * first.a));
      const bStart = plus(tile.b, times(number, each * steps[0]));
      addProducts(b, inBlock, { ...tile, a, b: bStart }, sums);
      if (!isFirst)
        eachSum(sums, (sum, r, v) => b.set(sum, apply("add", b.load(cells, cell(start, r, v), b.lanes), sum)));
      store(start, sums);
    });
  };
  compute(at(0), each, true);
  b.loop(whole - 1, (number) => compute(plus(number, 1), each));
  if (whole * each < first.length) compute(at(whole), first.length - whole * each);
  forRowTiles((outer, rowStart, rows) => {
    finishTile(b, contraction, place(outer, rowStart, rows), load(cellOf(outer, rowStart), rows));
  });
}
