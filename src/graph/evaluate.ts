/** What a graph computes, by the reference meanings of its ops, one node after the other. */
import { type DType, full, type NdArray, takingMemory, zeros } from "../array/index.ts";
import { located } from "./path.ts";
import { labelOf } from "./print.ts";
import { formatType, type Node, type Tensor } from "./tensor.ts";
import { type Graph, inputsOf } from "./trace.ts";

/** How a graph is evaluated. */
export interface EvaluateOptions {
  /** The element type in which values of a type are computed. Default: itself. */
  readonly working?: ((dtype: DType) => DType) | undefined;
  /** Sees the outputs of each node as they are computed; returning `true` ends the run there. */
  readonly watch?: ((node: Node, outputs: readonly NdArray[]) => boolean | undefined) | undefined;
}

/**
 * The values of the graph's outputs and next values of variables, by tensor, in the types in which they are computed.
 * @param inputs the values of the graph's inputs, in order
 * @returns `undefined` where `watch` ended the run
 */
export function evaluateGraph(
  graph: Graph,
  inputs: readonly NdArray[],
  { working = (dtype) => dtype, watch }: EvaluateOptions = {},
): ((tensor: Tensor) => NdArray) | undefined {
  const given = new Map(graph.inputs.map(({ node }, i) => [node, inputs[i]]));
  const uses = countUses(graph);
  const values = new Map<Node, readonly NdArray[]>();
  const read = ({ node, index }: Tensor): NdArray => values.get(node)?.[index] ?? given.get(node)!;
  for (const node of graph.nodes) {
    const outputs = compute(node, given, read, working);
    values.set(node, outputs);
    if (watch?.(node, outputs)) return undefined;
    for (const input of inputsOf(node)) release(input.node, uses, values);
  }
  return read;
}

function compute(
  node: Node,
  given: ReadonlyMap<Node, NdArray>,
  read: (tensor: Tensor) => NdArray,
  working: (dtype: DType) => DType,
): readonly NdArray[] {
  const inWorkingType = (value: NdArray): NdArray =>
    working(value.dtype) === value.dtype ? value : value.cast(working(value.dtype));
  switch (node.kind) {
    case "input":
      return [inWorkingType(given.get(node)!)];
    case "variable":
      return [inWorkingType(node.variable.value)];
    case "constant":
      return [inWorkingType(node.value)];
    case "fill":
      return node.outputs.map(({ shape, dtype }) => full(shape, node.value, working(dtype)));
    case "op": {
      return takingMemory(
        () => `what ${located(labelOf(node), node.path)} needs to compute ${node.outputs.map(formatType).join(", ")}`,
        () => {
          const outputs = node.outputs.map(({ shape, dtype }) => zeros(shape, working(dtype)));
          node.op.reference(node.attributes as never, node.inputs.map(read), outputs);
          return outputs;
        },
      );
    }
  }
}

/** How often each node is still needed; results count once more, so that they are never released. */
function countUses(graph: Graph): Map<Node, number> {
  const uses = new Map<Node, number>();
  const use = ({ node }: Tensor): unknown => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of graph.nodes) inputsOf(node).forEach(use);
  graph.outputs.forEach(use);
  for (const { value } of graph.assignments) use(value);
  return uses;
}

function release(node: Node, uses: Map<Node, number>, values: Map<Node, unknown>): void {
  const left = uses.get(node)! - 1;
  uses.set(node, left);
  if (left === 0) values.delete(node);
}
