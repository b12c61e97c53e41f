/**
 * A network in numbers, layer by layer: output shapes, parameters, multiply-adds, memory for activations, and receptive
 * fields, all read off the traced graph.
 */
import { bytesOf, type Shape, sizeOf } from "../array/index.ts";
import { costOf, isOpNode, type Node } from "../graph/index.ts";
import type { Layer, Model } from "../nn/index.ts";
import { checkModel } from "../nn/index.ts";
import { type GraphFields, graphFields } from "./fields/index.ts";
import { applyOnce } from "./rows.ts";

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
  /** Neurons: the outputs of a layer of products, for one input; 0 for layers that multiply nothing by parameters. */
  readonly units: number;
  /** Multiplications followed by additions, for one input: connections. */
  readonly multiplyAdds: number;
  /** Of the output, for one input. */
  readonly bytes: number;
  /**
   * The patch of the input that one unit sees; `undefined` when it is all of it, or differs from unit to unit. Of models
   * of several inputs see `receptiveFields`.
   */
  readonly receptiveField: Shape | undefined;
  /** Of models of several inputs: the patch of each input that the layer depends on, or `all` of it. */
  readonly receptiveFields?: Readonly<Record<string, Shape | "all">> | undefined;
  /** Where there is a network of nodes: the layers and inputs that the layer is applied to. */
  readonly from?: readonly string[] | undefined;
}

/** What a network costs: one row for each layer, and the totals. */
export interface ModelSummary {
  /** Of a model of one input, its shape without the batch axis; of a sequence with as many steps as it may have. */
  readonly input?: Shape | undefined;
  /** Of a model of several inputs, their shapes without the batch axis. */
  readonly inputs?: Readonly<Record<string, Shape>> | undefined;
  /** The layers, inner ones before those that contain them. */
  readonly layers: readonly LayerSummary[];
  /** How many trainable numbers there are. */
  readonly parameters: number;
  /** Neurons: the outputs of convolutions, linear and recurrent layers, for one input. */
  readonly units: number;
  /** Multiplications followed by additions, for one input: connections. */
  readonly multiplyAdds: number;
  /** Of the listed layers' outputs, for one input. */
  readonly bytes: number;
}

/**
 * A model layer by layer, for one sample. Layers that contain others count through them, and are listed when they compute
 * something of their own. A layer that is applied again counts its multiply-adds again, and its parameters once.
 */
export function summarize(model: Model): ModelSummary {
  checkModel("summarize", model);
  const { rows, graph, inputs, hasNodes } = applyOnce(model);
  const fields = [...inputs].map(
    ([name, tensor]) => [name, graphFields(graph.outputs, tensor, mapAxes(tensor))] as const,
  );
  const isSingle = fields.length === 1;
  const all = rows.map((row) => {
    const { path, type, layer, output, from, isLeaf } = row;
    const multiplyAdds = multiplyAddsAt(graph.nodes, path);
    return {
      path,
      type,
      // What takes no input has no batch axis.
      output: layer.inputs.length === 0 ? output.shape : output.shape.slice(1),
      parameters: countParameters(model, path),
      units: multiplyAdds > 0 && !isOp(layer) ? sizeOf(output.shape) : 0,
      multiplyAdds,
      bytes: sizeOf(output.shape) * bytesOf(output.dtype),
      receptiveField: isSingle ? fields[0][1].sizeOf(output.node) : undefined,
      ...(!isSingle && { receptiveFields: fieldsOf(fields, output.node) }),
      ...(hasNodes && { from: from.map(({ name }) => name) }),
      isLeaf,
    };
  });
  const layers = all
    .filter(({ parameters, multiplyAdds, isLeaf }) => parameters + multiplyAdds > 0 || isLeaf)
    .map(({ isLeaf: _, ...layer }) => layer);
  const total = (key: "parameters" | "units" | "multiplyAdds" | "bytes"): number =>
    layers.reduce((sum, layer) => sum + layer[key], 0);
  const shapes = Object.entries(model.inputs).map(([name, { shape }]) => [name, shape] as const);
  return {
    ...(isSingle ? { input: shapes[0][1] } : { inputs: Object.fromEntries(shapes) }),
    layers,
    parameters: total("parameters"),
    units: total("units"),
    multiplyAdds: total("multiplyAdds"),
    bytes: total("bytes"),
  };
}

/** What is seen of each input that a node depends on. */
const fieldsOf = (
  fields: readonly (readonly [name: string, GraphFields])[],
  node: Node,
): Readonly<Record<string, Shape | "all">> =>
  Object.fromEntries(
    fields
      .filter(([, { fieldOf }]) => fieldOf(node) !== undefined)
      .map(([name, { sizeOf: size }]) => [name, size(node) ?? ("all" as const)]),
  );

/** The axes of maps, [n, channels, …spatial]. */
const mapAxes = ({ shape }: Tensor): number[] => shape.slice(2).map((_, i) => i + 2);

const countParameters = (model: Model, path: string): number =>
  model.variables
    .filter(({ name, trainable }) => trainable && name.slice(0, Math.max(0, name.lastIndexOf("."))) === path)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const multiplyAddsAt = (nodes: readonly Node[], path: string): number =>
  nodes.filter((node) => node.path === path).reduce((sum, node) => sum + multiplyAddsOf(node), 0);

/** Products of two activations, such as `matmul`, have no units of their own. */
const isOp = ({ outputs }: Layer): boolean => outputs === undefined;

const multiplyAddsOf = (node: Node): number => (isOpNode(node) ? costOf(node).multiplyAdds : 0);
