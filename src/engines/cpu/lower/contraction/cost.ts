/** What a contraction costs, and which of its operands is better broadcast. */
import { type LoweringContext, type Tuning, volumeOf } from "../context/index.ts";
import { rowsOfBlock } from "./blocks.ts";
import type { Contraction, ContractionAxis } from "./contraction.ts";
import { isFar } from "./near-rows.ts";
import { tileCost, tileFor } from "./tile.ts";

/** The contraction, or its transpose if that costs less. */
export function cheaper(contraction: Contraction, context: LoweringContext): Contraction {
  const other = exchanged(contraction);
  return costOf(other, context) < costOf(contraction, context) ? other : contraction;
}

/**
 * Half cycles, roughly: products, results, operands that come from far, and packing where b does not lie by columns.
 */
function costOf(contraction: Contraction, context: LoweringContext): number {
  const { a, outer, row, column, inner } = contraction;
  const { lanes, tuning } = context;
  const { caches, costs } = tuning;
  const [steps, times] = [volumeOf(inner), volumeOf(outer)];
  const tile = tileFor(context, contraction);
  const covering = tileCost(context, row.length, column.length, tile);
  const waiting = isFar({ inner }, tuning)
    ? costs.farProducts
    : isSpread(contraction, tuning)
      ? costs.spreadProducts
      : 1;
  const products = steps * covering * waiting;
  const stores = column.c[0] === 1 ? Math.ceil(column.length / lanes) : column.length * costs.laneStored;
  const results = row.length * stores;
  // What is invariant is packed once, and then met for one index of each outer axis after the other.
  const isPrepared = context.isInvariant(contraction.b.buffer);
  const owned = outer.filter(({ b }) => b !== 0);
  const around = isPrepared ? outer : owned;
  const within = isPrepared ? [] : outer.filter((axis) => axis.a !== 0 && axis.b === 0);
  const met = Math.min(volumeOf(within) * row.length * steps, a.buffer.length);
  const columnTiles = Math.ceil(column.length / (tile.vectors * lanes));
  const again = volumeOf(around) * columnTiles - volumeOf(around.filter((axis) => axis.a !== 0));
  const rowBlocks = Math.ceil(row.length / rowsOfBlock(contraction, tile, tuning));
  const columns = volumeOf(owned) * steps * column.length;
  const fetched = (met > rowBlocks * caches.beyondSecond ? met * again : 0) + columns * (rowBlocks - 1);
  const packed = column.b === 1 || isPrepared ? 0 : columns * costs.elementPacked;
  return times * (products + results) + fetched * costs.elementFetched + packed;
}

/** Whether b is read as it lies, since it is a sliding window, and its steps are so far apart that each tile waits for it. */
function isSpread({ b, outer, column, inner }: Contraction, { caches }: Tuning): boolean {
  const size = volumeOf([...outer.filter((axis) => axis.b !== 0), column, ...inner]);
  const step = Math.abs(inner.findLast(({ length }) => length > 1)?.b ?? 0);
  return column.b === 1 && size > b.buffer.length && step >= caches.page / 4;
}

/** The same contraction with rows and columns exchanged, and a and b. */
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
