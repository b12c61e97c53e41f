/** Finds the first NaN or infinity of a step. */
import { isFloat, type NdArray } from "../array/index.ts";
import { createInterpreter } from "../engines/index.ts";
import { type Graph, isOpNode, labelOf, type Node } from "../graph/index.ts";

const allFinite = ({ dtype, data }: NdArray): boolean => !isFloat(dtype) || data.every((x) => Number.isFinite(x));

/**
 * Repeats a step on the interpreter, without changing variables, and describes where the values come from that make a result
 * non-finite: `exp in layer 3 (f32[128,10])`. Non-finite values that no result depends on, such as unknown points, are not
 * meant. `undefined` when all values are finite.
 */
export async function firstNotFinite(graph: Graph, inputs: readonly NdArray[]): Promise<string | undefined> {
  const bad = new Map<Node, string>();
  const watch = (node: Node, outputs: readonly NdArray[]): boolean => {
    const broken = outputs.find((output) => !allFinite(output));
    // Constants of the program are intended; the result of selecting one is what is reported.
    if (broken !== undefined && node.kind !== "fill") bad.set(node, describeValues(node, broken));
    return false;
  };
  await createInterpreter({ watch })
    .compile({ ...graph, assignments: [], outputs: [] })
    .run(inputs);
  const result = graph.outputs.find(({ node }) => bad.has(node));
  return result === undefined ? [...bad.values()][0] : bad.get(originOf(result.node, bad));
}

/** From a node with broken values back to one whose inputs are sound. */
function originOf(node: Node, bad: ReadonlyMap<Node, string>): Node {
  let origin = node;
  while (isOpNode(origin)) {
    const before = origin.inputs.find((input) => bad.has(input.node));
    if (before === undefined) break;
    origin = before.node;
  }
  return origin;
}

function describeValues(node: Node, { data, dtype, shape }: NdArray): string {
  const value = data.find((x) => !Number.isFinite(x));
  const what = node.kind === "input" ? "the inputs" : labelOf(node);
  const where = node.path === "" ? "" : ` of layer ${node.path}`;
  return `${value} in ${what}${where} (${dtype}[${shape}])`;
}
