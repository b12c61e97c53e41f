/**
 * Which column of the data goes where: into which input of the network, and to the task as which target. Columns are found
 * by name, then by kind where only one will do; nothing is matched by position.
 */
import { DataError, didYouMean, ShapeError } from "../array/index.ts";
import {
  type AnyDataset,
  type Column,
  columnNames,
  columnsOf,
  elementShape,
  isRagged,
  lengthName,
} from "../data/index.ts";
import { formatType, type Tensor } from "../graph/index.ts";
import type { ApplyOptions, Model } from "../nn/index.ts";
import type { Output, Scene, Target, Task, Tensors } from "./tasks/index.ts";

/** A network, a task and the columns of a data set, joined. */
export interface Wiring {
  readonly task: Task;
  readonly model: Model;
  /** What programs take of a batch, in this order: the columns of the network's inputs, then further targets. */
  readonly columns: readonly string[];
  /** What the task knows of data and network. */
  readonly scene: Scene;
  /** Applies the network to a batch, given by column, inside a trace. */
  readonly apply: (batch: Tensors, options?: ApplyOptions) => { readonly outputs: Tensors; readonly targets: Tensors };
}

type Columns = Readonly<Record<string, Column>>;

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** The columns that a task reads, by its names for them. @throws DataError for a column that is missing, or not the only one that would do */
export function targetColumns(task: Task, data: AnyDataset): Readonly<Record<string, string>> {
  const columns = columnsOf(data);
  return Object.fromEntries(
    Object.entries(task.targets()).map(([role, target]) => [
      role,
      targetColumn(task, role, target, columns, data.name),
    ]),
  );
}

function targetColumn(task: Task, role: string, { kinds, column }: Target, columns: Columns, set: string): string {
  const described = (): string => list(Object.entries(columns).map(([name, { kind }]) => `${name} (${kind.name})`));
  const wanted = `data set ${set}: ${task.type} needs a column of kind ${kinds.join(" or ")} as ${role}`;
  if (column !== undefined) {
    const found = columns[column];
    if (found === undefined)
      throw new DataError(`${wanted}; there is no column '${column}'${didYouMean(column, Object.keys(columns))}`);
    if (!kinds.includes(found.kind.name)) throw new DataError(`${wanted}; ${column} is of kind ${found.kind.name}`);
    return column;
  }
  const fitting = Object.keys(columns).filter((name) => kinds.includes(columns[name].kind.name));
  // Kinds stand in the order in which they are preferred.
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
 * The column of a network's only input, where it does not say: the only one that is no target and can be an input, else the
 * target itself, as an autoencoder takes it.
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
      ? `none of its columns can be an input: ${list(Object.keys(columns))}`
      : `its columns ${list([only, ...others])} could all be the network's input; say which: inputs: { input: "${only}" }`;
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
    throw new DataError(`inputs: the network has no input '${stranger}', its inputs are ${list(names)}`);
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

/** What is known of a target's column. */
function sceneOf(model: Model, data: AnyDataset, targets: Readonly<Record<string, string>>): Scene {
  const columns = columnsOf(data);
  const byRole = <T>(of: (column: Column) => T | undefined): Record<string, T> =>
    Object.fromEntries(
      Object.entries(targets).flatMap(([role, name]) => {
        const value = of(columns[name]);
        return value === undefined ? [] : [[role, value] as const];
      }),
    );
  const [{ shape: input }] = Object.values(model.inputs);
  return {
    names: byRole(columnNames),
    shapes: byRole((column) => (isRagged(column.values) ? undefined : elementShape(column.values))),
    input,
    training: false,
  };
}

/**
 * Joins a network, a task and the columns of a data set.
 * @param inputs the columns of inputs whose names they do not have
 * @throws DataError for columns that are missing
 */
export function wire(
  model: Model,
  task: Task,
  data: AnyDataset,
  inputs: Readonly<Record<string, string>> = {},
): Wiring {
  const targets = targetColumns(task, data);
  const feeds = inputColumns(Object.keys(model.inputs), data, targets, inputs);
  checkSequences(model, data, feeds);
  const columns = columnsOf(data);
  const scene = sceneOf(model, data, targets);
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
    columns: used.flatMap(withLength),
    apply: (batch, options) => ({
      outputs: outputsFor(task, scene, model.apply(take(batch, feeds), options)),
      targets: take(batch, targets),
    }),
  };
}

/**
 * The outputs that a task reads, under its own names.
 * @throws ShapeError where the network has no such output, or one of another shape
 */
export function outputsFor(task: Task, scene: Scene, given: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(task.outputs(scene)).map(([role, output], _, all) => [
      role,
      outputFor(task, role, output, given, all.length === 1),
    ]),
  );
}

function outputFor(
  task: Task,
  role: string,
  { shape, holds, names = [role] }: Output,
  given: Tensors,
  isOnly: boolean,
): Tensor {
  const all = Object.keys(given);
  const name = names.find((one) => Object.hasOwn(given, one)) ?? (isOnly && all.length === 1 ? all[0] : undefined);
  if (name === undefined)
    throw new ShapeError(
      `${task.type}: needs an output '${names[0]}' with ${holds}, the network gives ${list(all)}; ` +
        "name it in the network, or give the task its name as the option output",
    );
  const tensor = given[name];
  const fits =
    tensor.shape.length === shape.length &&
    shape.every((length, axis) => typeof length === "string" || length === tensor.shape[axis]);
  if (fits || (shape.at(-1) === 1 && tensor.shape.length === shape.length - 1)) return tensor;
  throw new ShapeError(
    `${task.type}: the network gives ${name} as ${formatType(tensor)}, expected [${shape.join(", ")}]: ${holds}; ` +
      "change its last layer",
  );
}
