/** Checks that values are networks. */
import { describeGiven, OptionError } from "../array/index.ts";
import { isLayer, type Layer } from "./layer.ts";
import type { Model } from "./model.ts";

/** Whether a value is a model: a network with parameters. */
export const isModel = (value: unknown): value is Model =>
  typeof value === "function" && "variables" in value && "layer" in value;

function kindOfNetwork(value: unknown): string {
  if (isModel(value)) return "a model";
  if (isLayer(value)) return "a layer";
  if (Array.isArray(value)) return "a list; put layers into nn.sequential(…)";
  return describeGiven(value) + (typeof value === "function" ? "; layers are made by a call: nn.relu()" : "");
}

/** Checks that a value is a layer. @throws OptionError otherwise, with the value and how to make a layer */
export function checkLayer(where: string, value: unknown): asserts value is Layer {
  if (isLayer(value)) return;
  const hint = isModel(value) ? "; its layer is model.layer" : "";
  throw new OptionError(`${where}: expects a layer, got ${kindOfNetwork(value)}${hint}`);
}

/** Checks that a value is a model. @throws OptionError otherwise, with the value and how to make a model */
export function checkModel(where: string, value: unknown): asserts value is Model {
  if (isModel(value)) return;
  const hint = isLayer(value) ? "; nn.Model.build(layer, { input }) makes a model, and fit trains one" : "";
  throw new OptionError(`${where}: expects a model, got ${kindOfNetwork(value)}${hint}`);
}

/** The network if it is a model already. @throws OptionError unless it is a layer or a model */
export function modelOf(where: string, network: unknown): Model | undefined {
  if (isModel(network)) return network;
  if (isLayer(network)) return undefined;
  throw new OptionError(`${where}: the network must be a layer or a model, got ${kindOfNetwork(network)}`);
}
