/**
 * Connects columns to the inputs of the network and the targets of the task. Columns are found by name, then by kind if only
 * one qualifies; nothing is matched by position.
 */
import { DataError, didYouMean, type Shape, ShapeError, sizeOf } from "../array/index.ts";
import {
  type AnyDataset,
  type Augmentation,
  batchTypes,
  type Column,
  type Columns,
  columnNames,
  columnsOf,
  isRagged,
  lengthName,
  type Ragged,
} from "../data/index.ts";
import { formatType, type Tensor, type Variable } from "../graph/index.ts";
import { type ApplyOptions, type Model, parametersToTrain } from "../nn/index.ts";
import { reshape } from "../ops/index.ts";
import type { Output, Scene, Target, Task, Tensors } from "./tasks/index.ts";

/** A network, a task and the columns of a data set, joined. */
export interface Wiring {
  /** What is learned. */
  readonly task: Task;
  /** The network that learns it. */
  readonly model: Model;
  /** The columns that programs take, in order: the network's inputs, then further targets. */
  readonly columns: readonly string[];
  /** What the task knows about data and network. */
  readonly scene: Scene;
  /** The parameters that training changes. */
  readonly trained: readonly Variable[];
  /** Applies the network to a batch, given by column, inside a trace. */
  readonly apply: (batch: Tensors, options?: ApplyOptions) => { readonly outputs: Tensors; readonly targets: Tensors };
}

const listNames = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** The columns that a task reads, by its names for them. @throws DataError for a missing or ambiguous column */
export function targetColumns(task: Task, data: AnyDataset): Readonly<Record<string, string>> {
  const columns = columnsOf(data);
  return Object.fromEntries(
    Object.entries(task.targets()).map(([role, target]) => [
      role,
      targetColumn(task, role, target, columns, data.name),
    ]),
  );
}

function targetColumn(task: Task, role: string, target: Target, columns: Columns, set: string): string {
  const name = columnFor(task, role, target, columns, set);
  if (target.fixed && isRagged(columns[name].values))
    throw new DataError(
      `data set ${set}: ${task.type} needs rows of one shape as ${role}; those of column ${name} differ in length`,
    );
  return name;
}

function columnFor(task: Task, role: string, { kinds, column }: Target, columns: Columns, set: string): string {
  const described = (): string =>
    listNames(Object.entries(columns).map(([name, { kind }]) => `${name} (${kind.name})`));
  const wanted = `data set ${set}: ${task.type} needs a column of kind ${kinds.join(" or ")} as ${role}`;
  if (column !== undefined) {
    const found = columns[column];
    if (found === undefined)
      throw new DataError(`${wanted}; there is no column '${column}'${didYouMean(column, Object.keys(columns))}`);
    if (!kinds.includes(found.kind.name)) throw new DataError(`${wanted}; ${column} is of kind ${found.kind.name}`);
    return column;
  }
  const fitting = Object.keys(columns).filter((name) => kinds.includes(columns[name].kind.name));
  // Kinds are in order of preference.
  const preferred = kinds.map((kind) => fitting.filter((name) => columns[name].kind.name === kind)).find(isSingle);
  const [only] = fitting.includes(role) ? [role] : fitting.length === 1 ? fitting : (preferred ?? []);
  if (only !== undefined) return only;
  const problem =
    fitting.length === 0
      ? `the columns are ${described()}`
      : `it has ${fitting.join(", ")}; name one as an option of the task`;
  throw new DataError(`${wanted}; ${problem}`);
}

const isSingle = (names: readonly string[]): boolean => names.length === 1;

/** The kinds of column that networks take. */
const INPUT_KINDS: readonly string[] = ["picture", "numbers", "tokens", "waveform"];

/**
 * The default column of a network's only input: the only possible one that is not a target, else the target itself, as for
 * autoencoders.
 */
function inputColumn(data: AnyDataset, targets: Readonly<Record<string, string>>): string {
  const columns = columnsOf(data);
  const isInput = (name: string): boolean => INPUT_KINDS.includes(columns[name].kind.name);
  const used = Object.values(targets);
  const free = Object.keys(columns).filter((name) => isInput(name) && !used.includes(name));
  const [only, ...others] = free.length > 0 ? free : used.filter(isInput);
  if (only !== undefined && others.length === 0) return only;
  const problem =
    only === undefined
      ? `none of its columns can be an input: ${listNames(Object.keys(columns))}`
      : `its columns ${listNames([only, ...others])} could all be the network's input; say which: inputs: { input: "${only}" }`;
  throw new DataError(`data set ${data.name}: ${problem}`);
}

/**
 * The column of each input.
 * @param names of the network's inputs
 * @param given columns of inputs that are named differently
 * @throws DataError for a missing or ambiguous column, and where `given` has a name that is not an input
 */
export function inputColumns(
  names: readonly string[],
  data: AnyDataset,
  targets: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const columns = columnsOf(data);
  const stranger = Object.keys(given).find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new DataError(`inputs: the network has no input '${stranger}', its inputs are ${listNames(names)}`);
  return Object.fromEntries(
    names.map((name) => {
      const column = given[name] ?? name;
      if (Object.hasOwn(columns, column)) return [name, column];
      if (names.length === 1 && given[name] === undefined) return [name, inputColumn(data, targets)];
      throw new DataError(
        `data set ${data.name}: the network's input ${name} needs a column '${column}', which is missing` +
          `${didYouMean(column, Object.keys(columns))}; rename one, or say which: inputs: { ${name}: … }`,
      );
    }),
  );
}

/** @throws DataError for rows of different lengths where the network takes one length */
function checkSequences(model: Model, data: AnyDataset, feeds: Readonly<Record<string, string>>): void {
  const columns = columnsOf(data);
  for (const [name, { shape, dtype, sequence }] of Object.entries(model.inputs)) {
    const column = feeds[name];
    if (sequence || !isRagged(columns[column].values)) continue;
    const advice = dtype === "i32" ? `nn.tokens(${shape[0]})` : "nn.sequence(features, steps)";
    throw new DataError(
      `data set ${data.name}: rows of column ${column} differ in length, but the network's input ${name} has the fixed shape ` +
        `[n,${shape}]; declare it as a sequence, ${advice}, or give rows of one length`,
    );
  }
}

/** @throws DataError for rows of a target that are longer or shorter than the sequences whose steps they belong to */
function checkLengths(
  task: Task,
  data: AnyDataset,
  feeds: Readonly<Record<string, string>>,
  targets: Readonly<Record<string, string>>,
): void {
  const columns = columnsOf(data);
  const sequences = [...new Set(Object.values(feeds))].filter((name) => isRagged(columns[name].values));
  if (sequences.length !== 1) return;
  const [sequence] = sequences;
  const own = columns[sequence].values as Ragged;
  for (const [role, { perStep }] of Object.entries(task.targets())) {
    const { values } = columns[targets[role]];
    if (!perStep || !isRagged(values)) continue;
    const row = values.offsets.findIndex((offset, i) => offset !== own.offsets[i]) - 1;
    if (row < 0) continue;
    const [steps, given] = [own, values].map(({ offsets }) => offsets[row + 1] - offsets[row]);
    throw new DataError(
      `data set ${data.name}: row ${row} has ${steps} steps in column ${sequence}, and ${given} in column ${targets[role]}; ` +
        `${task.type} needs one for each step`,
    );
  }
}

/** What is known of the columns of targets, whose rows have the shapes that augmentation leaves them. */
function createScene(
  model: Model,
  data: AnyDataset,
  targets: Readonly<Record<string, string>>,
  augment: readonly Augmentation[],
): Scene {
  const columns = columnsOf(data);
  const types = batchTypes(data, { size: 1, augment });
  const byRole = <T>(of: (column: Column, name: string) => T | undefined): Record<string, T> =>
    Object.fromEntries(
      Object.entries(targets).flatMap(([role, name]) => {
        const value = of(columns[name], name);
        return value === undefined ? [] : [[role, value] as const];
      }),
    );
  const [{ shape: input }] = Object.values(model.inputs);
  return {
    names: byRole(columnNames),
    shapes: byRole(({ values }, name) => (isRagged(values) ? undefined : types[name].shape.slice(1))),
    input,
    training: false,
  };
}

/** What else decides what goes where. */
interface WireOptions {
  /** The columns of inputs whose names they do not have. */
  readonly inputs?: Readonly<Record<string, string>> | undefined;
  /** The steps that batches go through. */
  readonly augment?: readonly Augmentation[] | undefined;
  /** Names or patterns of layers that are not trained. */
  readonly freeze?: readonly string[] | undefined;
}

/**
 * Joins a network, a task and the columns of a data set.
 * @param inputs columns of inputs that are named differently
 * @throws DataError for columns that are missing
 */
export function wire(
  model: Model,
  task: Task,
  data: AnyDataset,
  { inputs = {}, augment = [], freeze = [] }: WireOptions = {},
): Wiring {
  const targets = targetColumns(task, data);
  const feeds = inputColumns(Object.keys(model.inputs), data, targets, inputs);
  checkSequences(model, data, feeds);
  const columns = columnsOf(data);
  const scene = createScene(model, data, targets, augment);
  checkLengths(task, data, feeds, targets);
  const withLength = (name: string): string[] => (isRagged(columns[name].values) ? [name, lengthName(name)] : [name]);
  const used = [...new Set([...Object.values(feeds), ...Object.values(targets)])];
  const take = (batch: Tensors, names: Readonly<Record<string, string>>): Tensors =>
    Object.fromEntries(
      Object.entries(names).flatMap(([as, column]) => {
        const length = batch[lengthName(column)];
        return [[as, batch[column]], ...(length === undefined ? [] : [[lengthName(as), length]])] as const;
      }),
    );
  return {
    task,
    model,
    scene,
    trained: parametersToTrain(model, freeze),
    columns: used.flatMap(withLength),
    apply: (batch, options) => ({
      outputs: outputsFor(task, scene, model.apply(take(batch, feeds), { freeze, ...options })),
      targets: take(batch, targets),
    }),
  };
}

/** The columns of a data set whose arrays programs take. */
export const neededColumns = ({ columns }: Wiring, data: AnyDataset): readonly string[] =>
  Object.keys(columnsOf(data)).filter((name) => columns.includes(name));

/**
 * The outputs that a task reads, under its own names.
 * @throws ShapeError where an output is missing or has another shape
 */
export function outputsFor(task: Task, scene: Scene, given: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(task.outputs(scene)).map(([role, output], _, all) => [
      role,
      outputFor(task, role, output, given, all.length === 1),
    ]),
  );
}

function outputFor(task: Task, role: string, output: Output, given: Tensors, isOnly: boolean): Tensor {
  const { holds, names: own } = output;
  const all = Object.keys(given);
  // A single name is one that the task was given as its option.
  const isFree = own === undefined || own.length > 1;
  const names = own ?? [role];
  const name =
    names.find((one) => Object.hasOwn(given, one)) ?? (isOnly && isFree && all.length === 1 ? all[0] : undefined);
  if (name === undefined)
    throw new ShapeError(
      `${task.type}: needs an output '${names[0]}' with ${holds}, the network gives ${listNames(all)}; ` +
        "name it in the network, or give the task its name as the option output",
    );
  return fitting(task, output, name, given[name]);
}

/** @throws ShapeError unless an output has the shape that a task expects */
function fitting(task: Task, output: Output, name: string, given: Tensor): Tensor {
  const found = inShape(given, output);
  if (found !== undefined) return found;
  const { shape, alternative, holds } = output;
  const shapes = [shape, ...(alternative ? [alternative] : [])].map((one) => `[${one.join(", ")}]`).join(" or ");
  throw new ShapeError(
    `${task.type}: the network gives ${name} as ${formatType(given)}, expected ${shapes}: ${holds}; ` +
      "change its last layer",
  );
}

/**
 * The output of an auxiliary head, under the task's own name.
 * @throws ShapeError where the task reads several outputs, or one of another shape
 */
export function outputsOfHead(task: Task, scene: Scene, path: string, given: Tensor): Tensors {
  const [first, ...others] = Object.entries(task.outputs(scene));
  if (first === undefined || others.length > 0)
    throw new ShapeError(
      `${task.type}: the auxiliary head ${path} gives one output, the task reads ` +
        `${listNames(Object.keys(task.outputs(scene)))}; build the network without heads`,
    );
  return { [first[0]]: fitting(task, first[1], path, given) };
}

/** An output in the shape that a task expects, if it has it or may be reshaped to it. */
function inShape(tensor: Tensor, { shape, alternative, reshaped }: Output): Tensor | undefined {
  if (matches(tensor.shape, shape) || (alternative && matches(tensor.shape, alternative))) return tensor;
  const [, ...row] = shape;
  const lacksLast = shape.at(-1) === 1 && matches(tensor.shape, shape.slice(0, -1));
  if (lacksLast) return reshape(tensor, [...tensor.shape, 1]);
  const isKnown = row.every((length): length is number => typeof length === "number");
  if (!reshaped || !isKnown || sizeOf(row) !== sizeOf(tensor.shape.slice(1))) return undefined;
  return reshape(tensor, [tensor.shape[0], ...row]);
}

/** Whether a shape has the expected lengths; words stand for any length, `…` for any number of axes. */
function matches(shape: Shape, expected: Output["shape"]): boolean {
  const at = expected.indexOf("…");
  if (at >= 0) {
    const behind = expected.length - at - 1;
    if (shape.length < at + behind) return false;
    const rest = shape.slice(shape.length - behind);
    return matches(shape.slice(0, at), expected.slice(0, at)) && matches(rest, expected.slice(at + 1));
  }
  return (
    shape.length === expected.length &&
    expected.every((length, axis) => typeof length === "string" || length === shape[axis])
  );
}
