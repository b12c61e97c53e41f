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
import { packColumns } from "./pack.ts";
import { readsOf, type Sink, storeResult } from "./sink.ts";
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

/** The inner axis along which both operands lie next to each other, if it is long enough for vectors. */
const dotAxis = ({ inner }: Contraction, lanes: number): ContractionAxis | undefined =>
  inner.find(({ a, b, length, guard }) => a === 1 && b === 1 && length >= 2 * lanes && guard === undefined);

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
): void {
  const whole = Math.floor(length / size);
  b.loop(whole, (i) => body(times(i, size), size, i), { parallel: true });
  if (whole * size < length) body(at(whole * size), length - whole * size, at(whole));
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

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
  context.emit(name, [a.buffer, bView.buffer, ...readsOf(sink)], [sink.views[0].buffer], (b) => {
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
  });
}

/** b packed: for each tile of columns, inner step by inner step. */
function lowerPacked(context: LoweringContext, contraction: Contraction): void {
  const { name, a, sink, outer, row, column } = contraction;
  const tile = chooseTile(row.length, column.length, context.lanes, context.tiles);
  const packed = packColumns(context, contraction, tile);
  context.emit(name, [a.buffer, packed.buffer, ...readsOf(sink)], [sink.views[0].buffer], (b) => {
    nest(
      b,
      outer.map(({ length }) => length),
      (indices) => {
        forTiles(b, column.length, tile.vectors * context.lanes, (columnStart, columns, columnTile) => {
          forTiles(b, row.length, tile.rows, (rowStart, rows) => {
            computeTile(b, contraction, {
              a: plus(offsetIn(at(a.offset), outer, indices, "a"), times(rowStart, row.a)),
              b: plus(packed.place(indices), times(columnTile, packed.tileSize)),
              c: placesIn(sink, [...outer, row, column], [...indices, rowStart, columnStart]),
              bBuffer: packed.buffer,
              bSteps: packed.steps,
              rows,
              columns,
              outer: indices,
            });
          });
        });
      },
    );
  });
}

function computeTile(b: KernelBuilder, { a, sink, row, column, inner }: Contraction, tile: Tile): void {
  const { lanes } = b;
  const vectors = range(Math.ceil(tile.columns / lanes));
  const rows = range(tile.rows);
  const sums = rows.map(() => vectors.map((): Local => b.local(constant(0, { lane: "f32", lanes }))));
  forInner(b, inner, tile.outer, (indices) => {
    const aIndex = indices.reduce((sum, i, k) => plus(sum, times(i, inner[k].a)), tile.a);
    const bIndex = indices.reduce((sum, i, k) => plus(sum, times(i, tile.bSteps[k])), tile.b);
    const right = vectors.map((v) => b.local(b.load(tile.bBuffer, plus(bIndex, v * lanes), lanes)));
    for (const r of rows) {
      const left = b.local(b.loadSplat(a.buffer, plus(aIndex, r * row.a), lanes));
      for (const v of vectors) b.set(sums[r][v], apply("fma", left, right[v], sums[r][v]));
    }
  });
  for (const r of rows) {
    for (const v of vectors) {
      const places = tile.c.map((place, k) => plus(place, r * row.c[k] + v * lanes * column.c[k]));
      storeResult(b, sink, places, column.c, sums[r][v], tile.columns - v * lanes);
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
