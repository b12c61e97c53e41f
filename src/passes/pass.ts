/**
 * A pass is a named function from graphs to graphs with the same meaning. Passes are pure: they create new nodes and do not
 * change old ones, so the former graph stays valid.
 */
import { describeGiven, StateError, sameShape } from "../array/index.ts";
import {
  atPath,
  Body,
  bodiesOf,
  createGraph,
  createNode,
  formatType,
  type Graph,
  inputsOf,
  isOpNode,
  isTensor,
  labelOf,
  type Node,
  type Tensor,
  withInputs,
} from "../graph/index.ts";

export interface Pass {
  /** Its name in reports and messages. */
  readonly name: string;
  /** Returns the same graph object if nothing changed, which ends the driver's loop. */
  readonly run: (graph: Graph) => Graph;
}

/**
 * Replacements of the outputs of `node`, given its rewritten `inputs`; `undefined` keeps the node. Called at the node's
 * layer path, so that new nodes belong to the same layer.
 */
export type Replacement = (node: Node, inputs: readonly Tensor[]) => readonly Tensor[] | undefined;

/**
 * Rebuilds a graph from its leaves up. Every node is visited once, so shared nodes stay shared. Inputs and variables are not
 * offered for replacement: programs know them by identity.
 */
export function rewrite(graph: Graph, replacement: Replacement): Graph {
  const changed = new Map<Tensor, Tensor>();
  const current = (tensor: Tensor): Tensor => changed.get(tensor) ?? tensor;
  for (const node of graph.nodes) {
    if (node.kind === "input" || node.kind === "variable") continue;
    const inputs = inputsOf(node).map(current);
    const outputs = atPath(node.path, () => replacement(node, inputs)) ?? withInputs(node, inputs).outputs;
    node.outputs.forEach((output, i) => {
      if (outputs[i] !== output) changed.set(output, checkedReplacement(outputs[i], output));
    });
  }
  if (changed.size === 0) return graph;
  const assignments = graph.assignments.map(({ variable, value }) => ({ variable, value: current(value) }));
  return createGraph(graph.inputs, graph.outputs.map(current), assignments);
}

/** Replaces the bodies of nodes; `change` returns the same graph where nothing is to change. */
export const rewriteBodies = (graph: Graph, change: (body: Graph) => Graph): Graph =>
  rewrite(graph, (node, inputs) => {
    if (!isOpNode(node)) return undefined;
    const changed = bodiesOf(node)
      .map(([name, body]) => ({ name, body, after: change(body.graph) }))
      .filter(({ body, after }) => after !== body.graph);
    if (changed.length === 0) return undefined;
    const bodies = Object.fromEntries(changed.map(({ name, after }) => [name, new Body(after)]));
    return createNode({ ...node, inputs, attributes: { ...node.attributes, ...bodies } }, node.outputs).outputs;
  });

function checkedReplacement(replacement: Tensor | undefined, old: Tensor): Tensor {
  if (replacement?.dtype === old.dtype && sameShape(replacement.shape, old.shape)) return replacement;
  const got = isTensor(replacement)
    ? `${labelOf(replacement.node)} ${formatType(replacement)}`
    : describeGiven(replacement);
  throw new StateError(`rewrite: ${labelOf(old.node)} ${formatType(old)} was replaced by ${got}; types must agree`);
}
