/** The matrix product of a block's rows with the weight, in register tiles. */
import { apply, forTiles, type Index, type KernelBuilder, plus, type TileBody, times } from "../../loops/index.ts";
import { type LoweringContext, range, type TileShape, type View } from "../context/index.ts";
import { chooseTile, type Packed, packColumns } from "../contraction/index.ts";
import type { Recurrence, Rows } from "./rows.ts";

/** A weight in tiles of columns, inner step by inner step. */
export interface Factor extends Packed {
  readonly tile: TileShape;
  readonly inner: number;
  readonly tiles: number;
  /** Inner steps that all rows of a block pass over before the next ones. */
  readonly chunk: number;
}

/** @param inner the axis of the weight that is summed over */
export function packWeight(context: LoweringContext, weight: View, inner: 0 | 1, { name, rows }: Recurrence): Factor {
  const [steps, columns] = [weight.shape[inner], weight.shape[1 - inner]];
  const tile = chooseTile(context, rows, columns);
  const tiles = Math.ceil(columns / (tile.vectors * context.lanes));
  const packed = packColumns(
    context,
    {
      ...{ name, b: weight, outer: [] },
      column: { length: columns, a: 0, b: weight.strides[1 - inner], c: [] },
      inner: [{ length: steps, a: 0, b: weight.strides[inner], c: [] }],
    },
    tiles * tile.vectors,
  );
  const chunk = Math.ceil(steps / Math.ceil(steps / context.tuning.recurrences.innerSteps));
  return { ...packed, tile, inner: steps, chunk, tiles };
}

export const paddedWidth = ({ tiles, tile }: Factor, { lanes }: { lanes: number }): number =>
  tiles * tile.vectors * lanes;

/**
 * `sums` += `left` · factor, for the rows of a block.
 * @param options.parallel whether threads share the columns, which only a kernel of its own may have them do
 */
export function addRowProducts(
  b: KernelBuilder,
  left: Rows,
  factor: Factor,
  sums: Rows,
  block: Index,
  { rows }: Recurrence,
  { parallel = false } = {},
): void {
  const { buffer, tile, vectorStep, steps, inner, tiles, chunk } = factor;
  const across = range(tile.vectors).map((v) => v * b.lanes);
  const first = times(block, rows);
  b.loop(
    tiles,
    (column) => {
      const addPart: TileBody = (start, count) => {
        const right = plus(times(column, tile.vectors * vectorStep), times(start, steps[0]));
        forTiles(b, rows, tile.rows, (row, height) => {
          const place = (to: Rows, r: number): Index => times(plus(plus(first, row), r), to.stride);
          const sumAt = (r: number, v: number): Index =>
            plus(plus(place(sums, r), times(column, across.length * b.lanes)), v);
          const totals = range(height).map((r) =>
            across.map((v) => b.local(b.load(sums.buffer, sumAt(r, v), b.lanes))),
          );
          b.loop(count, (p) => {
            const values = across.map((_, v) =>
              b.local(b.load(buffer, plus(plus(right, times(p, steps[0])), v * vectorStep), b.lanes)),
            );
            for (const [r, row] of totals.entries()) {
              const one = b.local(b.loadSplat(left.buffer, plus(plus(place(left, r), start), p), b.lanes));
              for (const [v, total] of row.entries()) b.set(total, apply("fma", one, values[v], total));
            }
          });
          for (const [r, row] of totals.entries())
            for (const [v, total] of row.entries()) b.store(sums.buffer, sumAt(r, across[v]), total);
        });
      };
      // Parts of a sum add to the same numbers: they are not independent.
      forTiles(b, inner, chunk, addPart, false);
    },
    { parallel },
  );
}
