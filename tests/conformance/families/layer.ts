/** Layers whose parameters and state are tensors of a case, under the names that they have in the layer. */
import { full } from "../../../src/array/index.ts";
import type { Tensor } from "../../../src/graph/index.ts";
import { Application } from "../../../src/nn/application.ts";
import type { Layer } from "../../../src/nn/index.ts";
import { VariableStore } from "../../../src/nn/store.ts";

export interface AppliedLayer {
  readonly y: Tensor;
  /** Parameters and state by name, as they are afterwards. */
  readonly variables: Readonly<Record<string, Tensor>>;
}

/** Applies a layer inside a trace. What `given` does not name is 1. */
export function applyLayer(
  layer: Layer,
  x: Tensor,
  given: Readonly<Record<string, Tensor>>,
  { training = false } = {},
): AppliedLayer {
  const store = new VariableStore(0, (_, { shape, dtype }) => full(shape, 1, dtype));
  // The first application makes the variables; what it computes is not used.
  new Application(store, {}).run(layer, x);
  const variables = [...store.variables.values()];
  for (const variable of variables) if (variable.name in given) variable.assign(given[variable.name]);
  const y = new Application(store, { training }).run(layer, x);
  return { y, variables: Object.fromEntries(variables.map((variable) => [variable.name, variable.read()])) };
}
