/**
 * Recurrences: all steps in one kernel. Samples do not meet in a recurrence, so the batch is cut into blocks of rows, and
 * each goes through all steps by itself, without waiting for other threads. A step is
 *
 *   1. a matrix product of the block's states with the packed weight, in register tiles;
 *   2. the cell's equations, element by element, over what the product and the input gave;
 *
 * and a step back is the two in the opposite order.
 */
import type { OpNode } from "../../../../graph/index.ts";
import { initialEntry } from "../../../../ops/index.ts";
import { apply, at, constant, type Index, type KernelBuilder, plus, type Value } from "../../loops/index.ts";
import { copyInto, type LoweringContext, range, type View } from "../context/index.ts";
import { addRowProducts, type Factor, packWeight, paddedWidth } from "./product.ts";
import {
  clearRows,
  forBlocks,
  forUnits,
  isRunning,
  placeAt,
  placeBack,
  type Recurrence,
  type Rows,
  recurrenceOf,
  scratch,
} from "./rows.ts";

/** A view that vectors can run along: its last axis lies next to each other, or is one element. */
const alongUnits = (context: LoweringContext, view: View): View =>
  (view.strides.at(-1) ?? 0) <= 1 ? view : context.copy(view);

/** One entry of a history. */
const entryOf = ({ buffer, shape, strides, offset }: View, entry: number): View => ({
  buffer,
  shape: shape.slice(1),
  strides: strides.slice(1),
  offset: offset + entry * strides[0],
});

export function lowerRecurrence(context: LoweringContext, node: OpNode): void {
  const [input, weight, bias, lengths, ...initial] = node.inputs.map((tensor) => context.view(tensor));
  const outputs = node.outputs.map((tensor) => context.output(tensor));
  const sizes = { steps: input.shape[0], batch: input.shape[1], units: weight.shape[1] };
  const recurrence = recurrenceOf(node, sizes, context.tuning);
  const { name, cell, units, steps, reverse, batch } = recurrence;
  const first = initialEntry(steps, reverse);
  for (const [k, state] of initial.entries()) copyInto(context, state, entryOf(outputs[k], first));
  if (steps * batch * units === 0) return;
  const factor = packWeight(context, weight, 1, recurrence);
  const parts: Parts = {
    ...{ input: alongUnits(context, input), bias: alongUnits(context, bias), lengths },
    ...{ histories: outputs.slice(0, cell.states), kept: outputs[cell.states] },
    state: scratch(context, "state", recurrence, units),
    sums: scratch(context, "sums", recurrence, paddedWidth(factor, context)),
  };
  if (steps === 1 && recurrence.blocks === 1) {
    lowerStep(context, recurrence, parts, factor);
    return;
  }
  const reads = [parts.input, parts.bias, lengths, factor].map(({ buffer }) => buffer);
  const writes = [...outputs, parts.state, parts.sums].map(({ buffer }) => buffer);
  context.emit(name, reads, writes, (b) => {
    forBlocks(b, recurrence, (block) => {
      beginCells(b, recurrence, parts, block);
      b.loop(steps, (i) => {
        clearRows(b, parts.sums, block, recurrence);
        addRowProducts(b, parts.state, factor, parts.sums, block, recurrence);
        stepCells(b, recurrence, parts, block, i);
      });
    });
  });
}

/**
 * One step of one block, as when a text is written token by token: a kernel for each part, so that the threads share the
 * weight, which comes from memory. The sums are the same.
 */
function lowerStep(context: LoweringContext, recurrence: Recurrence, parts: Parts, factor: Factor): void {
  const { name } = recurrence;
  const { input, bias, lengths, histories, kept, state, sums } = parts;
  const made = [...histories, ...(kept === undefined ? [] : [kept]), state].map(({ buffer }) => buffer);
  context.emit(`${name} begin`, [histories[0].buffer], [state.buffer, sums.buffer], (b) =>
    forBlocks(b, recurrence, (block) => {
      beginCells(b, recurrence, parts, block);
      clearRows(b, sums, block, recurrence);
    }),
  );
  context.emit(`${name} product`, [state.buffer, factor.buffer], [sums.buffer], (b) => {
    if (factor.tiles > 1) addRowProducts(b, state, factor, sums, at(0), recurrence, { parallel: true });
    else forBlocks(b, recurrence, (block) => addRowProducts(b, state, factor, sums, block, recurrence));
  });
  const reads = [input, bias, lengths, sums, ...histories].map(({ buffer }) => buffer);
  context.emit(name, reads, made, (b) =>
    forBlocks(b, recurrence, (block) => stepCells(b, recurrence, parts, block, at(0))),
  );
}

/** The hidden states before the first step, where the product reads them. */
function beginCells(b: KernelBuilder, recurrence: Recurrence, { state, histories }: Parts, block: Index): void {
  const first = at(initialEntry(recurrence.steps, recurrence.reverse));
  clearRows(b, state, block, recurrence);
  forUnits(b, recurrence, block, ({ n, j, read, store }) => store(state, read(histories[0], first, n, j)));
}

/** Where a recurrence's values are. */
interface Parts {
  readonly input: View;
  readonly bias: View;
  readonly lengths: View;
  readonly histories: readonly View[];
  readonly kept: View;
  /** The states that the product reads, and its results. */
  readonly state: Rows;
  readonly sums: Rows;
}

function stepCells(b: KernelBuilder, recurrence: Recurrence, parts: Parts, block: Index, i: Index): void {
  const { cell, units } = recurrence;
  const { input, bias, lengths, histories, kept, state, sums } = parts;
  const { time, before, after } = placeAt(i, recurrence);
  forUnits(b, recurrence, block, (place) => {
    const { n, j, m, read, write, load, store } = place;
    const gate = (k: number): Index => plus(j, k * units);
    const old = histories.map((history) => read(history, before, n, j));
    const gates = range(cell.gates);
    const found = cell.forward(
      m,
      gates.map((k) => read(input, time, n, gate(k))),
      gates.map((k) => m.add(load(sums, k), read(bias, gate(k)))),
      old,
    );
    const runs = isRunning(b, lengths, time, place);
    for (const [k, value] of found.states.entries()) {
      const next = b.local(apply("select", runs, value, old[k]));
      write(histories[k], next, after, n, j);
      if (k === 0) store(state, next);
    }
    for (const [k, value] of found.kept.entries())
      write(kept, apply("select", runs, value, constant(0, value.type)), time, n, gate(k));
  });
}

export function lowerRecurrenceGradient(context: LoweringContext, node: OpNode): void {
  const [weight, lengths, ...values] = node.inputs.map((tensor) => context.view(tensor));
  const outputs = node.outputs.map((tensor) => context.output(tensor));
  const [entries, batch, units] = values[0].shape;
  const recurrence = recurrenceOf(node, { steps: entries - 1, batch, units }, context.tuning);
  const { name, cell, steps, reverse } = recurrence;
  if (batch * units === 0) return;
  const half = values.length / 2;
  const views = values.map((view) => alongUnits(context, view));
  const factor = packWeight(context, weight, 0, recurrence);
  const widths = range(cell.states).map((k) => (k === 0 ? paddedWidth(factor, context) : units));
  const parts: PartsBack = {
    ...{ made: views.slice(0, half), slopes: views.slice(half), lengths, outputs },
    delta: scratch(context, "delta", recurrence, cell.gates * units),
    carried: widths.map((width) => scratch(context, "carried", recurrence, width)),
  };
  const { delta, carried, slopes } = parts;
  const reads = [...new Set([...views, lengths, factor].map(({ buffer }) => buffer))];
  const writes = [...outputs, delta, ...carried].map(({ buffer }) => buffer);
  context.emit(name, reads, writes, (b) => {
    forBlocks(b, recurrence, (block) => {
      for (const rows of [delta, ...carried]) clearRows(b, rows, block, recurrence);
      b.loop(steps, (i) => {
        stepCellsBack(b, recurrence, parts, block, i);
        addRowProducts(b, delta, factor, carried[0], block, recurrence);
      });
      const initial = outputs.slice(-cell.states);
      const first = at(initialEntry(steps, reverse));
      forUnits(b, recurrence, block, ({ n, j, m, read, write, load }) => {
        for (const [k, rows] of carried.entries())
          write(initial[k], m.add(load(rows), read(slopes[k], first, n, j)), n, j);
      });
    });
  });
}

/** Where a gradient's values are: what the recurrence made, histories first, and the derivatives with respect to it. */
interface PartsBack {
  readonly made: readonly View[];
  readonly slopes: readonly View[];
  readonly lengths: View;
  readonly outputs: readonly View[];
  /** What the product reads, and what arrives at the states before. */
  readonly delta: Rows;
  readonly carried: readonly Rows[];
}

function stepCellsBack(b: KernelBuilder, recurrence: Recurrence, parts: PartsBack, block: Index, i: Index): void {
  const { cell, units } = recurrence;
  const { made, slopes, lengths, outputs, delta, carried } = parts;
  const { time, before, after } = placeBack(i, recurrence);
  forUnits(b, recurrence, block, (place) => {
    const { n, j, m, lanes, read, write, load, store } = place;
    const gate = (k: number): Index => plus(j, k * units);
    const statesIn = (list: readonly View[], entry: Index): Value[] =>
      list.slice(0, cell.states).map((view) => read(view, entry, n, j));
    const keptIn = (list: readonly View[]): Value[] =>
      list.slice(cell.states).flatMap((view) => range(cell.kept).map((k) => read(view, time, n, gate(k))));
    const arriving = statesIn(slopes, after).map((slope, k) => m.add(load(carried[k]), slope));
    const found = cell.backward(
      m,
      { states: arriving, kept: keptIn(slopes) },
      { before: statesIn(made, before), after: statesIn(made, after), kept: keptIn(made) },
    );
    const runs = isRunning(b, lengths, time, place);
    const zero = constant(0, { lane: "f32", lanes });
    const whileRunning = (value: Value): Value => b.local(apply("select", runs, value, zero));
    const input = found.input.map(whileRunning);
    const recurrent = found.recurrent?.map(whileRunning);
    for (const [k, value] of input.entries()) write(outputs[0], value, time, n, gate(k));
    for (const [k, value] of (recurrent ?? []).entries()) write(outputs[1], value, time, n, gate(k));
    for (const [k, value] of (recurrent ?? input).entries()) store(delta, value, k);
    for (const [k, rows] of carried.entries()) store(rows, apply("select", runs, found.states[k] ?? zero, arriving[k]));
  });
}
