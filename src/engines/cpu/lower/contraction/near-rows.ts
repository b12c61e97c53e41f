/**
 * First operands whose elements push each other out of the caches, as those of a large transposed matrix, or of one with a
 * power of two of columns, do: where they meet enough columns, they are copied so that neighbors along the sum lie next to
 * each other, and rows not a multiple of a page apart.
 */
import { sizeOf } from "../../../../array/index.ts";
import { copyInto, isPaged, type LoweringContext, type Tuning, type View, volumeOf } from "../context/index.ts";
import type { Contraction, ContractionAxis } from "./contraction.ts";
import { stridesOver } from "./pack.ts";
import { tileFor } from "./tile.ts";

/** Whether steps of the sum are so far apart in a that they share a few sets of the first cache. */
export const isFar = ({ inner }: Pick<Contraction, "inner">, tuning: Tuning): boolean =>
  isPaged(inner.findLast(({ length }) => length > 1)?.a ?? 0, tuning);

/** Whether a has more rows than the second cache holds, and lies across: a block of rows then has a part of every page. */
export const isCrossed = ({ row, inner }: Pick<Contraction, "row" | "inner">, { caches }: Tuning): boolean =>
  row.length * volumeOf(inner) > caches.second &&
  Math.abs(inner.findLast(({ length }) => length > 1)?.a ?? 0) > Math.abs(row.a);

/**
 * Whether the rows of a register tile meet in the same set of the first cache, at every step of the sum. With AVX2 on a Zen 3, a
 * 1×1 convolution of 1024 maps of 14×14 with 256 filters takes 25 ms as its input lies, and 11 ms with the copy.
 */
export const isClashing = ({ row }: Pick<Contraction, "row">, tuning: Tuning): boolean =>
  row.length > 1 && isPaged(row.a, tuning);

/** The same contraction with a copied, if that pays: rows outside, the sum inside. */
export function withNearRows(context: LoweringContext, contraction: Contraction): Contraction {
  const { a, outer, row, column, inner } = contraction;
  const own = [...outer.filter((axis) => axis.a !== 0), row, ...inner];
  const tile = tileFor(context, contraction);
  const isOften = column.length >= context.tuning.packing.copyFromTiles * tile.vectors * context.lanes;
  // Windows that overlap would be copied several times.
  if (!isOften || volumeOf(own) > a.buffer.length || inner.some(({ guard }) => guard !== undefined)) return contraction;
  const lengths = own.map(({ length }) => length);
  const source = { ...a, shape: lengths, strides: own.map((axis) => axis.a) };
  const near = context.once(`near rows of ${inner.length} axes`, source, () => {
    const room = roomForRows(context, a, lengths, inner.length);
    copyInto(context, source, room);
    return room;
  });
  const moved = (axis: ContractionAxis): ContractionAxis =>
    axis.a === 0 ? axis : { ...axis, a: near.strides[own.indexOf(axis)] };
  return { ...contraction, a: near, outer: outer.map(moved), row: moved(row), inner: inner.map(moved) };
}

/** Room for rows, the last axes of which are those of the sum, whose beginnings do not lie multiples of a page apart. */
function roomForRows(context: LoweringContext, { buffer }: View, shape: readonly number[], inner: number): View {
  const steps = sizeOf(shape.slice(-inner));
  const apart = isPaged(steps, context.tuning) ? steps + context.tuning.caches.line : steps;
  const outer = shape.slice(0, -inner);
  const room = context.buffer("near rows", [...outer, apart], buffer.lane);
  const strides = [...stridesOver(outer, apart), ...stridesOver(shape.slice(-inner), 1)];
  return { buffer: room, shape, strides, offset: 0 };
}
