/** Graphs with other tensors in some places. */
import { atPath } from "./path.ts";
import { createNode, type Node, type Tensor } from "./tensor.ts";
import { inputsOf, sortNodes } from "./trace.ts";

/** The node itself, or a copy with other inputs of the same types. */
export function withInputs(node: Node, inputs: readonly Tensor[]): Node {
  if (node.kind !== "op" || node.inputs.every((input, i) => input === inputs[i])) return node;
  const { kind, op, attributes, path, outputs } = node;
  return atPath(path, () => createNode({ kind, op, attributes, inputs }, outputs));
}

/** The nodes that compute some tensors from others, each after its inputs' nodes. */
export function nodesDependingOn(sources: ReadonlySet<Tensor>, roots: readonly Tensor[]): Node[] {
  const depending = new Set<Node>();
  const leaves = new Set([...sources].map(({ node }) => node).filter(({ kind }) => kind !== "op"));
  return sortNodes(roots).filter((node) => {
    const depends = inputsOf(node).some((input) => sources.has(input) || depending.has(input.node));
    if (depends) depending.add(node);
    return depends || leaves.has(node);
  });
}

/** The same tensors computed from others: copies of all nodes between, in which `replacements` stand for their keys. */
export function substitute(tensors: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const found = new Map(replacements);
  const current = (tensor: Tensor): Tensor => found.get(tensor) ?? tensor;
  for (const node of nodesDependingOn(new Set(replacements.keys()), tensors)) {
    const copy = withInputs(node, inputsOf(node).map(current));
    node.outputs.forEach((output, i) => {
      if (!found.has(output)) found.set(output, copy.outputs[i]);
    });
  }
  return tensors.map(current);
}
