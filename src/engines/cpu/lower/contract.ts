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
import { apply, at, constant, indexValue, type KernelBuilder, plus, scalar, times } from "../loops/builder.ts";
import type { Buffer, Index, Local, Value } from "../loops/ir.ts";
import { type LoweringContext, nest } from "./context.ts";
import { lowerDot } from "./dot.ts";
import { range } from "./lists.ts";
import { packColumns, stridesOver } from "./pack.ts";
import { alignedReads, readsOf, type Sink, storeResult } from "./sink.ts";
import { chooseTile } from "./tile.ts";
import type { View } from "./views.ts";

/** An axis with its step in each operand; 0 where an operand does not have it. */
export interface ContractionAxis {
  readonly length: number;
  readonly a: number;
  readonly b: number;
  /** In each view of the sink. */
  readonly c: readonly number[];
  /** Of an inner axis: steps that fall outside the operands are left out. */
  readonly guard?: Guard;
}

/** Only steps with 0 ≤ outerStep · (index of the outer axis) + step · (index) + offset < length count. */
export interface Guard {
  readonly outer: number;
  readonly outerStep: number;
  readonly step: number;
  readonly offset: number;
  readonly length: number;
}

export interface Contraction {
  readonly name: string;
  readonly a: View;
  readonly b: View;
  /** Where c goes. */
  readonly sink: Sink;
  readonly outer: readonly ContractionAxis[];
  readonly row: ContractionAxis;
  readonly column: ContractionAxis;
  readonly inner: readonly ContractionAxis[];
}

export function lowerContraction(context: LoweringContext, given: Contraction): void {
  const { outer, row, column, inner } = given;
  if ([...outer, row, column].some(({ length }) => length === 0)) return;
  if (inner.some(({ length }) => length === 0)) {
    lowerEmpty(context, given);
    return;
  }
  const contraction = row.a === 1 && column.b !== 1 ? exchanged(given) : given;
  if (contraction.column.b === 1 && !isWorthPacking(contraction)) lowerDirect(context, contraction);
  else {
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

/** Where a result is in each view of the sink. */
export const placesIn = ({ views }: Sink, axes: readonly ContractionAxis[], indices: readonly Index[]): Index[] =>
  views.map(({ offset }, k) => indices.reduce((sum, index, i) => plus(sum, times(index, axes[i].c[k])), at(offset)));

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

const isWorthPacking = ({ row, outer }: Contraction): boolean =>
  row.length >= PACK_FROM_ROWS && outer.every(({ b }) => b === 0);

/**
 * The inner axis along which both operands lie next to each other, if vectors fit into it: without rest, or so often that
 * a rest, which is added up one by one, does not matter.
 */
const dotAxis = ({ inner }: Contraction, lanes: number): ContractionAxis | undefined =>
  inner.find(
    ({ a, b, length, guard }) =>
      a === 1 &&
      b === 1 &&
      guard === undefined &&
      length >= 2 * lanes &&
      (length % lanes === 0 || length >= 16 * lanes),
  );

export const offsetIn = (
  start: Index,
  axes: readonly ContractionAxis[],
  indices: readonly Index[],
  operand: "a" | "b",
): Index => indices.reduce((sum, index, i) => plus(sum, times(index, axes[i][operand])), start);

/** Whole tiles in a loop, and what is left at the end. */
export function forTiles(
  b: KernelBuilder,
  length: number,
  size: number,
  body: (start: Index, count: number, tile: Index) => void,
  parallel = true,
): void {
  const whole = Math.floor(length / size);
  b.loop(whole, (i) => body(times(i, size), size, i), { parallel });
  if (whole * size < length) body(at(whole * size), length - whole * size, at(whole));
}

/** Where a tile's operands begin, and how b steps along the inner axes. */
interface Tile {
  readonly a: Index;
  readonly b: Index;
  /** In each view of the sink. */
  readonly c: readonly Index[];
  readonly bBuffer: Buffer;
  readonly bSteps: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** The indices of the outer axes, for guards. */
  readonly outer: readonly Index[];
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
            });
          });
        },
      );
    });
  };
  const reads = [...operands, ...readsOf(sink)];
  context.emit(name, reads, [sink.views[0].buffer], build, alignedReads(sink, operands));
}

/** b packed: for each tile of columns, inner step by inner step; the inner steps in blocks where they are many. */
function lowerPacked(context: LoweringContext, contraction: Contraction): void {
  const { name, a, sink, outer, row, column, inner } = contraction;
  const shape = chooseTile(row.length, column.length, context.lanes, context.tiles);
  const packed = packColumns(context, contraction, shape);
  const blocks = blocksOf(inner);
  const cells = blocks > 1 ? allocateCells(context, contraction, shape.vectors) : undefined;
  const written = [sink.views[0].buffer, ...(cells === undefined ? [] : [cells.buffer])];
  const operands = [a.buffer, packed.buffer];
  const build = (b: KernelBuilder): void => {
    nest(
      b,
      outer.map(({ length }) => length),
      (indices) => {
        forTiles(b, column.length, shape.vectors * context.lanes, (columnStart, columns, columnTile) => {
          const place = (rowStart: Index, rows: number): Tile => ({
            a: plus(offsetIn(at(a.offset), outer, indices, "a"), times(rowStart, row.a)),
            b: plus(packed.place(indices), times(columnTile, packed.tileSize)),
            c: placesIn(sink, [...outer, row, column], [...indices, rowStart, columnStart]),
            bBuffer: packed.buffer,
            bSteps: packed.steps,
            rows,
            columns,
            outer: indices,
          });
          if (cells === undefined)
            forTiles(b, row.length, shape.rows, (rowStart, rows) => computeTile(b, contraction, place(rowStart, rows)));
          else
            computeInBlocks(b, contraction, shape.rows, place, {
              blocks,
              buffer: cells.buffer,
              index: cells.place(indices, columnTile),
            });
        });
      },
    );
  };
  context.emit(name, [...operands, ...readsOf(sink)], written, build, alignedReads(sink, operands));
}

/** So many inner steps' share of a tile of columns, and of the rows that meet it, stays in the first cache. */
const BLOCK_STEPS = 320;

/** Into how many blocks the first inner axis is cut: its fewest equal parts that are not too long. */
function blocksOf([first, ...rest]: readonly ContractionAxis[]): number {
  const each = rest.reduce((size, { length }) => size * length, 1);
  if (first.guard !== undefined || first.length * each <= BLOCK_STEPS) return 1;
  return (
    range(first.length + 1).find((n) => n > 1 && first.length % n === 0 && (first.length / n) * each <= BLOCK_STEPS) ??
    first.length
  );
}

/** Sums of a column of tiles between blocks: [outer][tile of columns][row][columns of the tile]. */
function allocateCells(context: LoweringContext, { outer, row, column }: Contraction, vectors: number) {
  const width = vectors * context.lanes;
  const tiles = Math.ceil(column.length / width);
  const lengths = outer.map(({ length }) => length);
  const steps = stridesOver(lengths, tiles * row.length * width);
  const buffer = context.buffer("block sums", [...lengths, tiles, row.length, width], "f32");
  const place = (indices: readonly Index[], tile: Index): Index =>
    indices.reduce((sum, index, i) => plus(sum, times(index, steps[i])), times(tile, row.length * width));
  return { buffer, place };
}

interface Blocks {
  readonly blocks: number;
  /** Where the sums of this tile of columns lie. */
  readonly buffer: Buffer;
  readonly index: Index;
}

/** All rows over one block of inner steps after the other; the sums wait in memory, near by, and go to the sink at last. */
function computeInBlocks(
  b: KernelBuilder,
  contraction: Contraction,
  rowsOfTile: number,
  place: (rowStart: Index, rows: number) => Tile,
  { blocks, buffer, index }: Blocks,
): void {
  const { row, inner } = contraction;
  const [first, ...rest] = inner;
  const { columns, bSteps } = place(at(0), 1);
  const vectors = range(Math.ceil(columns / b.lanes));
  const width = vectors.length * b.lanes;
  const zero = constant(0, { lane: "f32", lanes: b.lanes });
  const cellOf = (rowStart: Index, r: number, v: number): Index =>
    plus(plus(index, times(rowStart, width)), r * width + v * b.lanes);
  const rowTiles = (body: (rowStart: Index, rows: number) => void): void =>
    forTiles(b, row.length, rowsOfTile, body, false);
  const block = { ...first, length: first.length / blocks };
  b.loop(row.length * vectors.length, (i) => b.store(buffer, plus(index, times(i, b.lanes)), zero));
  b.loop(blocks, (number) => {
    rowTiles((rowStart, rows) => {
      const tile = place(rowStart, rows);
      const moved = {
        ...tile,
        a: plus(tile.a, times(number, block.length * first.a)),
        b: plus(tile.b, times(number, block.length * bSteps[0])),
      };
      const sums = range(rows).map((r) => vectors.map((v) => b.local(b.load(buffer, cellOf(rowStart, r, v), b.lanes))));
      addProducts(b, { ...contraction, inner: [block, ...rest] }, moved, sums);
      for (const r of range(rows)) for (const v of vectors) b.store(buffer, cellOf(rowStart, r, v), sums[r][v]);
    });
  });
  rowTiles((rowStart, rows) => {
    const sums = range(rows).map((r) => vectors.map((v) => b.local(b.load(buffer, cellOf(rowStart, r, v), b.lanes))));
    storeTile(b, contraction, place(rowStart, rows), sums);
  });
}

type Sums = readonly (readonly Local[])[];

function computeTile(b: KernelBuilder, contraction: Contraction, tile: Tile): void {
  const zero = constant(0, { lane: "f32", lanes: b.lanes });
  const sums = range(tile.rows).map(() => range(Math.ceil(tile.columns / b.lanes)).map(() => b.local(zero)));
  addProducts(b, contraction, tile, sums);
  storeTile(b, contraction, tile, sums);
}

/** Adds the products over the inner axes to a tile's sums. */
function addProducts(b: KernelBuilder, { a, row, inner }: Contraction, tile: Tile, sums: Sums): void {
  const { lanes } = b;
  forInner(b, inner, tile.outer, (indices) => {
    const aIndex = indices.reduce((sum, i, k) => plus(sum, times(i, inner[k].a)), tile.a);
    const bIndex = indices.reduce((sum, i, k) => plus(sum, times(i, tile.bSteps[k])), tile.b);
    const right = sums[0].map((_, v) => b.local(b.load(tile.bBuffer, plus(bIndex, v * lanes), lanes)));
    for (const [r, sumsOfRow] of sums.entries()) {
      const left = b.local(b.loadSplat(a.buffer, plus(aIndex, r * row.a), lanes));
      for (const [v, sum] of sumsOfRow.entries()) b.set(sum, apply("fma", left, right[v], sum));
    }
  });
}

function storeTile(b: KernelBuilder, { sink, row, column }: Contraction, tile: Tile, sums: Sums): void {
  for (const [r, sumsOfRow] of sums.entries()) {
    for (const [v, sum] of sumsOfRow.entries()) {
      const places = tile.c.map((place, k) => plus(place, r * row.c[k] + v * b.lanes * column.c[k]));
      storeResult(b, sink, places, column.c, sum, tile.columns - v * b.lanes);
    }
  }
}

/** Loops over the inner axes, leaving out what guards exclude. */
export function forInner(
  b: KernelBuilder,
  axes: readonly ContractionAxis[],
  outer: readonly Index[],
  body: (indices: readonly Index[]) => void,
): void {
  const descend = (indices: readonly Index[]): void => {
    const axis = axes[indices.length];
    if (axis === undefined) {
      body(indices);
      return;
    }
    const { guard, length } = axis;
    const visit = (i: Index): void => {
      if (guard === undefined) descend([...indices, i]);
      else b.when(isInside(guard, outer[guard.outer], i), () => descend([...indices, i]));
    };
    b.loop(length, visit);
  };
  descend([]);
}

function isInside({ outerStep, step, offset, length }: Guard, outer: Index, index: Index): Value {
  const position = indexValue(plus(plus(times(outer, outerStep), times(index, step)), offset));
  const integer = (value: number): Value => constant(value, scalar("i32"));
  return apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(length)));
}
