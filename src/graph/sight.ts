/**
 * What an op sees: for each axis of each input, the elements that an output element is computed from. A rule may
 * overestimate, but not underestimate; receptive fields follow from it, and `checkOp` tests it.
 */
import type { Schema, ValuesOf } from "../options/index.ts";
import type { TensorType } from "./tensor.ts";

/**
 * Output position o along `axis` sees input positions from o · step + start on, within a span; or, `reversed`, output position
 * p sees the input positions o for which that stretch holds p.
 */
export interface Stretch {
  /** The axis of the output, from 0. */
  readonly axis: number;
  /** The number of positions from the first to the last one. */
  readonly span: number;
  /** The distance between the stretches of neighboring output positions. */
  readonly step: number;
  /** The start of the stretch of output position 0; negative inside padding. */
  readonly start: number;
  /** The distance between neighboring positions of a stretch, of which the first and the last are seen. Default 1: all. */
  readonly apart?: number | undefined;
  /** Whether the input has the stretches, and the output lies in them: a transposed convolution. Default false. */
  readonly reversed?: boolean | undefined;
}

/** Of an axis of an input: a stretch, all of it, or one position that does not follow from a single axis of the output. */
export type Look = Stretch | "all" | "one";

/** For each input, what an output element sees along each of its axes. */
export type Looks = readonly (readonly Look[])[];

/** What an op sees, by its attributes and types. It holds for each of its outputs. */
export type Sight<S extends Schema = Schema> = (
  attributes: ValuesOf<S>,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
) => Looks;

type AxesOf<S extends Schema> = (attributes: ValuesOf<S>) => readonly number[];

/** The output's own position along an axis, or `offset` after it. */
export const same = (axis: number, offset = 0): Stretch => ({ axis, span: 1, step: 1, start: offset });

/** The position of the output in all inputs, which have its shape. */
export const pointwise = (_: unknown, inputs: readonly TensorType[]): Looks =>
  inputs.map(({ shape }) => shape.map((_, axis) => same(axis)));

/** The input positions that an output position sees along an axis, from the first on; some may lie outside the axis. */
export function seenPositions(look: Stretch, position: number): readonly number[] {
  const { span, step, start, apart = 1, reversed } = look;
  const count = Math.floor((span - 1) / apart) + 1;
  if (!reversed) return Array.from({ length: count }, (_, k) => position * step + start + k * apart);
  // position = o · step + start + k · apart, for k from the last one down.
  const offsets = Array.from({ length: count }, (_, k) => position - start - (count - 1 - k) * apart);
  return offsets.filter((offset) => offset % step === 0).map((offset) => offset / step);
}

/** Everything: the default. */
export const everything = (_: unknown, inputs: readonly TensorType[]): Looks =>
  inputs.map(({ shape }) => shape.map(() => "all"));

/** All of some axes, and the position of the output along the others. */
export const along =
  <S extends Schema>(axesOf: AxesOf<S>): Sight<S> =>
  (attributes, inputs) =>
    inputs.map(({ shape }) => shape.map((_, axis) => (axesOf(attributes).includes(axis) ? "all" : same(axis))));

/** All of some axes, which the output does not have, and its position along the others. */
export const reducing =
  <S extends Schema>(axesOf: AxesOf<S>): Sight<S> =>
  (attributes, inputs) => {
    const reduced = axesOf(attributes);
    const place = (axis: number): number => axis - reduced.filter((other) => other < axis).length;
    return inputs.map(({ shape }) => shape.map((_, axis) => (reduced.includes(axis) ? "all" : same(place(axis)))));
  };
