/**
 * Contractions whose operands both lie next to each other along an inner axis: vectors run along it, as in the filter
 * gradient of a large batch, Σ over positions and samples of dy · x with samples innermost.
 *
 * The first other inner axis is cut into blocks, each with sums of its own, so that a block of both operands stays in the
 * cache while all rows and columns pass over it, and threads have something to share. A second kernel adds up blocks and
 * lanes, always in the same order.
 */

import type { Buffer, Index, Local } from "../../loops/index.ts";
import { apply, at, constant, forTiles, type KernelBuilder, laneOf, plus, scalar, times } from "../../loops/index.ts";
import { type LoweringContext, largestDivisor, nest, range } from "../context/index.ts";
import { isPadded, storeMet } from "./beside-padding.ts";
import { stridesOver } from "./pack.ts";
import { type Contraction, type ContractionAxis, forInner, indexAlong, offsetIn, placesIn } from "./register-tile.ts";
import { alignedReads, readsOf, storeResult } from "./sink.ts";
import { chooseTile } from "./tile.ts";

/** A sum for each block, outer index, row and column: a vector, whose lanes are added up at the end. */
interface Cells {
  readonly buffer: Buffer;
  readonly perBlock: number;
  readonly outer: readonly number[];
  readonly row: number;
  readonly column: number;
}

/** Where a tile begins. */
interface Place {
  readonly a: Index;
  readonly b: Index;
  readonly cell: Index;
  readonly rows: number;
  readonly columns: number;
  readonly outer: readonly Index[];
}

/**
 * Up to this many sums stay in the first cache. They are then revisited for every position, so that each element of the
 * operands is fetched from further away once for all rows and columns, and not once for each tile of them.
 */
const REVISITED_CELLS = 512;
/** Fetching a sum and putting it back must cost little beside the multiply-adds between. */
export const REVISITING_VECTORS = 8;

/** Sums of more vectors, added up one after the other, would lose digits. */
const MOST_IN_A_ROW = 1024;

export function lowerDot(context: LoweringContext, contraction: Contraction, along: ContractionAxis): void {
  const { name, a, b: right, outer, row, column, inner } = contraction;
  const [first, ...others] = inner.filter((axis) => axis !== along);
  const blocks = first === undefined || first.guard !== undefined ? 1 : largestDivisor(first.length, MOST_BLOCKS);
  const within = first === undefined ? [] : [{ ...first, length: first.length / blocks }];
  const positions = [...within, ...others];
  const lengths = [...outer, row, column].map(({ length }) => length);
  const cells = allocateCells(context, blocks, lengths);
  const isLong = along.length > MOST_IN_A_ROW * context.lanes;
  const isRevisited =
    blocks > 1 &&
    cells.perBlock / context.lanes <= REVISITED_CELLS &&
    along.length / context.lanes >= REVISITING_VECTORS &&
    positions.every(({ guard }) => guard === undefined);
  context.emit(name, [a.buffer, right.buffer], [cells.buffer], (b) => {
    nest(b, [blocks], ([block]) => {
      const step = within[0]?.length ?? 0;
      const start: Starts = {
        a: plus(at(a.offset), times(block, (first?.a ?? 0) * step)),
        b: plus(at(right.offset), times(block, (first?.b ?? 0) * step)),
        cell: times(block, cells.perBlock),
      };
      const addInChunks = (place: Place): void =>
        forChunks(b, along, (index, vectors) => {
          const sums = zeros(b, place);
          addAlong(b, contraction, vectors, { ...place, a: plus(place.a, index), b: plus(place.b, index) }, sums);
          addToCells(b, cells, place, sums);
        });
      if (!isRevisited) {
        forPlaces(b, context, contraction, cells, start, (place) => {
          const sums = zeros(b, place);
          if (isLong) storeSums(b, cells, place, sums);
          forInner(b, positions, indexAlong(outer, place.outer), (indices) => {
            const moved = move(place, positions, indices);
            if (isLong) addInChunks(moved);
            else addAlong(b, contraction, Math.floor(along.length / b.lanes), moved, sums);
          });
          if (!isLong) storeSums(b, cells, place, sums);
          addRest(b, contraction, along, cells, place, positions);
        });
        return;
      }
      b.loop(cells.perBlock / b.lanes, (i) =>
        b.store(cells.buffer, plus(start.cell, times(i, b.lanes)), constant(0, { lane: "f32", lanes: b.lanes })),
      );
      forInner(b, positions, indexAlong([], []), (indices) => {
        forPlaces(b, context, contraction, cells, move(start, positions, indices), (place) => {
          // Sums of each position start at 0: their error does not grow with the number of positions.
          addInChunks(place);
          addRest(b, contraction, along, cells, place, []);
        });
      });
    });
  });
  addUp(context, `${name} sum`, contraction, cells, blocks, lengths);
}

const MOST_BLOCKS = 16;

function allocateCells(context: LoweringContext, blocks: number, lengths: readonly number[]): Cells {
  const [perBlock, ...steps] = stridesOver([blocks, ...lengths], context.lanes);
  const buffer = context.buffer("partial sums", [blocks, ...lengths, context.lanes], "f32");
  return { buffer, perBlock, outer: steps.slice(0, -2), row: steps[steps.length - 2], column: steps[steps.length - 1] };
}

type Starts = Pick<Place, "a" | "b" | "cell">;

/** The same place, moved along inner axes; the sums stay where they are. */
const move = <P extends Starts>(place: P, axes: readonly ContractionAxis[], indices: readonly Index[]): P => ({
  ...place,
  a: indices.reduce((sum, i, k) => plus(sum, times(i, axes[k].a)), place.a),
  b: indices.reduce((sum, i, k) => plus(sum, times(i, axes[k].b)), place.b),
});

/** Every tile of rows and columns for every index of the outer axes. */
function forPlaces(
  b: KernelBuilder,
  context: LoweringContext,
  { outer, row, column }: Contraction,
  cells: Cells,
  start: Starts,
  visit: (place: Place) => void,
): void {
  const tile = chooseTile(row.length, column.length, 1, context.tiles);
  nest(
    b,
    outer.map(({ length }) => length),
    (indices) => {
      const cell = indices.reduce((sum, i, k) => plus(sum, times(i, cells.outer[k])), start.cell);
      forTiles(b, column.length, tile.vectors, (columnStart, columns) => {
        forTiles(b, row.length, tile.rows, (rowStart, rows) => {
          visit({
            a: plus(offsetIn(start.a, outer, indices, "a"), times(rowStart, row.a)),
            b: plus(offsetIn(start.b, outer, indices, "b"), times(columnStart, column.b)),
            cell: plus(plus(cell, times(rowStart, cells.row)), times(columnStart, cells.column)),
            rows,
            columns,
            outer: indices,
          });
        });
      });
    },
  );
}

type Sums = readonly (readonly Local[])[];

const gridOf = ({ rows, columns }: Place, make: (row: number, column: number) => Local): Sums =>
  range(rows).map((r) => range(columns).map((k) => make(r, k)));

const cellOf = ({ cell }: Place, { row, column }: Cells, r: number, k: number): Index =>
  plus(cell, r * row + k * column);

const zeros = (b: KernelBuilder, place: Place): Sums =>
  gridOf(place, () => b.local(constant(0, { lane: "f32", lanes: b.lanes })));

function storeSums(b: KernelBuilder, cells: Cells, place: Place, sums: Sums): void {
  for (const [r, row] of sums.entries())
    for (const [k, sum] of row.entries()) b.store(cells.buffer, cellOf(place, cells, r, k), sum);
}

function addToCells(b: KernelBuilder, cells: Cells, place: Place, sums: Sums): void {
  for (const [r, row] of sums.entries())
    for (const [k, sum] of row.entries()) {
      const cell = cellOf(place, cells, r, k);
      b.store(cells.buffer, cell, apply("add", b.load(cells.buffer, cell, b.lanes), sum));
    }
}

/** Whole vectors along the axis, as many at a time as may be added in a row, from index to index. */
function forChunks(
  b: KernelBuilder,
  { length }: ContractionAxis,
  visit: (index: Index, vectors: number) => void,
): void {
  const vectors = Math.floor(length / b.lanes);
  const each = Math.min(vectors, MOST_IN_A_ROW);
  const whole = Math.floor(vectors / each);
  b.loop(whole, (i) => visit(times(i, each * b.lanes), each));
  if (whole * each < vectors) visit(at(whole * each * b.lanes), vectors - whole * each);
}

/** Adds the products of `vectors` vectors along the axis to the sums. */
function addAlong(b: KernelBuilder, contraction: Contraction, vectors: number, place: Place, sums: Sums): void {
  b.loop(vectors, (i) => addProducts(b, contraction, place, times(i, b.lanes), b.lanes, sums));
}

function addProducts(
  b: KernelBuilder,
  { a, b: right, row, column }: Contraction,
  place: Place,
  index: Index,
  lanes: number,
  sums: Sums,
): void {
  const load = (buffer: Buffer, from: Index): Local => b.local(b.load(buffer, plus(from, index), lanes));
  const columns = range(place.columns).map((k) => load(right.buffer, plus(place.b, k * column.b)));
  for (const [r, sumsOfRow] of sums.entries()) {
    const value = load(a.buffer, plus(place.a, r * row.a));
    for (const [k, sum] of sumsOfRow.entries()) b.set(sum, apply("fma", value, columns[k], sum));
  }
}

/** Adds what is left of the axis after the last whole vector, at all positions, to lane 0 of the sums in memory. */
function addRest(
  b: KernelBuilder,
  contraction: Contraction,
  along: ContractionAxis,
  cells: Cells,
  place: Place,
  positions: readonly ContractionAxis[],
): void {
  const start = Math.floor(along.length / b.lanes) * b.lanes;
  if (start === along.length) return;
  const sums = gridOf(place, () => b.local(constant(0, scalar("f32"))));
  forInner(b, positions, indexAlong(contraction.outer, place.outer), (indices) => {
    const moved = move(place, positions, indices);
    b.loop(along.length - start, (i) => addProducts(b, contraction, moved, plus(i, start), 1, sums));
  });
  for (const [r, row] of sums.entries()) {
    for (const [k, sum] of row.entries()) {
      const cell = cellOf(place, cells, r, k);
      b.store(cells.buffer, cell, apply("add", b.load(cells.buffer, cell), sum));
    }
  }
}

/** c = the sums of all blocks, and of the lanes in them. */
function addUp(
  context: LoweringContext,
  name: string,
  contraction: Contraction,
  cells: Cells,
  blocks: number,
  lengths: readonly number[],
): void {
  const { sink, outer, row, column } = contraction;
  const operands = isPadded(contraction) ? [contraction.a.buffer, contraction.b.buffer] : [];
  const build = (b: KernelBuilder): void => {
    nest(b, lengths, (indices) => {
      const steps = [...cells.outer, cells.row, cells.column];
      const cell = indices.reduce((sum, i, k) => plus(sum, times(i, steps[k])), at(0));
      const wide = b.local(constant(0, { lane: "f32", lanes: b.lanes }));
      b.loop(blocks, (i) =>
        b.set(wide, apply("add", wide, b.load(cells.buffer, plus(cell, times(i, cells.perBlock)), b.lanes))),
      );
      const [first, ...rest] = range(b.lanes).map((lane) => laneOf(wide, lane));
      const total = b.local(rest.reduce((sum, lane) => apply("add", sum, lane), first));
      const area = { outer: indices.slice(0, -2), row: indices.at(-2)!, rows: 1, column: indices.at(-1)!, columns: 1 };
      storeMet(b, contraction, area, [[total]], () =>
        storeResult(b, sink, placesIn(sink, [...outer, row, column], indices), column.c, total),
      );
    });
  };
  const reads = [cells.buffer, ...operands, ...readsOf(sink)];
  context.emit(name, reads, [sink.views[0].buffer], build, alignedReads(sink, operands));
}
