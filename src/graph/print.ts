/** Prints graphs: as numbered lines of text, and as Graphviz dot. */
import { bodiesOf } from "./body.ts";
import { formatType, type Node, type Tensor } from "./tensor.ts";
import { type Graph, inputsOf, isOpNode } from "./trace.ts";

/** The label of a node: the op's title, or the leaf's kind and name. */
export function labelOf(node: Node): string {
  switch (node.kind) {
    case "op":
      return node.op.title?.(...node.inputs) ?? node.op.name;
    case "input":
      return node.name;
    case "variable":
      return `variable ${node.variable.name}`;
    case "constant":
      return "constant";
    case "fill":
      return `fill ${node.value}`;
  }
}

const formatAttributes = (node: Node): string =>
  node.kind !== "op" || Object.keys(node.attributes).length === 0
    ? ""
    : ` {${Object.entries(node.attributes)
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(", ")}}`;

function tensorNames(graph: Graph): (tensor: Tensor) => string {
  const numbers = new Map(graph.nodes.map((node, i) => [node, i]));
  for (const { node } of graph.inputs) if (!numbers.has(node)) numbers.set(node, numbers.size);
  return ({ node, index }) => `%${numbers.get(node)}${index > 0 ? `.${index}` : ""}`;
}

/**
 * One line a node: `%5 = conv2d(%0, %3) {stride=[1,1]} : f32[8,6,28,28] # features.0`, then the outputs and assignments.
 * Equal graphs print equally.
 */
export function printGraph(graph: Graph): string {
  const name = tensorNames(graph);
  const lines = graph.nodes.map((node) => {
    const inputs = inputsOf(node);
    const call = `${labelOf(node)}${inputs.length > 0 ? `(${inputs.map(name).join(", ")})` : ""}${formatAttributes(node)}`;
    const types = node.outputs.map(formatType).join(", ");
    const line = `${name(node.outputs[0])} = ${call} : ${types}${node.path === "" ? "" : `  # ${node.path}`}`;
    return [line, ...bodyLines(node)].join("\n");
  });
  const assignments = graph.assignments.map(({ variable, value }) => `assign ${variable.name} = ${name(value)}`);
  return [...lines, ...assignments, `return ${graph.outputs.map(name).join(", ")}`, ""].join("\n");
}

/** The bodies of a node, indented. */
const bodyLines = (node: Node): string[] =>
  isOpNode(node)
    ? bodiesOf(node).flatMap(([, { graph }]) => [
        `  body(${graph.inputs.map(({ node, dtype, shape }) => `${labelOf(node)} ${dtype}[${shape}]`).join(", ")})`,
        ...printGraph(graph)
          .trimEnd()
          .split("\n")
          .map((line) => `    ${line}`),
      ])
    : [];

/** Text as a string of Graphviz dot. */
export const quote = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
const shapes: Record<Node["kind"], string> = {
  op: "box",
  input: "invhouse",
  variable: "cylinder",
  constant: "note",
  fill: "plain",
};

/** A Graphviz digraph: `dot -Tsvg`. Layers become clusters. */
export function graphToDot(graph: Graph): string {
  const name = tensorNames(graph);
  const id = (tensor: Tensor): string => quote(name(tensor.node.outputs[0]));
  const declare = (node: Node): string =>
    `  ${id(node.outputs[0])} [shape=${shapes[node.kind]}, label=${quote(`${labelOf(node)}\n${node.outputs.map(formatType).join("\n")}`).replaceAll("\n", "\\n")}];`;
  const paths = [...new Set(graph.nodes.map(({ path }) => path))];
  const clusters = paths.map((path, i) => {
    const body = graph.nodes.filter((node) => node.path === path).map(declare);
    return path === ""
      ? body.join("\n")
      : [`  subgraph cluster_${i} {`, `  label=${quote(path)};`, ...body, "  }"].join("\n");
  });
  const edges = graph.nodes.flatMap((node) =>
    inputsOf(node).map((input) => `  ${id(input)} -> ${id(node.outputs[0])};`),
  );
  const results = graph.outputs.map((output, i) => `  ${id(output)} -> ${quote(`output${i}`)};`);
  const assigned = graph.assignments.map(
    ({ variable, value }) => `  ${id(value)} -> ${quote(`assign ${variable.name}`)};`,
  );
  return ["digraph fovea {", "  rankdir=TB;", ...clusters, ...edges, ...results, ...assigned, "}", ""].join("\n");
}
