/**
 * The theoretical receptive fields of a network: the box of the input that each unit is computed from.
 *
 *   size  r ← r + (k − 1) · j,  jump  j ← j · s,  start  a ← a − p · j        (layer by layer, kernel k, stride s, padding p)
 *
 * Source: Araujo et al., "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019; CMU 11-785, "Receptive
 * fields". Here they follow from the ops' own records, for any graph.
 */
import { didYouMean, formatShape, OptionError, type Shape, shorten, sizeOf, stridesOf } from "../../array/index.ts";
import type { Tensor } from "../../graph/index.ts";
import { checkModel, type Model, type ModelInput } from "../../nn/index.ts";
import { trace } from "../../ops/index.ts";
import { checkNames, namesOf } from "../../options/index.ts";
import { applyOnce } from "../rows.ts";
import { type Field, graphFields, spanAt } from "./graph-fields.ts";
import type { SeenTable } from "./seen-table.ts";

/** A box of an input: the first and the last position along each spatial axis, both in it. */
export interface Box {
  /** The first position along each axis; before 0 it is padding. */
  readonly first: readonly number[];
  /** The last position along each axis. */
  readonly last: readonly number[];
}

/** What one unit sees. */
export interface UnitField {
  /**
   * The box as if there were more picture beyond the edges: its size is what is published. May begin before 0. `undefined` in
   * the holes of a transposed convolution whose stride is larger than its kernel.
   */
  readonly open: Box | undefined;
  /** The part of the input that the unit is computed from; `undefined` where it sees padding alone. */
  readonly inside: Box | undefined;
}

/** What the units of one value see. */
export interface ValueFields {
  /** The path of the value. */
  readonly path: string;
  /** Its shape without the batch axis. */
  readonly shape: Shape;
  /** The size of the box along each spatial axis; `undefined` where an op mixes everything, or units see different amounts. */
  readonly size: Shape | undefined;
  /** How many input positions neighboring units are apart, along each spatial axis; `undefined` where that differs. */
  readonly jump: readonly number[] | undefined;
  /**
   * What a unit sees.
   * @param unit its index in the value, without the batch axis: [channel, y, x]. Default: the middle of the first channel
   * @throws OptionError for an index outside of the value
   */
  readonly fieldOf: (unit?: readonly number[]) => UnitField;
}

/** Options of `receptiveFields`. */
export interface ReceptiveFieldOptions {
  /** Of models of several inputs: which one. Default: the first one with spatial axes. */
  readonly input?: string | undefined;
}

const optionNames = namesOf<ReceptiveFieldOptions>({ input: true });

/** The receptive fields of a network, by path. */
export interface ReceptiveFields {
  /** The name of the input. */
  readonly input: string;
  /** The spatial lengths of the input. */
  readonly spatial: Shape;
  /** The values that depend on the input, in the order in which they are computed. */
  readonly paths: readonly string[];
  /** The fields of the units of a value. @throws OptionError for a path without a value, or one that does not depend on the input */
  readonly of: (path: string) => ValueFields;
}

/**
 * The theoretical receptive fields of all values of a network: layers, nodes and outputs, by path.
 *
 * A field is a box: with dilation or strides larger than kernels, not every position in it is seen. It says what can matter and
 * not what does: of a deep network, the effective field is much smaller (`effectiveField`).
 * @example receptiveFields(model).of("features.3").fieldOf([0, 5, 5]).inside // { first: [8, 8], last: [22, 22] }
 * @throws OptionError for a model without an input of spatial axes, [channels, …spatial], or of steps
 */
export function receptiveFields(model: Model, options: ReceptiveFieldOptions = {}): ReceptiveFields {
  checkModel("receptiveFields", model);
  checkNames("receptiveFields", optionNames, options);
  const input = chosenInput(model, options.input);
  const { values, outputs, tensor } = appliedTo(model, input);
  const axes = spatialAxes(model.inputs[input]);
  const fields = graphFields(outputs, tensor, axes);
  const found = new Map<string, ValueFields>();
  for (const [path, value] of values) {
    const field = fields.fieldOf(value.node);
    if (field !== undefined) found.set(path, valueFields(path, value, field, fields.sizeOf(value.node)));
  }
  const paths = [...found.keys()];
  return {
    input,
    spatial: axes.map((axis) => tensor.shape[axis]),
    paths,
    of: (path) => {
      const known = found.get(path);
      if (known !== undefined) return known;
      const what = values.has(path) ? `'${path}' does not depend on the input '${input}'` : unknownPath(path, paths);
      throw new OptionError(`receptiveFields: ${what}`);
    },
  };
}

const unknownPath = (path: string, known: readonly string[]): string =>
  `there is no value '${shorten(path)}'${didYouMean(path, known)}`;

/** The spatial axes of an input with its batch axis: those after the channels, or the steps of a sequence. */
const spatialAxes = ({ shape, sequence }: ModelInput): number[] =>
  sequence === true ? [1] : shape.slice(1).map((_, i) => i + 2);

const hasMaps = ({ inputs }: Model, name: string): boolean => spatialAxes(inputs[name]).length > 0;

function chosenInput(model: Model, name: string | undefined): string {
  const names = Object.keys(model.inputs);
  if (name !== undefined && !names.includes(name))
    throw new OptionError(`receptiveFields: there is no input '${shorten(name)}'${didYouMean(name, names)}`);
  const chosen = name ?? names.find((one) => hasMaps(model, one)) ?? names[0];
  if (hasMaps(model, chosen)) return chosen;
  throw new OptionError(
    `receptiveFields: the input '${chosen}' is ${formatShape(model.inputs[chosen].shape)}, expected spatial axes, [channels, …spatial], or a sequence`,
  );
}

/** All values of a network by path, applied to one sample. */
function appliedTo(model: Model, input: string) {
  const names = Object.keys(model.inputs);
  const values = new Map<string, Tensor>();
  // A layer that is not made of others has no inner values.
  const taps = applyOnce(model).rows.length > 1 ? ["*"] : [];
  const { graph } = trace(
    (...tensors) => {
      const given = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
      const results = model.apply(given, { taps, onTap: (path, value) => void values.set(path, value) });
      for (const [name, value] of Object.entries(results)) values.set(name, value);
      return { results, inner: Object.fromEntries(values) };
    },
    Object.values(model.inputs).map(({ shape, dtype }) => ({ shape: [1, ...shape], dtype })),
  );
  return { values, outputs: graph.outputs, tensor: graph.inputs[names.indexOf(input)] };
}

const valueFields = (path: string, value: Tensor, field: NonNullable<Field>, size: Shape | undefined): ValueFields => ({
  path,
  shape: value.shape.slice(1),
  size,
  jump: jumpOf(field),
  fieldOf: (unit = middleUnit(value.shape.slice(1))) => unitField(path, value.shape.slice(1), field, unit),
});

/** The middle of the first channel. */
export const middleUnit = (shape: Shape): readonly number[] =>
  shape.map((n, i) => (i === 0 && shape.length > 1 ? 0 : Math.floor(n / 2)));

function jumpOf(field: NonNullable<Field>): readonly number[] | undefined {
  const jumps = field.map(({ paces }) => {
    const [pace, ...others] = paces.filter((one) => one !== undefined);
    return pace === undefined || others.length > 0 ? undefined : pace.advance / pace.period;
  });
  return jumps.every((jump) => jump !== undefined) ? jumps : undefined;
}

function unitField(path: string, shape: Shape, field: NonNullable<Field>, unit: readonly number[]): UnitField {
  checkUnit(path, shape, unit);
  const spans = (of: "open" | "inside"): Box | undefined =>
    boxOf(field.map((table) => spanAt(table[of], entryOf(table, unit))));
  return { open: spans("open"), inside: spans("inside") };
}

/** The place of a unit in a table. */
function entryOf({ shape }: SeenTable, unit: readonly number[]): number {
  const strides = stridesOf(shape);
  return unit.reduce((entry, at, i) => entry + (shape[i + 1] === 1 ? 0 : at * strides[i + 1]), 0);
}

function boxOf(spans: readonly ReturnType<typeof spanAt>[]): Box | undefined {
  const known = spans.filter((span) => span !== undefined);
  if (known.length < spans.length) return undefined;
  return { first: known.map(([first]) => first), last: known.map(([, last]) => last) };
}

/** @throws OptionError unless an index is that of a unit */
export function checkUnit(path: string, shape: Shape, unit: readonly number[]): void {
  const fits = Array.isArray(unit) && unit.length === shape.length;
  if (fits && unit.every((at, axis) => Number.isInteger(at) && at >= 0 && at < shape[axis])) return;
  const given = Array.isArray(unit) ? `[${unit.join(",")}]` : String(unit);
  throw new OptionError(
    `there is no unit ${given} in '${path}', which is ${formatShape(shape)} with ${sizeOf(shape)} units; indices begin at 0`,
  );
}
