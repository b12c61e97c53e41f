/**
 * Recurrent layers over sequences [n, steps, channels]: Elman's h_t = H(W_ih x_t + b_ih + W_hh h_{t−1} + b_hh), LSTM and
 * GRU, deep and in both directions. Names, shapes and gate order of the parameters are PyTorch's, so published weights fit;
 * the equations are in `ops/cells.ts`. Source: 10-301, "Recurrent Neural Networks (RNNs)".
 */
import { checkOptions, OptionError, ShapeError, sizeOf } from "../array/index.ts";
import { formatType, located, type Tensor } from "../graph/index.ts";
import * as ops from "../ops/index.ts";
import { flag, integer, optional, real, type ValuesOf, withDefault, word } from "../options/index.ts";
import { dropout as dropoutLayer } from "./dropout.ts";
import { biasInitial, type Initializer, initializerOption } from "./initializers.ts";
import { defineLayer, type Layer, type Scope } from "./layer.ts";
import type { StepsRule } from "./steps.ts";

const options = {
  units: integer(1),
  layers: withDefault(integer(1), 1),
  bidirectional: withDefault(flag(), false),
  output: withDefault(word("sequence", "last"), "sequence" as const),
  dropout: withDefault(real(0, 1), 0),
  initial: optional(flag()),
  bias: withDefault(flag(), true),
  initializer: initializerOption("torchUniform"),
  biasInitializer: initializerOption("zeros"),
};

type RecurrentValues = ValuesOf<typeof options>;

/** The options that determine a recurrent layer's parameters. */
export interface RecurrentParameterOptions {
  /** The size of a state, in each direction. */
  readonly units: number;
  /** The number of stacked layers. */
  readonly layers: number;
  /** Whether layers are bidirectional. */
  readonly bidirectional: boolean;
  /** Whether there are biases. */
  readonly bias: boolean;
  /** How the weights start. */
  readonly initializer: Initializer;
  /** Initializer of the biases, with the fans of `weight_hh`. */
  readonly biasInitializer: Initializer;
}

/**
 * The parameters of a recurrent network for custom layers, as taken by `lstm(x, parameters, { lengths, initial })` and the
 * others.
 * @param channels of the input, the length of its last axis
 */
export function recurrentParameters(
  scope: Scope,
  kind: "rnn" | "lstm" | "gru",
  channels: number,
  { initializer, biasInitializer, ...sizes }: RecurrentParameterOptions,
): ops.RecurrentParameters {
  const shapes = ops.eachRecurrentShape({ ...sizes, cell: kind === "rnn" ? "tanh" : kind, channels });
  const parameters: Record<string, Tensor> = {};
  for (const [name, shape] of shapes) {
    const initial = shape.length > 1 ? initializer : biasInitial(biasInitializer, [shape[0], sizes.units]);
    parameters[name] = scope.parameter(name, shape, initial);
  }
  return parameters;
}

type Over = (
  x: Tensor,
  parameters: ops.RecurrentParameters,
  options: {
    readonly between?: (x: Tensor, layer: number) => Tensor;
    readonly initial?: never;
    readonly lengths?: Tensor | undefined;
  },
) => ops.RecurrentResult<ops.RecurrentState>;

/** The names of a cell's states. */
const stateNames = { rnn: ["h"], gru: ["h"], lstm: ["h", "c"] } as const;

/** The initial states, all of them or none. @throws OptionError if one is missing */
function initialOf(
  kind: keyof typeof stateNames,
  values: RecurrentValues,
  input: Tensor | undefined,
  scope: Scope,
): object {
  const given = stateNames[kind].map((name) => [name, scope.stateBefore(name)] as const);
  const missing = given.filter(([, state]) => state === undefined);
  if (missing.length === given.length) return input === undefined ? {} : statesFrom(kind, values, input);
  if (missing.length > 0)
    throw new OptionError(
      `${located(kind)}: the state ${missing[0][0]} is missing; give all of a layer's states, or none`,
    );
  return { initial: Object.fromEntries(given) };
}

/** The initial states in one vector for each sample, [n, states · layers · directions · units]. */
function statesFrom(kind: keyof typeof stateNames, values: RecurrentValues, vectors: Tensor): object {
  const { layers, bidirectional, units } = values;
  const names = stateNames[kind];
  const shape = [names.length, layers * (bidirectional ? 2 : 1), units];
  const [n] = vectors.shape;
  if (vectors.shape.length !== 2 || vectors.shape[1] !== sizeOf(shape))
    throw new ShapeError(
      `${located(kind)}: the initial states must be [n, ${sizeOf(shape)}], ${shape.join(" · ")} numbers for each sample, ` +
        `got ${formatType(vectors)}; put nn.linear(${sizeOf(shape)}) before`,
    );
  const all = ops.transpose(ops.reshape(vectors, [n, ...shape]), [1, 2, 0, 3]);
  return {
    initial: Object.fromEntries(
      names.map((name, i) => [name, ops.reshape(ops.slice(all, 0, i, i + 1), [shape[1], n, units])]),
    ),
  };
}

function applyRecurrent(
  kind: "rnn" | "lstm" | "gru",
  over: Over,
  values: RecurrentValues,
  [x, initial]: readonly Tensor[],
  scope: Scope,
): Tensor {
  if (x.shape.length !== 3)
    throw new ShapeError(`${located(kind)}: expects [n, steps, channels], got ${formatType(x)}`);
  const { dropout, output, bidirectional, units } = values;
  const drops = dropoutLayer(dropout);
  const steps = scope.steps(x);
  const { outputs, ...states } = over(x, recurrentParameters(scope, kind, x.shape[2], values), {
    ...initialOf(kind, values, initial, scope),
    lengths: steps?.axis === 1 ? steps.lengths : undefined,
    between: (y, layer) => (dropout === 0 ? y : scope.apply(`dropout${layer}`, drops, y)),
  });
  for (const [name, state] of Object.entries(states)) scope.stateAfter(name, state);
  if (output === "sequence") return outputs;
  const { h } = states;
  const directions = bidirectional ? 2 : 1;
  const top = ops.slice(h, 0, h.shape[0] - directions);
  return ops.reshape(ops.transpose(top, [1, 0, 2]), [x.shape[0], directions * units]);
}

/** Outputs of sequences keep the steps; last states have none. */
const stepsRule = ({ output }: Pick<RecurrentValues, "output">, axis: number): StepsRule => {
  if (axis !== 1) return "followed";
  return output === "sequence" ? "first" : "ended";
};

/** A second input for the initial states, if they are one. */
const inputs = ({ initial }: Pick<RecurrentValues, "initial">): string[] => (initial ? ["x", "initial"] : ["x"]);

const rnnLayer = defineLayer({
  type: "rnn",
  inputs,
  options: { ...options, activation: withDefault(word("tanh", "relu"), "tanh" as const) },
  steps: stepsRule,
  forward: ({ activation, ...values }, given, scope) =>
    applyRecurrent(
      "rnn",
      (y, parameters, rest) => ops.rnn(y, parameters, { ...rest, activation }),
      values,
      given,
      scope,
    ),
});

const lstmLayer = defineLayer({
  type: "lstm",
  inputs,
  options,
  steps: stepsRule,
  forward: (values, given, scope) => applyRecurrent("lstm", ops.lstm, values, given, scope),
});

const gruLayer = defineLayer({
  type: "gru",
  inputs,
  options,
  steps: stepsRule,
  forward: (values, given, scope) => applyRecurrent("gru", ops.gru, values, given, scope),
});

/** The factories, for the catalog. */
export const recurrentLayers = [rnnLayer, lstmLayer, gruLayer];

/** Options of `lstm` and `gru`. */
export interface RecurrentLayerOptions {
  /** The number of stacked layers, each over the outputs of the one below. Default 1. */
  readonly layers?: number | undefined;
  /** Whether layers are bidirectional, with concatenated outputs. Default false. */
  readonly bidirectional?: boolean | undefined;
  /**
   * `sequence`, the default: the output of each step, [n, steps, units]; `last`: the state after the last step, which in the
   * reverse direction is the first one, [n, units]. Bidirectional layers give twice as many units. If the lengths of the
   * sequences are known, each ends at its own last step.
   */
  readonly output?: "sequence" | "last" | undefined;
  /** The dropout rate between stacked layers while training. Default 0. */
  readonly dropout?: number | undefined;
  /**
   * Whether the initial states are a second input, [n, layers · directions · units] (of `lstm` twice as many: h before c),
   * as for a decoder that starts with the encoder's vector: `lstm(64, { initial: true })(x, vector)`. Default: they are 0.
   * States that the caller of the model gives come first.
   */
  readonly initial?: boolean | undefined;
  /** Whether there are biases. Default true. */
  readonly bias?: boolean | undefined;
  /** Initializer of the weights. Default `torchUniform`, uniform in ±1/√(length of their rows). */
  readonly initializer?: Initializer | undefined;
  /** Initializer of the biases. Default `zeros`. */
  readonly biasInitializer?: Initializer | undefined;
}

/** Options of `rnn`. */
export interface RnnLayerOptions extends RecurrentLayerOptions {
  /** H in the equation. Default `tanh`. */
  readonly activation?: "tanh" | "relu" | undefined;
}

function checkDropout(type: string, options: RecurrentLayerOptions): void {
  checkOptions(type, options);
  const { layers = 1, dropout = 0 } = options;
  if (dropout > 0 && layers < 2)
    throw new OptionError(`${type}: dropout ${dropout} is for what goes from layer to layer, and there is one layer`);
}

/**
 * Elman's recurrent network: [n, steps, channels] to [n, steps, units]. Parameters `weight_ih_l0` [units, channels],
 * `weight_hh_l0` [units, units], `bias_ih_l0` and `bias_hh_l0` [units]; `_l1`, … for further layers, `_reverse` for the
 * reverse direction.
 * @throws OptionError for dropout in a single layer, ShapeError for inputs of another rank
 */
export function rnn(units: number, rest: RnnLayerOptions = {}): Layer {
  checkDropout("rnn", rest);
  return rnnLayer({ units, ...rest });
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997): [n, steps, channels] to [n, steps, units]. Parameters as those
 * of `rnn`, with four times as many rows: gates i, f, g, o.
 * @throws OptionError for dropout in a single layer, ShapeError for inputs of another rank
 */
export function lstm(units: number, rest: RecurrentLayerOptions = {}): Layer {
  checkDropout("lstm", rest);
  return lstmLayer({ units, ...rest });
}

/**
 * A gated recurrent unit (Cho et al. 2014): [n, steps, channels] to [n, steps, units]. Parameters as those of `rnn`, with
 * three times as many rows: gates r, z, n.
 * @throws OptionError for dropout in a single layer, ShapeError for inputs of another rank
 */
export function gru(units: number, rest: RecurrentLayerOptions = {}): Layer {
  checkDropout("gru", rest);
  return gruLayer({ units, ...rest });
}
