/** Contractions whose columns are vectors: b as it lies, or packed, and in blocks where operands are large. */
import { at, forPairsOfTiles, forTiles, type Index, type KernelBuilder, plus, times } from "../../loops/index.ts";
import { type LoweringContext, nest, type TileShape } from "../context/index.ts";
import { finishTile } from "./beside-padding.ts";
import {
  allocateBlockSums,
  blocksOf,
  computeInBlocks,
  isFetchedAgain,
  partCount,
  type RowTileBody,
  rowsOfBlock,
  splitOuter,
} from "./blocks.ts";
import { type Contraction, type ContractionAxis, offsetIn, placesIn } from "./contraction.ts";
import { type Packed, packColumns } from "./pack.ts";
import { lowerInParts } from "./parts.ts";
import { addProducts, type Tile, zeros } from "./register-tile.ts";
import { alignedReads, readsOf } from "./sink.ts";
import { tileFor } from "./tile.ts";

const lengthsOf = (axes: readonly ContractionAxis[]): number[] => axes.map(({ length }) => length);

function computeTile(b: KernelBuilder, contraction: Contraction, tile: Tile): void {
  const sums = zeros(b, tile.rows, Math.ceil(tile.columns / b.lanes));
  addProducts(b, contraction, tile, sums);
  finishTile(b, contraction, tile, sums);
}

/** b as it lies: tiles of columns outermost, so that a tile's part of b stays in the cache. */
export function lowerDirect(context: LoweringContext, contraction: Contraction): void {
  const { name, a, b: bView, sink, outer, row, column, inner } = contraction;
  const tile = tileFor(context, contraction);
  const operands = [a.buffer, bView.buffer];
  const build = (b: KernelBuilder): void => {
    forTiles(b, column.length, tile.vectors * context.lanes, (columnStart, columns) => {
      nest(b, lengthsOf(outer), (indices) => {
        forTiles(b, row.length, tile.rows, (rowStart, rows) => {
          computeTile(b, contraction, {
            a: plus(offsetIn(at(a.offset), outer, indices, "a"), times(rowStart, row.a)),
            b: plus(offsetIn(at(bView.offset), outer, indices, "b"), columnStart),
            c: placesIn(sink, [...outer, row, column], [...indices, rowStart, columnStart]),
            bBuffer: bView.buffer,
            bSteps: inner.map((axis) => axis.b),
            bVector: b.lanes,
            rows,
            columns,
            outer: indices,
            row: rowStart,
            column: columnStart,
          });
        });
      });
    });
  };
  const reads = [...operands, ...readsOf(sink)];
  context.emit(name, reads, [sink.views[0].buffer], build, alignedReads(sink, operands));
}

/** b where it is, as if it had been packed. */
export const asItLies: typeof packColumns = (context, { b, outer, inner }) => ({
  buffer: b.buffer,
  place: (indices) => offsetIn(at(b.offset), outer, indices, "b"),
  vectorStep: context.lanes,
  steps: inner.map((axis) => axis.b),
});

/** How a contraction with a packed b is computed. */
interface PackedPlan {
  readonly contraction: Contraction;
  readonly packed: Packed;
  readonly shape: TileShape;
  /** Outer axes around the blocks, and those inside, over which a block of b stays in the cache. */
  readonly around: readonly ContractionAxis[];
  readonly within: readonly ContractionAxis[];
  /** Rows of a block of a. */
  readonly blockRows: number;
  /** Of inner steps. Where there are several, sums wait in memory between them. */
  readonly blocks: number;
  readonly sums: ReturnType<typeof allocateBlockSums> | undefined;
}

/** b packed: for each tile of columns, inner step by inner step; the inner steps in blocks where there are many. */
export function lowerPacked(context: LoweringContext, given: Contraction, pack = packColumns): void {
  const shape = tileFor(context, given);
  const parts = partCount(given, shape, context);
  if (parts > 1) {
    lowerInParts(context, given, parts, (contraction) => lowerPacked(context, contraction, pack));
    return;
  }
  const blocks = blocksOf(given.inner, context.tuning);
  const [around, within] =
    blocks > 1 || isFetchedAgain(given, context) ? splitOuter(given, context) : [given.outer, []];
  const contraction = { ...given, outer: [...around, ...within] };
  const { name, a, sink } = contraction;
  const packed = pack(context, contraction);
  const sums = blocks > 1 ? allocateBlockSums(context, contraction, shape.vectors) : undefined;
  const written = [sink.views[0].buffer, ...(sums === undefined ? [] : [sums.buffer])];
  const operands = [a.buffer, packed.buffer];
  const blockRows = rowsOfBlock(contraction, shape, context.tuning);
  const plan: PackedPlan = { contraction, packed, shape, around, within, blockRows, blocks, sums };
  const build = (b: KernelBuilder): void => computePacked(b, plan);
  context.emit(name, [...operands, ...readsOf(sink)], written, build, alignedReads(sink, operands));
}

/** A block of rows and a tile of columns, for one index of each axis around. */
interface PackedBlock {
  readonly indices: readonly Index[];
  readonly rowStart: Index;
  readonly rows: number;
  readonly columnStart: Index;
  readonly columns: number;
  /** The number of the tile of columns. */
  readonly columnTile: Index;
}

function computePacked(b: KernelBuilder, plan: PackedPlan): void {
  const { row, column } = plan.contraction;
  const rowBlocks = { length: row.length, size: plan.blockRows };
  const columnTiles = { length: column.length, size: plan.shape.vectors * b.lanes };
  nest(b, lengthsOf(plan.around), (indices) => {
    forPairsOfTiles(b, rowBlocks, columnTiles, ([rowStart, rows], [columnStart, columns, columnTile]) =>
      computePackedBlock(b, plan, { indices, rowStart, rows, columnStart, columns, columnTile }),
    );
  });
}

function computePackedBlock(b: KernelBuilder, plan: PackedPlan, block: PackedBlock): void {
  const { contraction, packed, blocks, sums } = plan;
  const place = (outer: readonly Index[], row: Index, rows: number): Tile => tileIn(plan, block, outer, row, rows);
  if (sums === undefined) {
    forRowTiles(b, plan, block, (...where) => computeTile(b, contraction, place(...where)), true);
    return;
  }
  computeInBlocks(b, contraction, {
    blocks,
    steps: packed.steps,
    vectors: Math.ceil(block.columns / b.lanes),
    cells: sums.buffer,
    cellOf: (outer, row) => sums.place(outer, block.columnTile, row),
    place,
    forRowTiles: (body) => forRowTiles(b, plan, block, body, false),
  });
}

/** The tiles of a block's rows, for every index of the outer axes inside. */
function forRowTiles(
  b: KernelBuilder,
  { within, shape }: PackedPlan,
  { indices, rowStart, rows }: PackedBlock,
  body: RowTileBody,
  parallel: boolean,
): void {
  const visit = (further: readonly Index[]): void => {
    const outer = [...indices, ...further];
    forTiles(b, rows, shape.rows, (start, count) => body(outer, plus(rowStart, start), count), parallel);
  };
  nest(b, lengthsOf(within), visit, 0);
}

function tileIn(
  { contraction: { a, sink, outer, row, column }, packed, shape }: PackedPlan,
  { columnStart, columns, columnTile }: PackedBlock,
  indices: readonly Index[],
  rowStart: Index,
  rows: number,
): Tile {
  return {
    a: plus(offsetIn(at(a.offset), outer, indices, "a"), times(rowStart, row.a)),
    b: plus(packed.place(indices), times(columnTile, shape.vectors * packed.vectorStep)),
    c: placesIn(sink, [...outer, row, column], [...indices, rowStart, columnStart]),
    bBuffer: packed.buffer,
    bSteps: packed.steps,
    bVector: packed.vectorStep,
    rows,
    columns,
    outer: indices,
    row: rowStart,
    column: columnStart,
  };
}
