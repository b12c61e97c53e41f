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

/**
 * A model whose states are carried from call to call.
 * @example
 * const carried = carryStates(model, { batch: 1 });
 * const next = compile((x) => softmax(carried(x)), [f32(1, 1, 27)]); // one step at a time
 * const probabilities = await next(letter);
 * @throws OptionError for a model without recurrent layers, and for bidirectional ones, whose reverse direction begins at
 *   the end of the whole sequence
 */
export function carryStates(model: Model, options: CarryOptions): CarriedModel {
  checkModel("carryStates", model);
  const { batch } = readOptions("carryStates", { batch: integer(1) }, options ?? {});
  const states = new Map<string, Variable>();
  const checkDirection = (what: string, { options }: Layer): void => {
    if (options.bidirectional === true)
      throw new OptionError(`carryStates: ${what} runs both ways, so its states cannot be carried on`);
  };
  checkDirection("the model", model.layer);
  const onLayer = (path: string, layer: Layer): void => checkDirection(`layer ${path}`, layer);
  const onState = (name: string, { shape, dtype }: Tensor): void =>
    void states.set(name, new Variable(`state.${name}`, zeros(shape, dtype), { trainable: false }));
  trace((x) => model(x, { onState, onLayer }), [{ shape: [batch, ...model.input], dtype: model.dtype }]);
  if (states.size === 0)
    throw new OptionError("carryStates: the model has no recurrent layers, such as nn.lstm(8), whose states to carry");
  const apply = (x: Tensor, { training = false }: Pick<ApplyOptions, "training"> = {}): Tensor =>
    model(x, {
      training,
      states: Object.fromEntries([...states].map(([name, variable]) => [name, variable.read()])),
      onState: (name, state) => states.get(name)!.assign(state),
    });
  const reset = (): void => {
    for (const variable of states.values()) variable.value = zeros(variable.shape, variable.dtype);
  };
  return Object.assign(apply, { states, reset });
}
