/**
 * The contraction that matrix products and convolutions share:
 *
 *   c[outer, row, column] = Σ_inner a[outer, row, inner] · b[outer, inner, column]
 *
 * with any number of outer and inner axes, each affine in all three operands. A register tile holds some rows times some
 * columns, in one of two forms:
 *
 *   broadcast   columns are vectors: each inner step loads the tile's vectors of b, and one element of a for each row in
 *               all lanes. b must lie column by column; where it does not, it is packed first, tile by tile.
 *   dot         both operands lie next to each other along an inner axis: vectors run along it, and are added up at the end.
 */

import type { Index } from "../../loops/index.ts";
import { at, constant, forPairsOfTiles, forTiles, type KernelBuilder, plus, scalar, times } from "../../loops/index.ts";
import { type LoweringContext, nest, sizeOf } from "../context/index.ts";
import { finishTile, isPadded } from "./beside-padding.ts";
import {
  allocateCells,
  blocksOf,
  computeInBlocks,
  partsOf,
  type RowTileBody,
  rowsOfBlock,
  splitOuter,
} from "./blocks.ts";
import { lowerDot } from "./dot.ts";
import { isCrossed, isFar, withNearRows } from "./near-rows.ts";
import { packColumns } from "./pack.ts";
import { lowerInParts } from "./parts.ts";
import {
  addProducts,
  type Contraction,
  type ContractionAxis,
  offsetIn,
  placesIn,
  type Tile,
  zeros,
} from "./register-tile.ts";
import { alignedReads, readsOf, storeResult } from "./sink.ts";
import { chooseTile, tileCost } from "./tile.ts";

export function lowerContraction(context: LoweringContext, given: Contraction): void {
  const { outer, row, column, inner } = given;
  if ([...outer, row, column].some(({ length }) => length === 0)) return;
  if (inner.some(({ length }) => length === 0)) {
    lowerEmpty(context, given);
    return;
  }
  const other = exchanged(given);
  const chosen = costOf(other, context) < costOf(given, context) ? other : given;
  const contraction = isFar(chosen) || isCrossed(chosen) ? withNearRows(context, chosen) : chosen;
  if (contraction.column.b === 1 && !isWorthPacking(contraction)) {
    if (isLong(contraction) || isWorthBlocking(contraction)) lowerPacked(context, contraction, asItLies);
    else lowerDirect(context, contraction);
  } else {
    const along = dotAxis(contraction, context.lanes);
    if (along === undefined) lowerPacked(context, contraction);
    else lowerDot(context, contraction, along);
  }
}

/** A sum of nothing is zero everywhere. */
function lowerEmpty(context: LoweringContext, { name, sink, outer, row, column }: Contraction): void {
  const axes = [...outer, row, column];
  context.emit(name, readsOf(sink), [sink.views[0].buffer], (b) => {
    nest(
      b,
      axes.map(({ length }) => length),
      (indices) => {
        storeResult(b, sink, placesIn(sink, axes, indices), column.c, constant(0, scalar("f32")));
      },
    );
  });
}

/** Half cycles to store a lane by itself, and to move an element of b when it is packed. */
const LANE_STORED = 4;
const ELEMENT_PACKED = 2;

/** Elements of a that push each other out of the first cache make products wait for the second. */
const FAR = 2;

/** More elements of a than the second cache holds come from further away for every tile of columns, each in so many half cycles. */
const FAR_ELEMENTS = 2 ** 19;
const ELEMENT_FETCHED = 2;

/** What a contraction costs, roughly, in half cycles: products, results, operands that come from far, and packing where b does not lie by columns. */
function costOf(contraction: Contraction, { lanes, tiles }: LoweringContext): number {
  const { a, outer, row, column, inner } = contraction;
  const [steps, times] = [sizeOf(inner), sizeOf(outer)];
  const tile = chooseTile(row.length, column.length, lanes, tiles);
  const products = steps * tileCost(row.length, column.length, lanes, tile) * (isFar({ inner }) ? FAR : 1);
  const results = row.length * (column.c[0] === 1 ? Math.ceil(column.length / lanes) : column.length * LANE_STORED);
  const [around, within] = [outer.filter(({ b }) => b !== 0), outer.filter((axis) => axis.a !== 0 && axis.b === 0)];
  const met = Math.min(sizeOf(within) * row.length * steps, a.buffer.length);
  const columnTiles = Math.ceil(column.length / (tile.vectors * lanes));
  const again = sizeOf(around) * columnTiles - sizeOf(around.filter((axis) => axis.a !== 0));
  const rowBlocks = Math.ceil(row.length / rowsOfBlock(contraction, tile));
  const columns = sizeOf(around) * steps * column.length;
  const fetched = (met > rowBlocks * FAR_ELEMENTS ? met * again : 0) + columns * (rowBlocks - 1);
  const packed = column.b === 1 ? 0 : columns * ELEMENT_PACKED;
  return times * (products + results) + fetched * ELEMENT_FETCHED + packed;
}

/** The same contraction with rows and columns, a and b in each other's places. */
function exchanged({ a, b, row, column, outer, inner, ...rest }: Contraction): Contraction {
  const exchange = (axis: ContractionAxis): ContractionAxis => ({ ...axis, a: axis.b, b: axis.a });
  return {
    ...rest,
    a: b,
    b: a,
    row: exchange(column),
    column: exchange(row),
    outer: outer.map(exchange),
    inner: inner.map(exchange),
  };
}

/** Packing pays when every element of b meets many rows, and it is not a sliding window, which packing would unroll. */
const PACK_FROM_ROWS = 32;

function isWorthPacking({ b, row, column, outer, inner }: Contraction): boolean {
  const owned = [...outer.filter((axis) => axis.b !== 0), column, ...inner];
  const elements = owned.reduce((size, { length }) => size * length, 1);
  return row.length >= PACK_FROM_ROWS && elements <= b.buffer.length;
}

/** So many inner steps' share of a tile of columns does not stay in the second cache. */
const FAR_STEPS = 4096;

/** Sums of so many terms, added up one after the other, would lose digits: blocks have sums of their own. */
const LONG = 2 ** 14;

const isLong = ({ inner }: Contraction): boolean =>
  inner.reduce((steps, { length }) => steps * length, 1) >= LONG && inner.every(({ guard }) => guard === undefined);

/** Whether the same far part of b would be fetched for one index of an outer axis after the other. */
const isWorthBlocking = ({ outer, inner }: Contraction): boolean =>
  inner.reduce((steps, { length }) => steps * length, 1) >= FAR_STEPS &&
  inner.every(({ guard }) => guard === undefined) &&
  outer.some(({ b, length }) => b === 0 && length > 1);

/** So many vectors of products must go into a sum before adding up its lanes costs little beside them… */
const DOT_FROM_VECTORS = 64;
/** … and so many rows must meet b before it is better packed. */
const PACK_FOR_DOT_FROM_ROWS = 8;
/** Sums of so many elements, a vector each, take longer to put by and add up than b takes to pack. */
const MANY_ELEMENTS = 2 ** 17;

/**
 * The inner axis along which both operands lie next to each other, if vectors fit into it: without rest, or so often that
 * a rest, which is added up one by one, does not matter.
 */
function dotAxis({ inner, row, column }: Contraction, lanes: number): ContractionAxis | undefined {
  const terms = inner.reduce((size, { length }) => size * length, 1);
  const isMany = row.length * column.length * lanes >= MANY_ELEMENTS;
  if (row.length >= PACK_FOR_DOT_FROM_ROWS && (isMany || terms < DOT_FROM_VECTORS * lanes)) return undefined;
  return inner.find(
    ({ a, b, length, guard }) =>
      a === 1 &&
      b === 1 &&
      guard === undefined &&
      length >= 2 * lanes &&
      (length % lanes === 0 || length >= 16 * lanes),
  );
}

function computeTile(b: KernelBuilder, contraction: Contraction, tile: Tile): void {
  const sums = zeros(b, tile.rows, Math.ceil(tile.columns / b.lanes));
  addProducts(b, contraction, tile, sums);
  finishTile(b, contraction, tile, sums);
}

/** b as it lies: tiles of columns outermost, so that a tile's part of b stays in the cache. */
function lowerDirect(context: LoweringContext, contraction: Contraction): void {
  const { name, a, b: bView, sink, outer, row, column, inner } = contraction;
  const tile = chooseTile(row.length, column.length, context.lanes, context.tiles);
  const operands = [a.buffer, bView.buffer];
  const build = (b: KernelBuilder): void => {
    forTiles(b, column.length, tile.vectors * context.lanes, (columnStart, columns) => {
      nest(
        b,
        outer.map(({ length }) => length),
        (indices) => {
          forTiles(b, row.length, tile.rows, (rowStart, rows) => {
            computeTile(b, contraction, {
              a: plus(offsetIn(at(a.offset), outer, indices, "a"), times(rowStart, row.a)),
              b: plus(offsetIn(at(bView.offset), outer, indices, "b"), columnStart),
              c: placesIn(sink, [...outer, row, column], [...indices, rowStart, columnStart]),
              bBuffer: bView.buffer,
              bSteps: inner.map((axis) => axis.b),
              rows,
              columns,
              outer: indices,
              row: rowStart,
              column: columnStart,
            });
          });
        },
      );
    });
  };
  const reads = [...operands, ...readsOf(sink)];
  context.emit(name, reads, [sink.views[0].buffer], build, alignedReads(sink, operands));
}

/** b where it is, as if it had been packed. */
const asItLies: typeof packColumns = (context, { b, outer, inner }, { vectors }) => ({
  buffer: b.buffer,
  place: (indices) => offsetIn(at(b.offset), outer, indices, "b"),
  tileSize: vectors * context.lanes,
  steps: inner.map((axis) => axis.b),
});

/** b packed: for each tile of columns, inner step by inner step; the inner steps in blocks where they are many. */
function lowerPacked(context: LoweringContext, given: Contraction, pack = packColumns): void {
  const { row, column } = given;
  const shape = chooseTile(row.length, column.length, context.lanes, context.tiles);
  const parts = partsOf(given, shape, context);
  if (parts > 1) {
    lowerInParts(context, given, parts, (contraction) => lowerPacked(context, contraction, pack));
    return;
  }
  const blocks = blocksOf(given.inner);
  const [around, within] = blocks > 1 ? splitOuter(given, context) : [given.outer, []];
  const outer = [...around, ...within];
  const contraction = { ...given, outer };
  const { name, a, sink } = contraction;
  const packed = pack(context, contraction, shape);
  const cells = blocks > 1 ? allocateCells(context, contraction, shape.vectors) : undefined;
  const written = [sink.views[0].buffer, ...(cells === undefined ? [] : [cells.buffer])];
  const operands = [a.buffer, packed.buffer, ...(isPadded(contraction) ? [contraction.b.buffer] : [])];
  const rowBlocks = { length: row.length, size: rowsOfBlock(contraction, shape) };
  const columnTiles = { length: column.length, size: shape.vectors * context.lanes };
  const build = (b: KernelBuilder): void => {
    nest(
      b,
      around.map(({ length }) => length),
      (indices) => {
        forPairsOfTiles(b, rowBlocks, columnTiles, ([blockStart, blockRows], [columnStart, columns, columnTile]) => {
          const rowTiles = (body: RowTileBody, parallel: boolean): void =>
            nest(
              b,
              within.map(({ length }) => length),
              (further) => {
                const outerIndices = [...indices, ...further];
                const visit = (start: Index, rows: number): void => body(outerIndices, plus(blockStart, start), rows);
                forTiles(b, blockRows, shape.rows, visit, parallel);
              },
              0,
            );
          const place = (outerIndices: readonly Index[], rowStart: Index, rows: number): Tile => ({
            a: plus(offsetIn(at(a.offset), outer, outerIndices, "a"), times(rowStart, row.a)),
            b: plus(packed.place(outerIndices), times(columnTile, packed.tileSize)),
            c: placesIn(sink, [...outer, row, column], [...outerIndices, rowStart, columnStart]),
            bBuffer: packed.buffer,
            bSteps: packed.steps,
            rows,
            columns,
            outer: outerIndices,
            row: rowStart,
            column: columnStart,
          });
          if (cells === undefined) rowTiles((...where) => computeTile(b, contraction, place(...where)), true);
          else
            computeInBlocks(b, contraction, {
              blocks,
              steps: packed.steps,
              vectors: Math.ceil(columns / b.lanes),
              cells: cells.buffer,
              cellOf: (outerIndices, rowStart) => cells.place(outerIndices, columnTile, rowStart),
              place,
              forRowTiles: (body) => rowTiles(body, false),
            });
        });
      },
    );
  };
  context.emit(name, [...operands, ...readsOf(sink)], written, build, alignedReads(sink, operands));
}
