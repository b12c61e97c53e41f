/**
 * Recurrent networks over chunks of long sequences: states are carried from chunk to chunk, between calls of a compiled
 * program. No gradient crosses chunks, so training on chunks is truncated backpropagation through time (Williams and Peng
 * 1990); chunks of one step are for sampling.
 */
import { OptionError, zeros } from "../array/index.ts";
import { type Tensor, trace, Variable } from "../graph/index.ts";
import { integer, readOptions } from "../options/index.ts";
import type { ApplyOptions } from "./application.ts";
import { checkModel } from "./checks.ts";
import type { Layer } from "./layer.ts";
import type { Model } from "./model.ts";

/** Options of `carryStates`. */
export interface CarryOptions {
  /** The number of sequences in parallel. */
  readonly batch: number;
}

/** A recurrent network with carried states. */
export interface CarriedModel {
  /** Applies the network inside a trace to the next chunk, [batch, steps, …], of any number of steps. */
  (x: Tensor, options?: Pick<ApplyOptions, "training">): Tensor;
  /** The states by their names, such as `0.h` [layers, batch, units]: each can be fetched, saved and set. */
  readonly states: ReadonlyMap<string, Variable>;
  /** Begins new sequences: resets all states to zero. */
  reset(): void;
}

/** The states of a network, kept in variables from one application to the next. */
export interface StateVariables {
  /** By their names, such as `0.h`. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** Options of `model.apply` that read the states and assign those that follow; inside a trace. */
  options(): Required<Pick<ApplyOptions, "states" | "onState">>;
  /** Begins new sequences: resets all states to zero. */
  reset(): void;
}

/**
 * Variables for the states of a network over `batch` sequences in parallel; none where it has no layers with states.
 * @param where the caller, for messages
 * @throws OptionError for bidirectional layers, whose reverse direction begins at the end of the whole sequence
 */
export function stateVariables(where: string, model: Model, batch: number): StateVariables {
  const variables = new Map<string, Variable>();
  const checkDirection = (what: string, { options }: Layer): void => {
    if (options.bidirectional === true)
      throw new OptionError(`${where}: ${what} runs both ways, so its states cannot be carried on`);
  };
  checkDirection("the model", model.layer);
  const onLayer = (path: string, layer: Layer): void => checkDirection(`layer ${path}`, layer);
  const onState = (name: string, { shape, dtype }: Tensor): void =>
    void variables.set(name, new Variable(`state.${name}`, zeros(shape, dtype), { trainable: false }));
  const entries = Object.entries(model.inputs);
  const types = entries.map(([, { shape, dtype }]) => ({ shape: [batch, ...shape], dtype }));
  trace((...tensors: readonly Tensor[]) => {
    const given = Object.fromEntries(entries.map(([name], i) => [name, tensors[i]]));
    return model.apply(given, { onState, onLayer });
  }, types);
  return {
    variables,
    options: () => ({
      states: Object.fromEntries([...variables].map(([name, variable]) => [name, variable.read()])),
      onState: (name, state) => variables.get(name)!.assign(state),
    }),
    reset: () => {
      for (const variable of variables.values()) variable.value = zeros(variable.shape, variable.dtype);
    },
  };
}

/**
 * A model whose states are carried from call to call.
 * @example
 * const carried = carryStates(model, { batch: 1 });
 * const next = compile((x) => softmax(carried(x)), [f32(1, 1, 27)]); // one step at a time
 * const probabilities = await next(letter);
 * @throws OptionError for a model without layers that have states, such as recurrent ones, and for bidirectional ones, whose
 *   reverse direction begins at the end of the whole sequence
 */
export function carryStates(model: Model, options: CarryOptions): CarriedModel {
  checkModel("carryStates", model);
  const { batch } = readOptions("carryStates", { batch: integer(1) }, options ?? {});
  const { variables: states, options: carrying, reset } = stateVariables("carryStates", model, batch);
  if (states.size === 0)
    throw new OptionError("carryStates: the model has no recurrent layers, such as nn.lstm(8), whose states to carry");
  const apply = (x: Tensor, { training = false }: Pick<ApplyOptions, "training"> = {}): Tensor =>
    model(x, { training, ...carrying() });
  return Object.assign(apply, { states, reset });
}
