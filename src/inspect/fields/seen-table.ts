/**
 * What the units of a tensor see along one axis of an input: the first and the last position, as a table over those axes of
 * the tensor that the position depends on.
 *
 *   first(o) = min over p of first(p),  last(o) = max over p of last(p),  over the positions p that unit o is computed from
 *
 * The table is kept twice. `inside` is exact: padding sees nothing. `open` is what is published as the receptive field: maps
 * go on beyond their ends, as if there were more picture, since neighboring units are a fixed distance apart (`Pace`). Source:
 * Araujo et al., "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, where every axis has one jump;
 * tables also hold transposed convolutions, upsampling and axes that are cut and joined.
 */
import { type Shape, sizeOf, stridesOf } from "../../array/index.ts";

/** Positions along an axis of an input, of each entry of a table. */
export interface Spans {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** Units that are `period` apart see the same, `advance` further on. */
export interface Pace {
  readonly period: number;
  readonly advance: number;
}

export interface SeenTable {
  /** The tensor's shape, with 1 for axes that make no difference. */
  readonly shape: Shape;
  readonly inside: Spans;
  readonly open: Spans;
  /** How the table goes on along each axis; `undefined` where it doesn't. */
  readonly paces: readonly (Pace | undefined)[];
  /** Whether an op has mixed all of an axis. */
  readonly isMixed: boolean;
}

/** What sees nothing: no first position, and no last one. */
export const NOTHING = 2 ** 30;

export const emptySpans = (size: number): Spans => ({
  first: new Int32Array(size).fill(NOTHING),
  last: new Int32Array(size).fill(-NOTHING),
});

/** The input itself: position o of the axis sees o. */
export function ownPositions(shape: Shape, axis: number): SeenTable {
  const spans = (): Spans => ({
    first: Int32Array.from({ length: shape[axis] }, (_, o) => o),
    last: Int32Array.from({ length: shape[axis] }, (_, o) => o),
  });
  return {
    shape: shape.map((n, i) => (i === axis ? n : 1)),
    inside: spans(),
    open: spans(),
    paces: shape.map((_, i) => (i === axis ? { period: 1, advance: 1 } : undefined)),
    isMixed: false,
  };
}

/** Whether positions along an axis make a difference. */
export const dependsOn = ({ shape, paces }: SeenTable, axis: number): boolean =>
  shape[axis] > 1 || paces[axis] !== undefined;

/** Widens an entry by another one, moved by `shift`. */
function widen(into: Spans, to: number, from: Spans, at: number, shift = 0): void {
  if (from.first[at] > from.last[at]) return;
  into.first[to] = Math.min(into.first[to], from.first[at] + shift);
  into.last[to] = Math.max(into.last[to], from.last[at] + shift);
}

/**
 * The table when an axis is replaced by one of another length, whose position o sees `seen[o]` of the old one.
 * @param pace how the new axis goes on
 */
export function alongAxis(
  table: SeenTable,
  axis: number,
  seen: readonly (readonly number[])[],
  pace: Pace | undefined,
): SeenTable {
  const shape = table.shape.with(axis, seen.length);
  const [length, inner] = [table.shape[axis], sizeOf(shape.slice(axis + 1))];
  const outer = sizeOf(shape.slice(0, axis));
  const [inside, open] = [emptySpans(sizeOf(shape)), emptySpans(sizeOf(shape))];
  for (let o = 0; o < seen.length; o++) {
    for (const position of seen[o]) {
      const isInside = position >= 0 && position < length;
      const beyond = isInside ? { at: position, shift: 0 } : continued(position, length, table.paces[axis]);
      for (let i = 0; i < outer * inner; i++) {
        const [block, rest] = [Math.floor(i / inner), i % inner];
        const to = (block * seen.length + o) * inner + rest;
        if (isInside) widen(inside, to, table.inside, (block * length + position) * inner + rest);
        if (beyond) widen(open, to, table.open, (block * length + beyond.at) * inner + rest, beyond.shift);
      }
    }
  }
  return { ...table, shape, inside, open, paces: table.paces.with(axis, pace) };
}

/** The entry that stands for a position beyond the ends, and by how much it is moved. */
function continued(position: number, length: number, pace: Pace | undefined) {
  if (pace === undefined || pace.period > length) return undefined;
  const { period, advance } = pace;
  const periods = position < 0 ? Math.ceil(-position / period) : -Math.ceil((position - length + 1) / period);
  return { at: position + periods * period, shift: -periods * advance };
}

/** The table when every unit sees all of an axis. */
export function mixedAlong(table: SeenTable, axis: number): SeenTable {
  const everything = [Array.from({ length: table.shape[axis] }, (_, o) => o)];
  return { ...alongAxis(table, axis, everything, undefined), isMixed: true };
}

/** The table of a tensor whose axis `places[i]` is axis i of this one; other axes make no difference. */
export function moveAxes(table: SeenTable, places: readonly (number | undefined)[], rank: number): SeenTable {
  const from = Array.from({ length: rank }, (_, axis) => places.indexOf(axis));
  const shape = from.map((axis) => (axis < 0 ? 1 : table.shape[axis]));
  const strides = stridesOf(table.shape);
  const steps = from.map((axis) => (axis < 0 ? 0 : strides[axis]));
  const order = entriesOf(shape, steps);
  const pick = ({ first, last }: Spans): Spans => ({
    first: Int32Array.from(order, (at) => first[at]),
    last: Int32Array.from(order, (at) => last[at]),
  });
  return {
    shape,
    inside: pick(table.inside),
    open: pick(table.open),
    paces: from.map((axis) => (axis < 0 ? undefined : table.paces[axis])),
    isMixed: table.isMixed,
  };
}

/** The offset of each index of a shape under given strides, in row-major order. */
export function entriesOf(shape: Shape, strides: readonly number[]): Int32Array {
  const own = stridesOf(shape);
  return Int32Array.from({ length: sizeOf(shape) }, (_, k) =>
    own.reduce((offset, stride, axis) => offset + (Math.floor(k / stride) % shape[axis]) * strides[axis], 0),
  );
}

/** What a unit sees that is computed from units of both. */
export function unionOf(a: SeenTable, b: SeenTable): SeenTable {
  const shape = a.shape.map((n, axis) => Math.max(n, b.shape[axis]));
  const size = sizeOf(shape);
  const result = { inside: emptySpans(size), open: emptySpans(size) };
  for (const table of [a, b]) {
    const own = stridesOf(table.shape);
    const order = entriesOf(
      shape,
      own.map((stride, axis) => (table.shape[axis] === 1 ? 0 : stride)),
    );
    for (let k = 0; k < size; k++) {
      widen(result.inside, k, table.inside, order[k]);
      widen(result.open, k, table.open, order[k]);
    }
  }
  return {
    ...result,
    shape,
    paces: shape.map((_, axis) => commonPace(a.paces[axis], b.paces[axis])),
    isMixed: a.isMixed || b.isMixed,
  };
}

/** Tables that drift apart do not go on together. */
function commonPace(a: Pace | undefined, b: Pace | undefined): Pace | undefined {
  if (a === undefined || b === undefined || a.advance * b.period !== b.advance * a.period) return undefined;
  const period = (a.period * b.period) / greatestDivisor(a.period, b.period);
  return { period, advance: (a.advance * period) / a.period };
}

export const greatestDivisor = (a: number, b: number): number => (b === 0 ? a : greatestDivisor(b, a % b));
