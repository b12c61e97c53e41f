/**
 * What units see through an op: from the table of an input and the op's record (`sees`) to the table of its output. Gathers at
 * constant positions and reshapes, whose records cannot say which positions they move where, have rules of their own.
 */
import { type Shape, sizeOf, stridesOf } from "../../array/index.ts";
import { type Look, type OpNode, type Stretch, seenPositions, type Tensor } from "../../graph/index.ts";
import { byRecord, isUseOf } from "../../ops/index.ts";
import {
  alongAxis,
  dependsOn,
  entriesOf,
  greatestDivisor,
  mixedAlong,
  moveAxes,
  type Pace,
  type SeenTable,
  type Spans,
} from "./seen-table.ts";

/** The table of an op's output, as far as it sees its input number `i`, whose table this is. */
export function throughOp(table: SeenTable, node: OpNode, i: number): SeenTable {
  const rule = rules.get(node.op);
  return rule?.(table, node, i) ?? throughLooks(table, node, i);
}

/** By the record. */
function throughLooks(table: SeenTable, node: OpNode, i: number): SeenTable {
  const looks = node.op.sees(node.attributes as never, node.inputs, node.outputs)[i];
  const { shape } = node.outputs[0];
  const places: (number | undefined)[] = looks.map(() => undefined);
  const seen = looks.reduce((current, look, axis) => {
    if (!dependsOn(current, axis)) return current;
    if (typeof look === "string" || places.includes(look.axis)) return mixedAlong(current, axis);
    places[axis] = look.axis;
    const positions = Array.from({ length: shape[look.axis] }, (_, o) => seenPositions(look, o));
    return alongAxis(current, axis, positions, paceThrough(look, current.paces[axis]));
  }, table);
  return moveAxes(seen, places, shape.length);
}

/** Neighbors are `step` apart, or, reversed, as many outputs lie between those of neighboring inputs. */
function paceThrough({ step, reversed }: Stretch, pace: Pace | undefined): Pace | undefined {
  if (pace === undefined) return undefined;
  const { period, advance } = pace;
  if (reversed) return { period: period * step, advance };
  const shared = greatestDivisor(step, period);
  return { period: period / shared, advance: (advance * step) / shared };
}

type Rule = (table: SeenTable, node: OpNode, i: number) => SeenTable | undefined;

const rules = byRecord<Rule>({
  gather: (table, node, i) => (i === 0 ? throughGather(table, node) : undefined),
  reshape: (table, node) => throughReshape(table, node),
  concat: (table, node, i) => throughConcat(table, node, i),
});

/** Along its axis a gather reads constant positions, the same for all rows; others are not known before it runs. */
function throughGather(table: SeenTable, { attributes, inputs: [, index] }: OpNode): SeenTable | undefined {
  const { axis } = attributes as unknown as { readonly axis: number };
  const positions = dependsOn(table, axis) ? constantAlong(index, axis) : undefined;
  if (positions === undefined) return undefined;
  const seen = positions.map((position) => [position]);
  const moved = alongAxis(table, axis, seen, undefined);
  return { ...moved, paces: moved.paces.with(axis, paceOf(moved, axis)) };
}

/** The numbers of a constant that vary along one axis only. */
function constantAlong({ node, shape }: Tensor, axis: number): number[] | undefined {
  const source = isUseOf(node, "broadcastTo") ? node.inputs[0] : { node, shape };
  if (source.node.kind !== "constant" || source.shape.length !== shape.length) return undefined;
  const { data } = source.node.value;
  return source.shape.every((n, i) => i === axis || n === 1) ? Array.from(data) : undefined;
}

/** Parts side by side do not go on into each other. */
function throughConcat(table: SeenTable, node: OpNode, i: number): SeenTable {
  const { axis } = node.attributes as unknown as { readonly axis: number };
  const ended = dependsOn(table, axis) ? { ...table, paces: table.paces.with(axis, undefined) } : table;
  return throughLooks(ended, node, i);
}

/**
 * Elements keep their row-major order. Axes that both shapes have, as the record says, stay; what the others make a
 * difference by is found by comparing neighbors along each of them.
 */
function throughReshape(table: SeenTable, node: OpNode): SeenTable {
  const [[x], [y]] = [node.inputs, node.outputs];
  const looks = node.op.sees(node.attributes as never, node.inputs, node.outputs)[0];
  const partner = y.shape.map((_, axis) => looks.findIndex((look) => isAt(look, axis)));
  const from = x.shape.map((n, axis) => (typeof looks[axis] === "object" ? table.shape[axis] : n));
  const to = y.shape.map((n, axis) => (partner[axis] >= 0 ? table.shape[partner[axis]] : n));
  const strides = stridesOf(table.shape).map((stride, axis) => (table.shape[axis] === 1 ? 0 : stride));
  const full = picked(table, entriesOf(from, strides), to);
  const kept = to.map((_, axis) => (differsAlong(full, axis) ? axis : undefined));
  const small = { ...full, paces: to.map((_, axis) => (partner[axis] >= 0 ? table.paces[partner[axis]] : undefined)) };
  const slim = kept.reduce<SeenTable>(
    (current, own, axis) => (own === undefined ? firstAlong(current, axis) : current),
    small,
  );
  return { ...slim, paces: slim.paces.map((pace, axis) => pace ?? paceOf(slim, axis)) };
}

const isAt = (look: Look, axis: number): boolean => typeof look === "object" && look.axis === axis;

function picked(table: SeenTable, order: Int32Array, shape: Shape): SeenTable {
  const pick = ({ first, last }: Spans): Spans => ({
    first: Int32Array.from(order, (at) => first[at]),
    last: Int32Array.from(order, (at) => last[at]),
  });
  return { ...table, shape, inside: pick(table.inside), open: pick(table.open) };
}

/** Whether neighbors along an axis see different positions. */
function differsAlong({ shape, inside, open }: SeenTable, axis: number): boolean {
  const stride = stridesOf(shape)[axis];
  const size = sizeOf(shape);
  for (let k = 0; k < size; k++) {
    if (Math.floor(k / stride) % shape[axis] === 0) continue;
    for (const { first, last } of [inside, open])
      if (first[k] !== first[k - stride] || last[k] !== last[k - stride]) return true;
  }
  return false;
}

/** The table of the first position along an axis. */
function firstAlong(table: SeenTable, axis: number): SeenTable {
  if (table.shape[axis] === 1) return table;
  const shape = table.shape.with(axis, 1);
  return picked(table, entriesOf(shape, stridesOf(table.shape)), shape);
}

/** The longest period that is looked for. */
const MAX_PERIOD = 16;

/** How a table goes on along an axis, if it does so regularly from end to end. */
function paceOf({ shape, open }: SeenTable, axis: number): Pace | undefined {
  const stride = stridesOf(shape)[axis];
  for (let period = 1; period <= Math.min(MAX_PERIOD, shape[axis] / 2); period++) {
    const advance = open.first[period * stride] - open.first[0];
    if (goesOn(open, { shape, axis, stride, period, advance })) return { period, advance };
  }
  return undefined;
}

interface Repeat extends Pace {
  readonly shape: Shape;
  readonly axis: number;
  readonly stride: number;
}

function goesOn({ first, last }: Spans, { shape, axis, stride, period, advance }: Repeat): boolean {
  for (let k = 0; k < first.length; k++) {
    if (Math.floor(k / stride) % shape[axis] < period) continue;
    const before = k - period * stride;
    if (first[k] - first[before] !== advance || last[k] - last[before] !== advance) return false;
  }
  return true;
}
