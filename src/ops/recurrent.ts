/**
 * Recurrent networks over batches of sequences: Elman's, LSTM and GRU; deep, in both directions, over sequences of different
 * lengths. Composed of `recurrence`; names, shapes and gate order of the parameters are PyTorch's, so published weights fit.
 * Per layer and direction, with G gates (1; LSTM 4: i f g o; GRU 3: r z n):
 *
 *   weight_ih_l0 [G · units, channels]   weight_hh_l0 [G · units, units]   bias_ih_l0, bias_hh_l0 [G · units]
 *
 * `l1`, … are the layers above, whose channels are the outputs of the layer below; `_reverse` is the reverse direction.
 * Either all or no layers have biases. Source: 10-301, "Recurrent Neural Networks", "Bidirectional RNN", "Deep RNNs".
 */
import {
  checkOptions,
  describeGiven,
  didYouMean,
  isFloat,
  OptionError,
  ShapeError,
  sameShape,
} from "../array/index.ts";
import { constant, expectTensors, fill, formatType, located, naming, type Tensor } from "../graph/index.ts";
import { checkNames, namesOf } from "../options/index.ts";
import { type CellName, cells } from "./cells.ts";
import { concat } from "./concat.ts";
import { add, less, select } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { slice } from "./pad.ts";
import { recurrenceOp } from "./recurrence.ts";
import { initialEntry } from "./recurrence-steps.ts";
import { reshape } from "./reshape.ts";
import { numbersBelow } from "./tables.ts";
import { transpose } from "./transpose.ts";

/** Parameters by their names in PyTorch: `weight_ih_l0`, `bias_hh_l1_reverse`. */
export type RecurrentParameters = Readonly<Record<string, Tensor>>;

/** Options of `lstm` and `gru`; `S` is the type of the state. */
export interface RecurrentOptions<S> {
  /** The states before the first step, each [layers · directions, n, units], forward before reverse. Default zeros. */
  readonly initial?: S | undefined;
  /**
   * The number of steps of each sequence, `i32` [n]; the rest is padding, which has no effect, NaN included. There outputs
   * are 0; final states are those at the end of each sequence, where the reverse direction begins. Default: all steps.
   */
  readonly lengths?: Tensor | undefined;
  /** Applied to the input [steps, n, channels] of each layer but the first, such as dropout. */
  readonly between?: ((x: Tensor, layer: number) => Tensor) | undefined;
}

const optionNames = namesOf<RecurrentOptions<unknown>>({ initial: true, lengths: true, between: true });

/** The state of a simple or gated recurrent unit. */
export interface RecurrentState {
  /** The hidden state [layers · directions, n, units]. */
  readonly h: Tensor;
}

/** The state of long short-term memory. */
export interface LstmState extends RecurrentState {
  /** The memory cells [layers · directions, n, units]. */
  readonly c: Tensor;
}

/** The outputs of the top layer [n, steps, directions · units] and the states after the last step. */
export type RecurrentResult<S> = S & { readonly outputs: Tensor };

/** Options of `rnn`. */
export interface RnnOptions extends RecurrentOptions<RecurrentState> {
  /** H in h_t = H(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh). Default `tanh`. */
  readonly activation?: "tanh" | "relu" | undefined;
}

/**
 * Elman's network over `x` [n, steps, channels]. Unlike PyTorch's default, samples come before steps.
 * @throws OptionError for missing or unknown parameters, ShapeError for those that do not fit
 */
export function rnn(
  x: Tensor,
  parameters: RecurrentParameters,
  options: RnnOptions = {},
): RecurrentResult<RecurrentState> {
  checkNames(located("rnn"), [...optionNames, "activation"], options);
  const { activation = "tanh", initial } = options;
  if (activation !== "tanh" && activation !== "relu")
    throw new OptionError(`${located("rnn")}: activation must be 'tanh' or 'relu', got ${describeGiven(activation)}`);
  const { outputs, states } = runCells("rnn", activation, x, parameters, initial && [initial.h], options);
  return { outputs, h: states[0] };
}

/** A gated recurrent unit (Cho et al. 2014) over `x` [n, steps, channels]; see `rnn`. */
export function gru(
  x: Tensor,
  parameters: RecurrentParameters,
  options: RecurrentOptions<RecurrentState> = {},
): RecurrentResult<RecurrentState> {
  checkNames(located("gru"), optionNames, options);
  const { initial } = options;
  const { outputs, states } = runCells("gru", "gru", x, parameters, initial && [initial.h], options);
  return { outputs, h: states[0] };
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997) over `x` [n, steps, channels]; see `rnn`. The returned state can
 * be the initial state of the next chunk of the sequences: `lstm(next, parameters, { initial: previous })`.
 */
export function lstm(
  x: Tensor,
  parameters: RecurrentParameters,
  options: RecurrentOptions<LstmState> = {},
): RecurrentResult<LstmState> {
  checkNames(located("lstm"), optionNames, options);
  const { initial } = options;
  const { outputs, states } = runCells("lstm", "lstm", x, parameters, initial && [initial.h, initial.c], options);
  return { outputs, h: states[0], c: states[1] };
}

/** The structure of a recurrent network. */
export interface RecurrentSizes {
  /** The cell of each layer. */
  readonly cell: CellName;
  /** The length of an input vector at one step. */
  readonly channels: number;
  /** The length of the hidden state, per direction. */
  readonly units: number;
  /** The number of stacked layers. */
  readonly layers: number;
  /** Whether each layer runs in both directions. */
  readonly bidirectional: boolean;
  /** Whether the cells have the two biases, `bias_ih` and `bias_hh`. */
  readonly bias: boolean;
}

const suffixOf = (layer: number, reverse: boolean): string => `_l${layer}${reverse ? "_reverse" : ""}`;
const directionsOf = ({ bidirectional }: Pick<RecurrentSizes, "bidirectional">): boolean[] =>
  bidirectional ? [false, true] : [false];

/**
 * The name and shape of each parameter, in the order of the layers; generated lazily, so that a file that claims many layers
 * is refused at the first missing parameter.
 */
export function* eachRecurrentShape(sizes: RecurrentSizes): Generator<[name: string, shape: readonly number[]]> {
  const { cell, channels, units, layers, bias } = sizes;
  const rows = cells[cell].gates * units;
  const directions = directionsOf(sizes);
  for (let layer = 0; layer < layers; layer++) {
    for (const reverse of directions) {
      const suffix = suffixOf(layer, reverse);
      yield [`weight_ih${suffix}`, [rows, layer === 0 ? channels : units * directions.length]];
      yield [`weight_hh${suffix}`, [rows, units]];
      if (bias) for (const name of ["bias_ih", "bias_hh"]) yield [`${name}${suffix}`, [rows]];
    }
  }
}

/** The shape of each parameter by name, in the order of the layers. */
export const recurrentShapes = (sizes: RecurrentSizes): Map<string, readonly number[]> =>
  new Map(eachRecurrentShape(sizes));

/** The structure, inferred from the parameters. */
function recurrentSizes(name: string, cell: CellName, x: Tensor, parameters: RecurrentParameters): RecurrentSizes {
  const has = (parameter: string): boolean => Object.hasOwn(parameters, parameter);
  const layers = Object.keys(parameters).filter((parameter) => /^weight_ih_l\d+$/.test(parameter)).length;
  const units = has("weight_hh_l0") ? (parameters.weight_hh_l0.shape[1] ?? 0) : 0;
  const sizes = {
    ...{ cell, channels: x.shape[2], units, layers: Math.max(1, layers) },
    ...{ bidirectional: has("weight_ih_l0_reverse"), bias: has("bias_ih_l0") },
  };
  const shapes = recurrentShapes(sizes);
  const [stranger] = Object.keys(parameters).filter((parameter) => !shapes.has(parameter));
  if (stranger !== undefined) {
    const hint = didYouMean(stranger, [...shapes.keys()]);
    throw new OptionError(`${located(name)}: there is no place for a parameter '${stranger}'${hint}`);
  }
  for (const [parameter, shape] of shapes) {
    if (!has(parameter)) throw new OptionError(`${located(name)}: the parameter ${parameter} is missing`);
    expectType(name, parameter, parameters[parameter], { dtype: x.dtype, shape });
  }
  return sizes;
}

function expectType(name: string, what: string, got: Tensor, expected: Pick<Tensor, "dtype" | "shape">): void {
  expectTensors(`${located(name)}: ${what}`, got);
  if (got.dtype === expected.dtype && sameShape(got.shape, expected.shape)) return;
  throw new ShapeError(`${located(name)}: ${what} must be ${formatType(expected)}, got ${formatType(got)}`);
}

interface RecurrentRun {
  readonly outputs: Tensor;
  /** Each [layers · directions, n, units]. */
  readonly states: readonly Tensor[];
}

function runCells(
  name: string,
  cell: CellName,
  x: Tensor,
  parameters: RecurrentParameters,
  given: readonly Tensor[] | undefined,
  { lengths, between = (y) => y }: Pick<RecurrentOptions<unknown>, "lengths" | "between">,
): RecurrentRun {
  expectTensors(name, x);
  checkOptions(`${located(name)}: the parameters`, parameters);
  if (x.shape.length !== 3 || !isFloat(x.dtype))
    throw new ShapeError(`${located(name)}: expects floats [n, steps, channels], got ${formatType(x)}`);
  const sizes = recurrentSizes(name, cell, x, parameters);
  const directions = directionsOf(sizes);
  const [batch, steps] = x.shape;
  const type = { dtype: x.dtype, shape: [sizes.layers * directions.length, batch, sizes.units] };
  const initial = given ?? Array.from({ length: cells[cell].states }, () => fill(0, type.shape, type.dtype));
  for (const [k, state] of initial.entries()) expectType(name, `the initial ${"hc"[k]}`, state, type);
  if (lengths !== undefined) expectType(name, "lengths", lengths, { dtype: "i32", shape: [batch] });
  const ends = lengths ?? fill(steps, [batch], "i32");
  const running = lengths && runningSteps(lengths, steps);
  const withoutPadding = (y: Tensor): Tensor => (running === undefined ? y : select(running, y, 0));
  const finals: Tensor[][] = initial.map(() => []);
  let y = withoutPadding(transpose(x, [1, 0, 2]));
  for (let layer = 0; layer < sizes.layers; layer++) {
    const below = layer === 0 ? y : between(y, layer);
    const outputs = directions.map((reverse, d) => {
      const before = initial.map((state) => stateEntry(state, layer * directions.length + d));
      const suffix = suffixOf(layer, reverse);
      const histories = oneWay(cell, reverse, below, (part) => parameters[`${part}${suffix}`], ends, before);
      const last = initialEntry(steps, !reverse);
      for (const [k, history] of histories.entries()) finals[k].push(slice(history, 0, last, last + 1));
      return slice(histories[0], 0, reverse ? 0 : 1, reverse ? steps : steps + 1);
    });
    y = concat(outputs, 2);
  }
  return { outputs: transpose(withoutPadding(y), [1, 0, 2]), states: finals.map((parts) => concat(parts)) };
}

const stateEntry = (x: Tensor, at: number): Tensor => reshape(slice(x, 0, at, at + 1), x.shape.slice(1));

/** One layer in one direction over [steps, n, channels]: the states' histories, each [steps + 1, n, units]. */
function oneWay(
  cell: CellName,
  reverse: boolean,
  x: Tensor,
  parameter: (name: string) => Tensor | undefined,
  lengths: Tensor,
  initial: readonly Tensor[],
): readonly Tensor[] {
  const [steps, batch, channels] = x.shape;
  const [weightIh, weightHh] = [parameter("weight_ih")!, parameter("weight_hh")!];
  const [rows] = weightIh.shape;
  const product = matmul(reshape(x, [steps * batch, channels]), weightIh, { transposeB: true });
  const biasIh = parameter("bias_ih");
  const input = reshape(biasIh === undefined ? product : add(product, biasIh), [steps, batch, rows]);
  const biasHh = parameter("bias_hh") ?? fill(0, [rows], x.dtype);
  const { states } = cells[cell];
  return recurrenceOp.all([input, weightHh, biasHh, lengths, ...initial], { cell, reverse }).slice(0, states);
}

/** Which steps are not padding: [steps, n, 1]. */
function runningSteps(lengths: Tensor, steps: number): Tensor {
  const numbers = naming("recurrence", () => numbersBelow(steps)).reshape([steps, 1]);
  return reshape(less(constant(numbers), lengths), [steps, lengths.shape[0], 1]);
}
