/**
 * The last step: nodes that no output needs are left out, and what remains is named after the layers, `/features/0/Conv`, as
 * viewers of networks group them.
 */
import { type Constant, isConstant, type OnnxGraph, type OnnxNode } from "./values.ts";

/** A graph in which everything has a name, unique in it, and its constants. */
export interface NamedGraph extends OnnxGraph {
  readonly constants: readonly Constant[];
}

export function nameGraph(graph: OnnxGraph): NamedGraph {
  const nodes = neededNodes(graph);
  const names = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name!));
  const constants = new Set(nodes.flatMap(({ inputs }) => inputs.filter(isConstant)));
  // Parameters keep their names, so they come first.
  for (const constant of constants) if (constant.name !== undefined) constant.name = unique(constant.name, names);
  for (const node of nodes) nameNode(node, names);
  return { ...graph, nodes, constants: [...constants] };
}

function neededNodes({ nodes, outputs }: OnnxGraph): OnnxNode[] {
  const needed = new Set(outputs.map(({ node }) => node));
  return [...nodes]
    .reverse()
    .filter((node) => {
      if (!needed.has(node)) return false;
      for (const input of node.inputs) needed.add(input?.node);
      return true;
    })
    .reverse();
}

function nameNode(node: OnnxNode, names: Set<string>): void {
  const layer = node.path === "" ? "" : `/${node.path.replaceAll(".", "/")}`;
  node.name = unique(`${layer}/${node.operator}`, names);
  for (const [i, input] of node.inputs.entries())
    if (isConstant(input)) input.name ??= unique(`${node.name}_input_${i}`, names);
  for (const [i, output] of node.outputs.entries()) output.name ??= unique(`${node.name}_output_${i}`, names);
}

function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let count = 1; names.has(free); count++) free = `${name}_${count}`;
  names.add(free);
  return free;
}
