/**
 * How far an op looks: for each axis of each input, where the elements lie that an output element is computed from. A rule
 * may say more than that, but not less; receptive fields follow from it, and `checkOp` tests it.
 */
import type { Schema, ValuesOf } from "../options/index.ts";
import type { TensorType } from "./tensor.ts";

/** Output position o along `axis` sees the input positions from o · step + start on, `span` in a row. */
export interface Stretch {
  /** The axis of the output, from 0 on. */
  readonly axis: number;
  /** How many neighboring input positions are seen. */
  readonly span: number;
  /** How far the stretch moves along the input from one output position to the next. */
  readonly step: number;
  /** Where the stretch of output position 0 begins; negative inside padding. */
  readonly start: number;
}

/** Of an axis of an input: a stretch of it, all of it, or one position that no single axis of the output tells. */
export type Look = Stretch | "all" | "one";

/** For each input, how an output element looks along each of its axes. */
export type Looks = readonly (readonly Look[])[];

/** How far an op looks, by its attributes and types. What it says holds for each of its outputs. */
export type Sight<S extends Schema = Schema> = (
  attributes: ValuesOf<S>,
  inputs: readonly TensorType[],
  outputs: readonly TensorType[],
) => Looks;

type AxesOf<S extends Schema> = (attributes: ValuesOf<S>) => readonly number[];

/** The position that is the output's own along an axis, or lies `offset` after it. */
export const same = (axis: number, offset = 0): Stretch => ({ axis, span: 1, step: 1, start: offset });

/** The position of the output in all inputs, which have its shape. */
export const pointwise = (_: unknown, inputs: readonly TensorType[]): Looks =>
  inputs.map(({ shape }) => shape.map((_, axis) => same(axis)));

/** Everything: what is assumed of an op whose record does not say. */
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
