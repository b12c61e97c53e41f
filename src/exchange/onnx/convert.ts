/** From a traced model to a graph of ONNX's operators: layers as a whole where there is a rule for them, ops where not. */
import type { NdArray } from "../../array/index.ts";
import { inputsOf, type NoGradient, type OpNode, type Tensor, type Variable } from "../../graph/index.ts";
import type { LayerRule } from "./layers/rule.ts";
import { layerRules } from "./layers/table.ts";
import { Lowering, type Opset } from "./lowering.ts";
import { cannotExport, type OpRule } from "./ops/rule.ts";
import { opRules } from "./ops/table.ts";
import type { LayerUse, TracedModel } from "./traced.ts";
import type { OnnxGraph, Value } from "./values.ts";

/** A layer that is written as a whole, and the rule for it. */
interface Whole {
  readonly use: LayerUse;
  readonly rule: LayerRule;
}

/** How a graph is to be made. */
export interface ConvertOptions {
  readonly opset: Opset;
  /** Whether the graph normalizes its inputs; otherwise they are to be normalized already. */
  readonly normalizes: boolean;
  /** Whether probabilities along axis 1 follow the output. */
  readonly softmax: boolean;
}

/** @throws CapabilityError for an op that a file cannot say, with its layer's path */
export function convert(
  traced: TracedModel,
  variables: ReadonlyMap<Variable, NdArray>,
  { opset, normalizes, softmax }: ConvertOptions,
): OnnxGraph {
  const { graph, names } = traced;
  const g = new Lowering(traced, variables, opset);
  if (!normalizes) for (const [i, tensor] of traced.prepared.entries()) g.set(tensor, g.inputs[i]);
  const wholes = wholeLayers(traced);
  const needed = neededTensors(traced, wholes, g);
  for (const node of graph.nodes)
    for (const tensor of node.outputs) if (needed.has(tensor) && !g.has(tensor)) write(tensor, wholes, traced, g);
  g.path = "";
  const outputs = graph.outputs.map((tensor) => {
    const value = g.value(tensor);
    return softmax ? g.emit("Softmax", [value], value, { axis: 1 }) : value;
  });
  return {
    inputs: g.inputs,
    nodes: g.nodes,
    outputs: outputs.map((value, i) => nameOutput(value, names.outputs[i], g)),
  };
}

/** The layer that gives each tensor and is written as a whole: the innermost one. */
function wholeLayers({ layers, dims }: TracedModel): ReadonlyMap<Tensor, Whole> {
  const wholes = new Map<Tensor, Whole>();
  for (const use of layers) {
    const rule = layerRules.get(use.layer.type);
    const [output] = use.outputs;
    const isTraced = [output, ...use.inputs].every((tensor) => dims.has(tensor));
    if (rule === undefined || wholes.has(output) || use.inputs.includes(output) || !isTraced) continue;
    if (rule.fits?.(use) ?? true) wholes.set(output, { use, rule });
  }
  return wholes;
}

/** The tensors that have to be made, from the outputs back. */
function neededTensors({ graph }: TracedModel, wholes: ReadonlyMap<Tensor, Whole>, g: Lowering): ReadonlySet<Tensor> {
  const needed = new Set<Tensor>(graph.outputs);
  for (const node of [...graph.nodes].reverse()) {
    for (const tensor of node.outputs) {
      if (!needed.has(tensor) || g.has(tensor) || g.isConstant(tensor)) continue;
      for (const input of wholes.get(tensor)?.use.inputs ?? inputsOf(node)) needed.add(input);
    }
  }
  return needed;
}

function write(tensor: Tensor, wholes: ReadonlyMap<Tensor, Whole>, traced: TracedModel, g: Lowering): void {
  const { node } = tensor;
  if (node.kind !== "op" || g.isConstant(tensor)) return;
  const whole = wholes.get(tensor);
  g.path = whole?.use.path ?? (isNormalization(node, traced) ? "normalization" : node.path);
  const values = whole === undefined ? [ruleOf(node)(node, g)].flat() : [whole.rule.write(whole.use, g)];
  for (const [i, value] of values.entries()) {
    const output = whole === undefined ? node.outputs[i] : tensor;
    if (value !== undefined && !g.has(output)) g.set(output, value);
  }
}

/** Whether a node normalizes an input: (x − mean) / deviation. */
const isNormalization = (node: OpNode, { graph, prepared }: TracedModel): boolean =>
  prepared.some(
    (tensor, i) => tensor !== graph.inputs[i] && (tensor.node === node || inputsOf(tensor.node)[0].node === node),
  );

const isRule = (rule: OpRule | NoGradient | undefined): rule is OpRule => typeof rule === "function";

/** @throws CapabilityError where there is no rule */
function ruleOf({ op, path }: OpNode): OpRule {
  const rule = opRules.get(op);
  if (isRule(rule)) return rule;
  throw cannotExport(op.name, path, rule?.none ?? "it is an op of your own; write it with Fovea's ops");
}

/** Each output is the value of a node, and only one output. */
function nameOutput(value: Value, name: string, g: Lowering): Value {
  const own = value.node === undefined || value.name !== undefined ? g.emit("Identity", [value], value) : value;
  own.name = name;
  return own;
}
