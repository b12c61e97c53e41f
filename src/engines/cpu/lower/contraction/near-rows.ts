/**
 * First operands whose elements push each other out of the caches, as those of a large transposed matrix, or of one with a
 * power of two of columns, do: where they meet enough columns, they are copied so that neighbors along the sum lie next to
 * each other.
 */
import { contiguous, copyInto, isPaged, type LoweringContext, type Tuning, volumeOf } from "../context/index.ts";
import type { Contraction, ContractionAxis } from "./contraction.ts";
import { tileFor } from "./tile.ts";

/** Whether steps of the sum are so far apart in a that they share a few sets of the first cache. */
export const isFar = ({ inner }: Pick<Contraction, "inner">, tuning: Tuning): boolean =>
  isPaged(inner.findLast(({ length }) => length > 1)?.a ?? 0, tuning);

/** Whether a has more rows than the second cache holds, and lies across: a block of rows then has a part of every page. */
export const isCrossed = ({ row, inner }: Pick<Contraction, "row" | "inner">, { caches }: Tuning): boolean =>
  row.length * volumeOf(inner) > caches.second &&
  Math.abs(inner.findLast(({ length }) => length > 1)?.a ?? 0) > Math.abs(row.a);

/** The same contraction with a copied, if that pays: rows outside, the sum inside. */
export function withNearRows(context: LoweringContext, contraction: Contraction): Contraction {
  const { a, outer, row, column, inner } = contraction;
  const own = [...outer.filter((axis) => axis.a !== 0), row, ...inner];
  const tile = tileFor(context, contraction);
  const isOften = column.length >= context.tuning.packing.copyFromTiles * tile.vectors * context.lanes;
  // Windows that overlap would be copied several times.
  if (!isOften || volumeOf(own) > a.buffer.length || inner.some(({ guard }) => guard !== undefined)) return contraction;
  const lengths = own.map(({ length }) => length);
  const near = contiguous(context.buffer("near rows", lengths, a.buffer.lane), lengths);
  copyInto(context, { ...a, shape: lengths, strides: own.map((axis) => axis.a) }, near);
  const moved = (axis: ContractionAxis): ContractionAxis =>
    axis.a === 0 ? axis : { ...axis, a: near.strides[own.indexOf(axis)] };
  return { ...contraction, a: near, outer: outer.map(moved), row: moved(row), inner: inner.map(moved) };
}
