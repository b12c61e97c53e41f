/** Finds the first NaN or infinity of a step. */
import { isFloat, type NdArray } from "../array/index.ts";
import { createInterpreter } from "../engines/index.ts";
import { type Graph, labelOf, type Node } from "../graph/index.ts";

const allFinite = ({ dtype, data }: NdArray): boolean => !isFloat(dtype) || data.every((x) => Number.isFinite(x));

/**
 * Repeats a step on the interpreter, without changing variables, and describes the first node with a non-finite output: `exp
 * in layer 3 (f32[128,10])`. `undefined` when all values are finite.
 */
export async function firstNotFinite(graph: Graph, inputs: readonly NdArray[]): Promise<string | undefined> {
  let found: string | undefined;
  const watch = (node: Node, outputs: readonly NdArray[]): boolean => {
    const bad = outputs.find((output) => !allFinite(output));
    if (bad !== undefined) found = describeValues(node, bad);
    return bad !== undefined;
  };
  await createInterpreter({ watch })
    .compile({ ...graph, assignments: [], outputs: [] })
    .run(inputs);
  return found;
}

function describeValues(node: Node, { data, dtype, shape }: NdArray): string {
  const value = data.find((x) => !Number.isFinite(x));
  const what = node.kind === "input" ? "the inputs" : labelOf(node);
  const where = node.path === "" ? "" : ` of layer ${node.path}`;
  return `${value} in ${what}${where} (${dtype}[${shape}])`;
}
