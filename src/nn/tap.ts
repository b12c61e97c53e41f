/** Values inside a network, by the path of their layer or node. */
import { isTensor, type Tensor } from "../graph/index.ts";
import type { ApplyOptions } from "./application.ts";
import { checkModel } from "./checks.ts";
import type { Model } from "./model.ts";

/**
 * Applies a model inside a trace and returns inner values, which can be returned, drawn, or differentiated with respect to:
 * the output of the layer `features.3`, of the node `concat` of a network, of one of several outputs as `detector.scores`.
 * @param inputs the input of a model of one input, or all inputs by name
 * @returns the values, by path
 * @throws OptionError for an unknown path, with similar ones
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
