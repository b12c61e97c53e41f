/** One register tile of a contraction: its axes, where it begins, and the loops over the inner axes that fill it. */

import type { Buffer, Index, Local, Value } from "../../loops/index.ts";
import { apply, at, constant, indexValue, type KernelBuilder, plus, scalar, times } from "../../loops/index.ts";
import type { View } from "../context/index.ts";
import { range } from "../context/index.ts";
import { type Sink, storeResult } from "./sink.ts";

/** An axis with its step in each operand; 0 where an operand does not have it. */
export interface ContractionAxis {
  readonly length: number;
  readonly a: number;
  readonly b: number;
  /** In each view of the sink. */
  readonly c: readonly number[];
  /** Of an axis of the result: which one guards name it by. */
  readonly spatial?: number;
  /** Of an inner axis: steps that fall outside the operands are left out. */
  readonly guard?: Guard;
  /** Of an inner axis: steps that fall outside meet zeros of padding; see `beside-padding.ts`. */
  readonly met?: Guard;
}

/** Only steps with 0 ≤ spatialStep · (index along the result's spatial axis) + step · (index) + offset < length count. */
export interface Guard {
  readonly spatial: number;
  readonly spatialStep: number;
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

/** Where a result is in each view of the sink. */
export const placesIn = ({ views }: Sink, axes: readonly ContractionAxis[], indices: readonly Index[]): Index[] =>
  views.map(({ offset }, k) => indices.reduce((sum, index, i) => plus(sum, times(index, axes[i].c[k])), at(offset)));

export const offsetIn = (
  start: Index,
  axes: readonly ContractionAxis[],
  indices: readonly Index[],
  operand: "a" | "b",
): Index => indices.reduce((sum, index, i) => plus(sum, times(index, axes[i][operand])), start);

/** Where a tile's operands begin, and how b steps along the inner axes. */
export interface Tile {
  readonly a: Index;
  readonly b: Index;
  /** In each view of the sink. */
  readonly c: readonly Index[];
  readonly bBuffer: Buffer;
  readonly bSteps: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** The indices of the outer axes. */
  readonly outer: readonly Index[];
  /** Of the first row and column. */
  readonly row: Index;
  readonly column: Index;
}

export type Sums = readonly (readonly Local[])[];

export function zeros(b: KernelBuilder, rows: number, vectors: number): Sums {
  const zero = constant(0, { lane: "f32", lanes: b.lanes });
  return range(rows).map(() => range(vectors).map(() => b.local(zero)));
}

/** Adds the products over the inner axes to a tile's sums. */
export function addProducts(b: KernelBuilder, { a, outer, row, inner }: Contraction, tile: Tile, sums: Sums): void {
  const { lanes } = b;
  forInner(b, inner, indexAlong(outer, tile.outer), (indices) => {
    const aIndex = indices.reduce((sum, i, k) => plus(sum, times(i, inner[k].a)), tile.a);
    const bIndex = indices.reduce((sum, i, k) => plus(sum, times(i, tile.bSteps[k])), tile.b);
    const right = sums[0].map((_, v) => b.local(b.load(tile.bBuffer, plus(bIndex, v * lanes), lanes)));
    for (const [r, sumsOfRow] of sums.entries()) {
      const left = b.local(b.loadSplat(a.buffer, plus(aIndex, r * row.a), lanes));
      for (const [v, sum] of sumsOfRow.entries()) b.set(sum, apply("fma", left, right[v], sum));
    }
  });
}

export function eachSum(sums: Sums, visit: (sum: Local, row: number, vector: number) => void): void {
  for (const [r, sumsOfRow] of sums.entries()) for (const [v, sum] of sumsOfRow.entries()) visit(sum, r, v);
}

export function storeTile(b: KernelBuilder, { sink, row, column }: Contraction, tile: Tile, sums: Sums): void {
  eachSum(sums, (sum, r, v) => {
    const places = tile.c.map((place, k) => plus(place, r * row.c[k] + v * b.lanes * column.c[k]));
    storeResult(b, sink, places, column.c, sum, tile.columns - v * b.lanes);
  });
}

/** The index along a spatial axis of the result, from those of axes of the result. */
export const indexAlong =
  (axes: readonly ContractionAxis[], indices: readonly Index[]) =>
  (spatial: number): Index =>
    indices[axes.findIndex((axis) => axis.spatial === spatial)];

/** Loops over the inner axes, leaving out what guards exclude. */
export function forInner(
  b: KernelBuilder,
  axes: readonly ContractionAxis[],
  resultIndex: (spatial: number) => Index,
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
      else b.when(isInside(guard, resultIndex(guard.spatial), i), () => descend([...indices, i]));
    };
    b.loop(length, visit);
  };
  descend([]);
}

function isInside({ spatialStep, step, offset, length }: Guard, result: Index, index: Index): Value {
  const position = indexValue(plus(plus(times(result, spatialStep), times(index, step)), offset));
  const integer = (value: number): Value => constant(value, scalar("i32"));
  return apply("and", apply("ge", position, integer(0)), apply("lt", position, integer(length)));
}
