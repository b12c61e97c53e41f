/** Values inside a network, by the path of the layer or node that gives them. */
import { isTensor, type Tensor } from "../graph/index.ts";
import type { ApplyOptions } from "./application.ts";
import { checkModel } from "./checks.ts";
import type { Model } from "./model.ts";

/**
 * Applies a model inside a trace and gives inner values of it, which can be returned, drawn, or differentiated by: the
 * output of the layer `features.3`, of the node `concat` of a network, of one of several outputs as `detector.scores`.
 * @param inputs the input of a model of one input, or all inputs by name
 * @returns the values, by the paths that were given
 * @throws OptionError for a path that the model does not have, with the ones near it
 * @example const { "trunk.3": maps } = tap(model, { image }, ["trunk.3"]);
 */
export function tap(
  model: Model,
  inputs: Tensor | Readonly<Record<string, Tensor>>,
  paths: readonly string[],
  options: Pick<ApplyOptions, "training" | "states"> = {},
): Readonly<Record<string, Tensor>> {
  checkModel("tap", model);
  const values = new Map<string, Tensor>();
  const named = isTensor(inputs) ? { [Object.keys(model.inputs)[0]]: inputs } : inputs;
  model.apply(named, { ...options, taps: paths, onTap: (path, value) => void values.set(path, value) });
  return Object.fromEntries(values);
}
