/** Finds out where a value that is not a number, or infinite, first came up in a step. */
import { isFloat, type NdArray } from "../array/index.ts";
import { createInterpreter } from "../engines/index.ts";
import { type Graph, isOpNode, labelOf, type Node } from "../graph/index.ts";

const allFinite = ({ dtype, data }: NdArray): boolean => !isFloat(dtype) || data.every((x) => Number.isFinite(x));

/**
 * Runs a step once more on the interpreter, changing nothing, and describes where the values came up that made a result of
 * it not finite: `exp in layer 3 (f32[128,10])`. What does no harm, as unknown points that are NaN, is not meant. `undefined`
 * when all values are finite there.
 */
export async function firstNotFinite(graph: Graph, inputs: readonly NdArray[]): Promise<string | undefined> {
  const bad = new Map<Node, string>();
  const watch = (node: Node, outputs: readonly NdArray[]): boolean => {
    const broken = outputs.find((output) => !allFinite(output));
    // What a program writes down is meant, and may not be taken.
    if (broken !== undefined && node.kind !== "fill") bad.set(node, describe(node, broken));
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

function describe(node: Node, { data, dtype, shape }: NdArray): string {
  const value = data.find((x) => !Number.isFinite(x));
  const what = node.kind === "input" ? "the inputs" : labelOf(node);
  const where = node.path === "" ? "" : ` of layer ${node.path}`;
  return `${value} in ${what}${where} (${dtype}[${shape}])`;
}
