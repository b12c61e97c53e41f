/**
 * What recurrences are made of: the batch cut into blocks of rows, each with scratch memory of its own, and a cell's
 * equations over vectors of units.
 */
import type { OpNode } from "../../../../graph/index.ts";
import { type Arithmetic, type Cell, type CellName, cells } from "../../../../ops/index.ts";
import {
  apply,
  at,
  type Buffer,
  constant,
  type Index,
  indexValue,
  integer,
  type KernelBuilder,
  like,
  math,
  plus,
  splat,
  times,
  type Value,
} from "../../loops/index.ts";
import { type LoweringContext, loadAlong, positionIn, type Tuning, type View, vectorLoop } from "../context/index.ts";
import { relu } from "../elementwise/index.ts";

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

export function recurrenceOf(
  { op, attributes }: OpNode,
  { steps, batch, units }: Pick<Recurrence, "steps" | "batch" | "units">,
  { recurrences: { mostRows, fewestRows } }: Tuning,
): Recurrence {
  const name = attributes.cell as CellName;
  const blocks = Math.ceil(batch / Math.min(mostRows, Math.max(fewestRows, Math.ceil(batch / 2))));
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
export interface UnitPlace {
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
  if (blocks === 1) b.when(apply("lt", integer(0), integer(1)), () => body(at(0)));
  else b.loop(blocks, body, { parallel: true });
}

/** Visits every row of a block that is in the batch, and its units in vectors. */
export function forUnits(
  b: KernelBuilder,
  { batch, units, rows, blocks }: Recurrence,
  block: Index,
  visit: (place: UnitPlace) => void,
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
    else b.when(apply("lt", indexValue(row), integer(batch)), visitRow);
  });
}

/** The cells' equations over vectors. */
function vectors(b: KernelBuilder): Arithmetic<Value> {
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
export const isRunning = (b: KernelBuilder, lengths: View, time: Index, { n, lanes }: UnitPlace): Value =>
  b.local(apply("lt", splat(indexValue(time), lanes), b.loadSplat(lengths.buffer, positionIn(lengths, [n]), lanes)));

export function clearRows(b: KernelBuilder, { buffer, stride }: Rows, block: Index, { rows }: Recurrence): void {
  const zero = (lanes: number): Value => constant(0, { lane: "f32", lanes });
  vectorLoop(b, rows * stride, true, (i, lanes) => b.store(buffer, plus(times(block, rows * stride), i), zero(lanes)));
}
