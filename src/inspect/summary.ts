/**
 * A network in numbers, layer by layer: output shapes, parameters, multiply-adds, memory for activations, and receptive
 * fields, all read off the traced graph.
 *
 * The receptive field of a unit is the patch of the input that it sees (CMU 11-785, "Receptive fields"). Through a
 * window of reach k = dilation · (kernel − 1) + 1 and stride s it grows from r to r + (k − 1) · jump, and the distance
 * between neighbouring units, the jump, becomes jump · s.
 */
import { bytesOf, type Shape, sizeOf } from "../array/index.ts";
import { isOpNode, type Node, type OpNode, sortNodes, type Tensor, trace } from "../graph/index.ts";
import { checkModel } from "../nn/checks.ts";
import type { Model } from "../nn/index.ts";

export interface LayerSummary {
  /** The layer's path, `features.3`; its parameters are `features.3.weight`, … */
  readonly path: string;
  readonly type: string;
  /** Without the batch axis. */
  readonly output: Shape;
  readonly parameters: number;
  /** Multiplications followed by additions, for one input. */
  readonly multiplyAdds: number;
  /** Of the output, for one input. */
  readonly bytes: number;
  /** The patch of the input that one unit sees; `undefined` when it is all of it, or differs from unit to unit. */
  readonly receptiveField: Shape | undefined;
}

export interface ModelSummary {
  readonly input: Shape;
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly multiplyAdds: number;
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
  const fields = receptiveFields(graph.outputs, model.input);
  outputs.push({ path: "", type: model.layer.type, output: graph.outputs[0] });
  const isLeaf = (path: string): boolean => !outputs.some((other) => isInside(other.path, path));
  const all = outputs.map(({ path, type, output }) => ({
    path,
    type,
    output: output.shape.slice(1),
    parameters: countParameters(model, path),
    multiplyAdds: graph.nodes.filter((node) => node.path === path).reduce((sum, node) => sum + multiplyAddsOf(node), 0),
    bytes: sizeOf(output.shape) * bytesOf(output.dtype),
    receptiveField: fields.get(output.node)?.size,
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

/** Every output element of a convolution takes one multiply-add per filter weight, of a product one per inner element. */
const costs: Readonly<Record<string, (node: OpNode) => number>> = {
  conv: ({ inputs: [, filters], outputs: [y] }) => sizeOf(y.shape) * sizeOf(filters.shape.slice(1)),
  /** Transposed convolution: every input element is multiplied with its filter. */
  convInputGradient: ({ inputs: [x, filters] }) => sizeOf(x.shape) * sizeOf(filters.shape.slice(1)),
  matmul: ({ inputs: [a], attributes, outputs: [y] }) =>
    sizeOf(y.shape) * a.shape[a.shape.length - (attributes.transposeA ? 2 : 1)],
  /** Each step of each sample meets the whole weight. */
  recurrence: ({ inputs: [input, weight] }) => sizeOf(input.shape.slice(0, 2)) * sizeOf(weight.shape),
};

const multiplyAddsOf = (node: Node): number => (isOpNode(node) ? (costs[node.op.name]?.(node) ?? 0) : 0);

interface Field {
  readonly size: readonly number[];
  readonly jump: readonly number[];
}

/** The receptive field of each node in the input; nodes that see all of it, none, or different amounts are left out. */
function receptiveFields(outputs: readonly Tensor[], input: Shape): Map<Node, Field> {
  const fields = new Map<Node, Field>();
  const ones = input.slice(1).map(() => 1);
  for (const node of sortNodes(outputs)) {
    if (node.kind === "input") fields.set(node, { size: ones, jump: ones });
    if (!isOpNode(node) || hasNoField(node, ones.length)) continue;
    const seen = node.inputs.flatMap((tensor) => fields.get(tensor.node) ?? []);
    if (seen.length > 0) fields.set(node, throughWindow(node, widest(seen)));
  }
  return fields;
}

/** Ops that read or write at positions of their own, so that units see different amounts. */
const relocating = new Set(["gather", "scatterAdd", "broadcastTo"]);
const reductions = new Set(["sum", "reduceMax", "reduceMin"]);

/** Whether units see everything, or different amounts: as they do between the filters of a strided transposed convolution. */
function hasNoField({ op, inputs: [x], attributes }: OpNode, spatialRank: number): boolean {
  if (op.name === "matmul" || relocating.has(op.name)) return true;
  if (op.name === "convInputGradient") return (attributes.stride as readonly number[]).some((stride) => stride > 1);
  if (op.name === "softmax") return x.shape.length === 2;
  const axes = attributes.axes as readonly number[];
  return reductions.has(op.name) && axes.some((axis) => axis >= Math.max(2, x.shape.length - spatialRank));
}

const widest = (fields: readonly Field[]): Field => ({
  size: fields[0].size.map((_, axis) => Math.max(...fields.map(({ size }) => size[axis]))),
  jump: fields[0].jump.map((_, axis) => Math.max(...fields.map(({ jump }) => jump[axis]))),
});

function throughWindow(node: OpNode, { size, jump }: Field): Field {
  const {
    stride,
    dilation,
    kernel = node.inputs[1]?.shape.slice(2),
  } = node.attributes as Record<string, readonly number[] | undefined>;
  if (stride === undefined || dilation === undefined || kernel === undefined) return { size, jump };
  return {
    size: size.map((r, axis) => r + dilation[axis] * (kernel[axis] - 1) * jump[axis]),
    jump: jump.map((j, axis) => j * stride[axis]),
  };
}
