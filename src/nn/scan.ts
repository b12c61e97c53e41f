/**
 * Loops over the steps of a sequence, for custom recurrences: h_t, y_t = step(h_{t−1}, x_t). The step is traced once and
 * becomes the body of one op (`ops/loop`), so that a long sequence compiles as quickly as a short one.
 */
import { describeGiven, normalizeAxis, OptionError, ShapeError } from "../array/index.ts";
import {
  expectTensors,
  formatType,
  isTensor,
  located,
  naming,
  rebuildTree,
  type Tensor,
  type TensorTree,
  tensorsIn,
} from "../graph/index.ts";
import { loop, transpose } from "../ops/index.ts";

/** Options of `scan`. */
export interface StepsOptions {
  /** The axis of the steps, in the sequences and in the outputs. Default 1: [n, steps, …]. */
  readonly axis?: number | undefined;
  /** Iterate from the last step to the first; outputs keep the order of the sequence. Default false. */
  readonly reverse?: boolean | undefined;
}

/**
 * A step: from the previous state and an element to the next state and an output. It is called once, with tensors that stand
 * for those of any step; so is its index `t` in the sequence, an `i32` scalar.
 */
export type ScanStep<S, X = Tensor, Y = Tensor> = (
  state: S,
  x: X,
  t: Tensor,
) => { readonly state: S; readonly output: Y };

/**
 * Carries a state through the steps of a sequence. The step may read any other tensors, parameters included; random numbers
 * that it draws are others in each step. It cannot assign variables, and tensors that it makes do not leave it but as the
 * state and the output.
 * @param step gets the state, the element [n, …] without the axis of the steps, and the index of the step, `i32` []
 * @param initial the initial state: a tensor, or tensors in lists or records; a step keeps its form and types
 * @param sequence a tensor, or tensors in lists or records, with the same number of steps
 * @returns the final state, and the outputs, tensors in any form, each stacked along the axis: [n, steps, …]
 * @throws ShapeError if the axis does not exist or is empty, or if a step changes the form or types of the state
 * @example scan((h, x) => { const y = tanh(add(x, matmul(h, w))); return { state: y, output: y }; }, h0, xs)
 */
export function scan<S, X = Tensor, Y = Tensor>(
  step: ScanStep<S, X, Y>,
  initial: S,
  sequence: X,
  { axis = 1, reverse = false }: StepsOptions = {},
): { readonly state: S; readonly outputs: Y } {
  if (typeof step !== "function")
    throw new OptionError(
      `scan: the step must be a function (state, x, t) => { state, output }, got ${describeGiven(step)}`,
    );
  const whole = tensorsIn("scan: the sequence", sequence as TensorTree);
  const steps = stepsOf(whole, axis);
  const states = tensorsIn("scan: the state", initial as TensorTree);
  let made: { readonly state: S; readonly output: Y } | undefined;
  const found = loop(
    (before, elements, t) => {
      made = step(
        rebuildTree(initial as TensorTree, before) as S,
        rebuildTree(sequence as TensorTree, elements) as X,
        t,
      );
      return {
        states: nextStates(made.state as TensorTree, initial as TensorTree),
        outputs: tensorsIn("scan: the step", made.output as TensorTree),
      };
    },
    { states, sequences: whole.map((x) => moveAxis(x, normalizeAxis(axis, x.shape.length), 0)), steps, reverse },
  );
  const outputs = found.outputs.map((output) => moveAxis(output, 0, placeOf(axis, output)));
  return {
    state: rebuildTree(initial as TensorTree, found.states) as S,
    outputs: rebuildTree(made!.output as TensorTree, outputs) as Y,
  };
}

/** The number of steps, the same in all sequences. */
function stepsOf(sequences: readonly Tensor[], axis: number): number {
  expectTensors("scan", ...sequences);
  if (sequences.length === 0) throw new ShapeError(`${located("scan")}: needs a sequence to go through`);
  const lengths = sequences.map((x) => {
    const along = naming("scan", () => normalizeAxis(axis, x.shape.length));
    if (x.shape[along] === 0)
      throw new ShapeError(`${located("scan")}: there are no steps along axis ${along} of ${formatType(x)}`);
    return x.shape[along];
  });
  const other = lengths.findIndex((length) => length !== lengths[0]);
  if (other > 0)
    throw new ShapeError(
      `${located("scan")}: sequences have ${lengths[0]} and ${lengths[other]} steps along axis ${axis}; make them equal`,
    );
  return lengths[0];
}

/** The tensors of the next state in the order of the state, part by part. */
function nextStates(next: TensorTree, state: TensorTree): Tensor[] {
  const unequal = (): never => {
    throw new ShapeError(
      `${located("scan")}: the state is ${formatTree(state)} before a step and ${formatTree(next)} after it; ` +
        "a step must keep the form of its state",
    );
  };
  const walk = (form: TensorTree, tree: TensorTree): Tensor[] => {
    if (form === undefined || tree === undefined) return form === tree ? [] : unequal();
    if (isTensor(form) || isTensor(tree)) return isTensor(form) && isTensor(tree) ? [tree] : unequal();
    const [names, others] = [Object.keys(form), Object.keys(tree)];
    if (names.length !== others.length || !names.every((name) => others.includes(name))) return unequal();
    return names.flatMap((name) => walk(partOf(form, name), partOf(tree, name)));
  };
  tensorsIn("scan: the step", next);
  return walk(state, next);
}

const partOf = (tree: TensorTree, name: string): TensorTree => (tree as Readonly<Record<string, TensorTree>>)[name];

function formatTree(tree: TensorTree): string {
  if (tree === undefined) return "nothing";
  if (isTensor(tree)) return formatType(tree);
  if (Array.isArray(tree)) return `[${tree.map(formatTree).join(", ")}]`;
  const parts = Object.entries(tree).map(([name, part]) => `${name}: ${formatTree(part)}`);
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

/** Where the axis of the steps goes in an output that is stacked along its first axis. */
function placeOf(axis: number, stacked: Tensor): number {
  const rank = stacked.shape.length;
  if (axis < rank && axis >= -rank) return normalizeAxis(axis, rank);
  const { shape, dtype } = stacked;
  throw new ShapeError(
    `${located("scan")}: outputs ${formatType({ shape: shape.slice(1), dtype })} have no place for axis ${axis}`,
  );
}

/** The same tensor with an axis at another place. */
function moveAxis(x: Tensor, from: number, to: number): Tensor {
  if (from === to) return x;
  const order = x.shape.map((_, i) => i).filter((i) => i !== from);
  return transpose(x, [...order.slice(0, to), from, ...order.slice(to)]);
}
