/**
 * First operands whose elements push each other out of the caches, as those of a large transposed matrix, or of one with a
 * power of two of columns, do: where they meet enough columns, they are copied so that neighbors along the sum lie next to
 * each other.
 */

import type { LoweringContext } from "../context/index.ts";
import { contiguous, copyInto, isPaged, NEAR, sizeOf } from "../context/index.ts";
import type { Contraction, ContractionAxis } from "./register-tile.ts";
import { chooseTile } from "./tile.ts";

/** Whether steps of the sum are so far apart in a that they share a few sets of the first cache. */
export const isFar = ({ inner }: Pick<Contraction, "inner">): boolean =>
  isPaged(inner.findLast(({ length }) => length > 1)?.a ?? 0);

/** Whether a has more rows than the second cache holds, and lies across: a block of rows then has a part of every page. */
export const isCrossed = ({ row, inner }: Pick<Contraction, "row" | "inner">): boolean =>
  row.length * sizeOf(inner) > NEAR && Math.abs(inner.findLast(({ length }) => length > 1)?.a ?? 0) > Math.abs(row.a);

/** From so many tiles of columns on, a copy costs less than fetching every element for each of them from afar. */
const COPY_FROM_TILES = 3;

/** The same contraction with a copied, if that pays: rows outside, the sum inside. */
export function withNearRows(context: LoweringContext, contraction: Contraction): Contraction {
  const { a, outer, row, column, inner } = contraction;
  const own = [...outer.filter((axis) => axis.a !== 0), row, ...inner];
  const tile = chooseTile(row.length, column.length, context.lanes, context.tiles);
  const isOften = column.length >= COPY_FROM_TILES * tile.vectors * context.lanes;
  // Windows that overlap would be copied several times.
  if (!isOften || sizeOf(own) > a.buffer.length || inner.some(({ guard }) => guard !== undefined)) return contraction;
  const lengths = own.map(({ length }) => length);
  const near = contiguous(context.buffer("near rows", lengths, a.buffer.lane), lengths);
  copyInto(context, { ...a, shape: lengths, strides: own.map((axis) => axis.a) }, near);
  const moved = (axis: ContractionAxis): ContractionAxis =>
    axis.a === 0 ? axis : { ...axis, a: near.strides[own.indexOf(axis)] };
  return { ...contraction, a: near, outer: outer.map(moved), row: moved(row), inner: inner.map(moved) };
}
