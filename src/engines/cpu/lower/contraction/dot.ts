/**
 * Contractions whose operands both lie next to each other along an inner axis: vectors run along it, as in the filter
 * gradient of a large batch, Σ over positions and samples of dy · x with samples innermost.
 *
 * The first other inner axis is cut into blocks, each with sums of its own, so that a block of both operands stays in the
 * cache while all rows and columns pass over it, and threads have something to share. A second kernel adds up blocks and
 * lanes, always in the same order.
 */
import {
  apply,
  at,
  type Buffer,
  constant,
  forTiles,
  type Index,
  type KernelBuilder,
  type Local,
  laneOf,
  plus,
  scalar,
  times,
} from "../../loops/index.ts";
import { type LoweringContext, largestDivisor, nest, range } from "../context/index.ts";
import { isPadded, storeMet } from "./beside-padding.ts";
import { type Contraction, type ContractionAxis, forInner, indexAlong, offsetIn, placesIn } from "./contraction.ts";
import { stridesOver } from "./pack.ts";
import { type Sums, zeros } from "./register-tile.ts";
import { alignedReads, readsOf, storeResult } from "./sink.ts";
import { chooseTile } from "./tile.ts";

/** A sum for each block, outer index, row and column: a vector, whose lanes are added up at the end. */
interface PartialSums {
  readonly buffer: Buffer;
  readonly perBlock: number;
  readonly outer: readonly number[];
  readonly row: number;
  readonly column: number;
}

/** Where a tile begins. */
interface DotTile {
  readonly a: Index;
  readonly b: Index;
  readonly cell: Index;
  readonly rows: number;
  readonly columns: number;
  readonly outer: readonly Index[];
}

/** Sums of more vectors, added up one after the other, would lose digits. */
const MOST_IN_A_ROW = 1024;

export function lowerDot(context: LoweringContext, contraction: Contraction, along: ContractionAxis): void {
  const { name, a, b: right, outer, row, column, inner } = contraction;
  const { shares, revisiting } = context.tuning;
  const [first, ...others] = inner.filter((axis) => axis !== along);
  const blocks = first === undefined || first.guard !== undefined ? 1 : largestDivisor(first.length, shares.most);
  const within = first === undefined ? [] : [{ ...first, length: first.length / blocks }];
  const positions = [...within, ...others];
  const lengths = [...outer, row, column].map(({ length }) => length);
  const cells = allocatePartialSums(context, blocks, lengths);
  const isLong = along.length > MOST_IN_A_ROW * context.lanes;
  const isRevisited =
    blocks > 1 &&
    cells.perBlock / context.lanes <= revisiting.mostSums &&
    along.length / context.lanes >= revisiting.fromVectors &&
    positions.every(({ guard }) => guard === undefined);
  context.emit(name, [a.buffer, right.buffer], [cells.buffer], (b) => {
    nest(b, [blocks], ([block]) => {
      const step = within[0]?.length ?? 0;
      const start: Starts = {
        a: plus(at(a.offset), times(block, (first?.a ?? 0) * step)),
        b: plus(at(right.offset), times(block, (first?.b ?? 0) * step)),
        cell: times(block, cells.perBlock),
      };
      const addInChunks = (place: DotTile): void =>
        forChunks(b, along, (index, vectors) => {
          const sums = zeros(b, place.rows, place.columns);
          addAlong(b, contraction, vectors, { ...place, a: plus(place.a, index), b: plus(place.b, index) }, sums);
          addToCells(b, cells, place, sums);
        });
      if (!isRevisited) {
        forPlaces(b, context, contraction, cells, start, (place) => {
          const sums = zeros(b, place.rows, place.columns);
          if (isLong) storeSums(b, cells, place, sums);
          forInner(b, positions, indexAlong(outer, place.outer), (indices) => {
            const moved = shifted(place, positions, indices);
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
        forPlaces(b, context, contraction, cells, shifted(start, positions, indices), (place) => {
          // Sums of each position start at 0: their error does not grow with the number of positions.
          addInChunks(place);
          addRest(b, contraction, along, cells, place, []);
        });
      });
    });
  });
  addPartialSums(context, `${name} sum`, contraction, cells, blocks, lengths);
}

function allocatePartialSums(context: LoweringContext, blocks: number, lengths: readonly number[]): PartialSums {
  const [perBlock, ...steps] = stridesOver([blocks, ...lengths], context.lanes);
  const buffer = context.buffer("partial sums", [blocks, ...lengths, context.lanes], "f32");
  return { buffer, perBlock, outer: steps.slice(0, -2), row: steps[steps.length - 2], column: steps[steps.length - 1] };
}

type Starts = Pick<DotTile, "a" | "b" | "cell">;

/** The same place, moved along inner axes; the sums stay where they are. */
const shifted = <P extends Starts>(place: P, axes: readonly ContractionAxis[], indices: readonly Index[]): P => ({
  ...place,
  a: indices.reduce((sum, i, k) => plus(sum, times(i, axes[k].a)), place.a),
  b: indices.reduce((sum, i, k) => plus(sum, times(i, axes[k].b)), place.b),
});

/** Every tile of rows and columns for every index of the outer axes. */
function forPlaces(
  b: KernelBuilder,
  context: LoweringContext,
  { outer, row, column }: Contraction,
  cells: PartialSums,
  start: Starts,
  visit: (place: DotTile) => void,
): void {
  const tile = chooseTile({ lanes: 1, tiles: context.tiles, tuning: context.tuning }, row.length, column.length);
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

const gridOf = ({ rows, columns }: DotTile, make: (row: number, column: number) => Local): Sums =>
  range(rows).map((r) => range(columns).map((k) => make(r, k)));

const cellOf = ({ cell }: DotTile, { row, column }: PartialSums, r: number, k: number): Index =>
  plus(cell, r * row + k * column);

function storeSums(b: KernelBuilder, cells: PartialSums, place: DotTile, sums: Sums): void {
  for (const [r, row] of sums.entries())
    for (const [k, sum] of row.entries()) b.store(cells.buffer, cellOf(place, cells, r, k), sum);
}

function addToCells(b: KernelBuilder, cells: PartialSums, place: DotTile, sums: Sums): void {
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
function addAlong(b: KernelBuilder, contraction: Contraction, vectors: number, place: DotTile, sums: Sums): void {
  b.loop(vectors, (i) => addDotProducts(b, contraction, place, times(i, b.lanes), b.lanes, sums));
}

function addDotProducts(
  b: KernelBuilder,
  { a, b: right, row, column }: Contraction,
  place: DotTile,
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
  cells: PartialSums,
  place: DotTile,
  positions: readonly ContractionAxis[],
): void {
  const start = Math.floor(along.length / b.lanes) * b.lanes;
  if (start === along.length) return;
  const sums = gridOf(place, () => b.local(constant(0, scalar("f32"))));
  forInner(b, positions, indexAlong(contraction.outer, place.outer), (indices) => {
    const moved = shifted(place, positions, indices);
    b.loop(along.length - start, (i) => addDotProducts(b, contraction, moved, plus(i, start), 1, sums));
  });
  for (const [r, row] of sums.entries()) {
    for (const [k, sum] of row.entries()) {
      const cell = cellOf(place, cells, r, k);
      b.store(cells.buffer, cell, apply("add", b.load(cells.buffer, cell), sum));
    }
  }
}

/** c = the sums of all blocks, and of the lanes in them. */
function addPartialSums(
  context: LoweringContext,
  name: string,
  contraction: Contraction,
  cells: PartialSums,
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
