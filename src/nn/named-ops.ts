/**
 * Ops by name, as networks hold them: every record of `ops`, with inputs that are broadcast where the op is elementwise, and
 * a few functions composed of ops that need the shape of their input. In lists among the attributes, −1 stands for the
 * number of samples.
 */
import { broadcastShapes, didYouMean, OptionError, ShapeError, shorten } from "../array/index.ts";
import { applyOp, bodyKind, located, naming, type Op, type Tensor } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { allOps } from "../ops/index.ts";
import {
  flag,
  integer,
  integers,
  optional,
  readOptions,
  type Schema,
  type ValuesOf,
  withDefault,
} from "../options/index.ts";

/** The attributes of an op, plain data. */
export type OpAttributes = Readonly<Record<string, unknown>>;

/** An op that a network can apply by name. */
export interface NamedOp {
  /** The names of the inputs. A last name that starts with `...` stands for one or more. */
  readonly inputs: readonly string[];
  /** Whether inputs may be numbers. */
  readonly takesNumbers: boolean;
  /** The attributes with defaults. @throws OptionError for unknown or invalid attributes */
  readonly read: (attributes: OpAttributes) => OpAttributes;
  readonly apply: (inputs: readonly Tensor[], attributes: OpAttributes, batch: number) => readonly Tensor[];
}

const elementwiseRecords: ReadonlySet<Op> = new Set(ops.elementwiseOps.map(({ op }) => op));

/** Elementwise ops take inputs of the same shape. */
function broadcast(op: Op, inputs: readonly Tensor[]): readonly Tensor[] {
  if (!elementwiseRecords.has(op) || inputs.length < 2) return inputs;
  const shape = naming(op.name, () => inputs.map(({ shape }) => shape).reduce(broadcastShapes));
  return inputs.map((x) => ops.broadcastTo(x, shape));
}

/** Attributes with −1 replaced by the number of samples, in lists that otherwise allow no −1. */
function withBatch({ attributes: schema }: Op, attributes: OpAttributes, batch: number): OpAttributes {
  const entries = Object.entries(attributes).map(([name, value]) => {
    const isOpen = Array.isArray(value) && value.includes(-1) && schema[name]?.read(value) === undefined;
    return [name, isOpen ? value.map((n) => (n === -1 ? batch : n)) : value];
  });
  return Object.fromEntries(entries);
}

const fromRecord = (op: Op): NamedOp => ({
  inputs: op.inputs,
  takesNumbers: elementwiseRecords.has(op),
  read: (attributes) => {
    const read = readOptions(op.name, op.attributes, withBatch(op, attributes, 1));
    const kept = Object.keys(read).map((name) => [
      name,
      Object.hasOwn(attributes, name) ? attributes[name] : read[name],
    ]);
    return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
  },
  apply: (inputs, attributes, batch) => applyOp(op, broadcast(op, inputs), withBatch(op, attributes, batch)).outputs,
});

const composed = <S extends Schema>(
  name: string,
  schema: S,
  apply: (x: Tensor, attributes: ValuesOf<S>) => Tensor,
): readonly [string, NamedOp] => [
  name,
  {
    inputs: ["x"],
    takesNumbers: false,
    read: (attributes) => definedOf(readOptions(name, schema, attributes)),
    apply: ([x], attributes) => [apply(x, readOptions(located(name), schema, attributes))],
  },
];

const definedOf = (values: OpAttributes): OpAttributes =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const reductionKinds = { axes: integers(), keep: withDefault(flag(), false) };

/** One −1 is inferred; of two, the first is the number of samples. */
function reshapeTo(x: Tensor, shape: readonly number[]): Tensor {
  const open = shape.filter((n) => n === -1).length;
  if (open > 1 && shape[0] === -1) return ops.reshape(x, [x.shape[0], ...shape.slice(1)]);
  return ops.reshape(x, shape);
}

/** Functions composed of ops; one with the name of a record accepts all that the record does. */
const composedOps: ReadonlyMap<string, NamedOp> = new Map([
  composed("sum", reductionKinds, (x, { axes, keep }) => ops.sum(x, axes, { keep })),
  composed("mean", reductionKinds, (x, { axes, keep }) => ops.mean(x, axes, { keep })),
  composed("reduceMax", reductionKinds, (x, { axes, keep }) => ops.max(x, axes, { keep })),
  composed("reduceMin", reductionKinds, (x, { axes, keep }) => ops.min(x, axes, { keep })),
  composed("reshape", { shape: integers(-1) }, (x, { shape }) => reshapeTo(x, shape)),
  composed(
    "sliceAxis",
    { axis: integer(), start: withDefault(integer(), 0), stop: optional(integer()), step: withDefault(integer(1), 1) },
    (x, { axis, start, stop, step }) => ops.slice(x, axis, start, stop, step),
  ),
]);

/** @throws OptionError for an unknown op */
export function namedOp(name: string): NamedOp {
  const found = composedOps.get(name);
  if (found !== undefined) return found;
  const record = allOps.get(name);
  if (record !== undefined && Object.values(record.attributes).includes(bodyKind))
    throw new OptionError(
      `the op '${name}' is made by tracing its step; call it in the forward of a layer of your own`,
    );
  if (record !== undefined) return fromRecord(record);
  throw new OptionError(
    `there is no op '${shorten(name)}'${didYouMean(name, [...allOps.keys(), ...composedOps.keys()])}`,
  );
}

/** @throws ShapeError if an op has fewer outputs */
export function outputOf(outputs: readonly Tensor[], index: number, name: string): Tensor {
  if (index < outputs.length) return outputs[index];
  throw new ShapeError(`${located("network")}: ${name} has ${outputs.length} outputs, there is no output ${index}`);
}
