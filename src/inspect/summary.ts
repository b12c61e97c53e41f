/**
 * A network in numbers, layer by layer: output shapes, parameters, multiply-adds, memory for activations, and receptive
 * fields, all read off the traced graph.
 */
import { bytesOf, type Shape, sizeOf } from "../array/index.ts";
import { costOf, isOpNode, type Node, type Tensor } from "../graph/index.ts";
import { checkModel } from "../nn/checks.ts";
import type { Model } from "../nn/index.ts";
import { trace } from "../ops/index.ts";
import { receptiveFields } from "./receptive-fields.ts";

/** What a layer makes of an input, and what it costs. */
export interface LayerSummary {
  /** The layer's path, `features.3`; its parameters are `features.3.weight`, … */
  readonly path: string;
  /** The type of the layer, as in saved models. */
  readonly type: string;
  /** Without the batch axis. */
  readonly output: Shape;
  /** How many trainable numbers the layer itself has. */
  readonly parameters: number;
  /** Multiplications followed by additions, for one input. */
  readonly multiplyAdds: number;
  /** Of the output, for one input. */
  readonly bytes: number;
  /** The patch of the input that one unit sees; `undefined` when it is all of it, or differs from unit to unit. */
  readonly receptiveField: Shape | undefined;
}

/** What a network costs: one row for each layer, and the totals. */
export interface ModelSummary {
  /** The shape of one input, without the batch axis. */
  readonly input: Shape;
  /** The layers, inner ones before those that contain them. */
  readonly layers: readonly LayerSummary[];
  /** How many trainable numbers there are. */
  readonly parameters: number;
  /** Multiplications followed by additions, for one input. */
  readonly multiplyAdds: number;
  /** Of the listed layers' outputs, for one input. */
  readonly bytes: number;
}

/** Layers that contain others count through them, and are listed when they compute something of their own. */
export function summarize(model: Model): ModelSummary {
  checkModel("summarize", model);
  const outputs: { path: string; type: string; output: Tensor }[] = [];
  const { graph } = trace(
    (x) => model(x, { onLayer: (path, { type }, output) => outputs.push({ path, type, output }) }),
    [{ shape: [1, ...model.input], dtype: model.dtype }],
  );
  const fieldOf = receptiveFields(graph.outputs, model.input);
  outputs.push({ path: "", type: model.layer.type, output: graph.outputs[0] });
  const isLeaf = (path: string): boolean => !outputs.some((other) => isInside(other.path, path));
  const all = outputs.map(({ path, type, output }) => ({
    path,
    type,
    output: output.shape.slice(1),
    parameters: countParameters(model, path),
    multiplyAdds: graph.nodes.filter((node) => node.path === path).reduce((sum, node) => sum + multiplyAddsOf(node), 0),
    bytes: sizeOf(output.shape) * bytesOf(output.dtype),
    receptiveField: fieldOf(output.node),
  }));
  const layers = all.filter(({ path, parameters, multiplyAdds }) => parameters + multiplyAdds > 0 || isLeaf(path));
  const total = (key: "parameters" | "multiplyAdds" | "bytes"): number =>
    layers.reduce((sum, layer) => sum + layer[key], 0);
  return {
    input: model.input,
    layers,
    parameters: total("parameters"),
    multiplyAdds: total("multiplyAdds"),
    bytes: total("bytes"),
  };
}

const isInside = (path: string, outer: string): boolean => (outer === "" ? path !== "" : path.startsWith(`${outer}.`));

const countParameters = (model: Model, path: string): number =>
  model.variables
    .filter(({ name, trainable }) => trainable && name.slice(0, Math.max(0, name.lastIndexOf("."))) === path)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const multiplyAddsOf = (node: Node): number => (isOpNode(node) ? costOf(node).multiplyAdds : 0);
