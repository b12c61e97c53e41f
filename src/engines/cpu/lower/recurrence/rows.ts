/**
 * What recurrences are made of: the batch cut into blocks of rows, each with scratch memory of its own; a block's matrix
 * product in register tiles; a cell's equations over vectors of units.
 */
import type { OpNode } from "../../../../graph/index.ts";
import { type Arithmetic, type Cell, type CellName, cells } from "../../../../ops/cells.ts";
import type { Buffer, Index, Value } from "../../loops/index.ts";
import {
  apply,
  at,
  constant,
  forTiles,
  indexValue,
  type KernelBuilder,
  math,
  plus,
  scalar,
  splat,
  times,
} from "../../loops/index.ts";
import type { View } from "../context/index.ts";
import { type LoweringContext, loadAlong, positionIn, range, vectorLoop } from "../context/index.ts";
import { chooseTile, type Packed, packColumns, type TileShape } from "../contraction/index.ts";
import { relu } from "../elementwise/index.ts";

/** Each element of the weight that comes from the second cache serves the rows of a block: enough of them, and two blocks. */
const MOST_ROWS = 16;
const FEWEST_ROWS = 4;
/** So many inner steps' share of a tile of columns stays in the first cache while all rows of a block pass over it. */
const INNER_STEPS = 320;

export interface Recurrence {
  readonly name: string;
  readonly cell: Cell;
  readonly reverse: boolean;
  readonly steps: number;
  readonly batch: number;
  readonly units: number;
  /** Blocks of equally many rows; the last one may reach beyond the batch. */
  readonly rows: number;
  readonly blocks: number;
}

export function recurrenceOf({ op, attributes }: OpNode, steps: number, batch: number, units: number): Recurrence {
  const name = attributes.cell as CellName;
  const blocks = Math.ceil(batch / Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.ceil(batch / 2))));
  const rows = Math.ceil(batch / Math.max(1, blocks));
  const sizes = { steps, batch, units, rows, blocks };
  return { name: `${name} ${op.name}`, cell: cells[name], reverse: attributes.reverse as boolean, ...sizes };
}

/** `placeOf` for a counter. */
export function placeAt(i: Index, { steps, reverse }: Recurrence): { time: Index; before: Index; after: Index } {
  const time = reverse ? plus(times(i, -1), steps - 1) : i;
  return { time, before: reverse ? plus(time, 1) : time, after: reverse ? time : plus(time, 1) };
}

/** The same for steps that are visited from the last to the first: time runs the other way. */
export function placeBack(i: Index, recurrence: Recurrence): { time: Index; before: Index; after: Index } {
  const { time, before, after } = placeAt(i, { ...recurrence, reverse: !recurrence.reverse });
  return { time, before: after, after: before };
}

/** Rows of scratch memory, one for each row of each block. */
export interface Rows {
  readonly buffer: Buffer;
  readonly stride: number;
}

export const scratch = (
  context: LoweringContext,
  name: string,
  { blocks, rows }: Recurrence,
  stride: number,
): Rows => ({
  buffer: context.buffer(name, [blocks, rows, stride], "f32"),
  stride,
});

/** What is computed at one place of a block: a row, some neighboring units. */
export interface Place {
  readonly n: Index;
  readonly j: Index;
  readonly lanes: number;
  readonly m: Arithmetic<Value>;
  readonly read: (view: View, ...indices: readonly Index[]) => Value;
  readonly write: (view: View, value: Value, ...indices: readonly Index[]) => void;
  /** An element of the row in scratch memory, in the k-th part of it. */
  readonly load: (rows: Rows, k?: number) => Value;
  readonly store: (rows: Rows, value: Value, k?: number) => void;
}

/** All blocks, divided among threads. A single one stands under a condition, which keeps its statements on one thread. */
export function forBlocks(b: KernelBuilder, { blocks }: Recurrence, body: (block: Index) => void): void {
  const number = (value: number): Value => constant(value, scalar("i32"));
  if (blocks === 1) b.when(apply("lt", number(0), number(1)), () => body(at(0)));
  else b.loop(blocks, body, { parallel: true });
}

/** Visits every row of a block that is in the batch, and its units in vectors. */
export function forUnits(
  b: KernelBuilder,
  { batch, units, rows, blocks }: Recurrence,
  block: Index,
  visit: (place: Place) => void,
): void {
  b.loop(rows, (r) => {
    const row = plus(times(block, rows), r);
    const visitRow = (): void =>
      vectorLoop(b, units, true, (j, lanes) => {
        const inRow = ({ stride }: Rows, k = 0): Index => plus(plus(times(row, stride), j), k * units);
        visit({
          ...{ n: row, j, lanes, m: vectors(b) },
          read: (view, ...indices) =>
            b.local(loadAlong(b, view, positionIn(view, indices), view.strides.at(-1)!, lanes)),
          write: (view, value, ...indices) => b.store(view.buffer, positionIn(view, indices), value),
          load: (from, k) => b.local(b.load(from.buffer, inRow(from, k), lanes)),
          store: (to, value, k) => b.store(to.buffer, inRow(to, k), value),
        });
      });
    if (rows * blocks === batch) visitRow();
    else b.when(apply("lt", indexValue(row), constant(batch, scalar("i32"))), visitRow);
  });
}

/** The cells' equations over vectors. */
function vectors(b: KernelBuilder): Arithmetic<Value> {
  const like = (x: Value, value: number): Value => constant(value, x.type);
  const local = (value: Value): Value => b.local(value);
  return {
    add: (x, y) => local(apply("add", x, y)),
    sub: (x, y) => local(apply("sub", x, y)),
    mul: (x, y) => local(apply("mul", x, y)),
    sigmoid: (x) => math.sigmoid(b, x),
    tanh: (x) => math.tanh(b, x),
    relu: (x) => local(relu(b, x)),
    complement: (x) => local(apply("sub", like(x, 1), x)),
    unlessFlat: (x, y) => local(apply("select", apply("le", x, like(x, 0)), like(x, 0), y)),
  };
}

/** Whether the sequence of a row still runs at a time, in all lanes. */
export const isRunning = (b: KernelBuilder, lengths: View, time: Index, { n, lanes }: Place): Value =>
  b.local(apply("lt", splat(indexValue(time), lanes), b.loadSplat(lengths.buffer, positionIn(lengths, [n]), lanes)));

/** A weight in tiles of columns, inner step by inner step. */
export interface Factor extends Packed {
  readonly tile: TileShape;
  readonly inner: number;
  readonly tiles: number;
}

/** @param inner the axis of the weight that is summed over */
export function packWeight(context: LoweringContext, weight: View, inner: 0 | 1, { name, rows }: Recurrence): Factor {
  const [steps, columns] = [weight.shape[inner], weight.shape[1 - inner]];
  const tile = chooseTile(rows, columns, context.lanes, context.tiles);
  const packed = packColumns(
    context,
    {
      ...{ name, b: weight, outer: [] },
      column: { length: columns, a: 0, b: weight.strides[1 - inner], c: [] },
      inner: [{ length: steps, a: 0, b: weight.strides[inner], c: [] }],
    },
    tile,
  );
  return { ...packed, tile, inner: steps, tiles: Math.ceil(columns / (tile.vectors * context.lanes)) };
}

export const widthOf = ({ tiles, tile }: Factor, { lanes }: { lanes: number }): number => tiles * tile.vectors * lanes;

/** `sums` += `left` · factor, for the rows of a block. */
export function addProduct(
  b: KernelBuilder,
  left: Rows,
  factor: Factor,
  sums: Rows,
  block: Index,
  { rows }: Recurrence,
): void {
  const { buffer, tile, tileSize, steps, inner, tiles } = factor;
  const across = range(tile.vectors).map((v) => v * b.lanes);
  const first = times(block, rows);
  b.loop(tiles, (column) => {
    forTiles(b, inner, Math.ceil(inner / Math.ceil(inner / INNER_STEPS)), (start, count) => {
      const right = plus(times(column, tileSize), times(start, steps[0]));
      forTiles(b, rows, tile.rows, (row, height) => {
        const place = (to: Rows, r: number): Index => times(plus(plus(first, row), r), to.stride);
        const sumAt = (r: number, v: number): Index =>
          plus(plus(place(sums, r), times(column, across.length * b.lanes)), v);
        const totals = range(height).map((r) => across.map((v) => b.local(b.load(sums.buffer, sumAt(r, v), b.lanes))));
        b.loop(count, (p) => {
          const values = across.map((v) => b.local(b.load(buffer, plus(plus(right, times(p, steps[0])), v), b.lanes)));
          for (const [r, row] of totals.entries()) {
            const one = b.local(b.loadSplat(left.buffer, plus(plus(place(left, r), start), p), b.lanes));
            for (const [v, total] of row.entries()) b.set(total, apply("fma", one, values[v], total));
          }
        });
        for (const [r, row] of totals.entries())
          for (const [v, total] of row.entries()) b.store(sums.buffer, sumAt(r, across[v]), total);
      });
    });
  });
}

export function clearRows(b: KernelBuilder, { buffer, stride }: Rows, block: Index, { rows }: Recurrence): void {
  const zero = (lanes: number): Value => constant(0, { lane: "f32", lanes });
  vectorLoop(b, rows * stride, true, (i, lanes) => b.store(buffer, plus(times(block, rows * stride), i), zero(lanes)));
}
