/** What does not depend on the inputs is computed when the file is made: by the references of the ops, from the variables. */
import { allocate, NdArray, sizeOf } from "../../array/index.ts";
import { type Graph, inputsOf, type Node, type OpNode, type Tensor, type Variable } from "../../graph/index.ts";
import type { Dim } from "./values.ts";

/** The constant tensors of a graph, and their values. */
export class Constants {
  readonly #nodes = new Set<Node>();
  readonly #variables: ReadonlyMap<Variable, NdArray>;
  readonly #values = new Map<Tensor, NdArray>();

  /** @param dims the lengths of the tensors: one that depends on the number of samples is no constant */
  constructor(graph: Graph, dims: ReadonlyMap<Tensor, readonly Dim[]>, variables: ReadonlyMap<Variable, NdArray>) {
    this.#variables = variables;
    for (const node of graph.nodes) {
      const isFixed = node.outputs.every((tensor) => dims.get(tensor)!.every((dim) => typeof dim === "number"));
      if (isFixed && node.kind !== "input" && inputsOf(node).every((input) => this.#nodes.has(input.node)))
        this.#nodes.add(node);
    }
  }

  /** Whether a tensor is the same for all inputs. */
  has({ node }: Tensor): boolean {
    return this.#nodes.has(node);
  }

  /** The value of a constant tensor. */
  valueOf(tensor: Tensor): NdArray {
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    for (const [i, value] of this.#compute(tensor.node).entries()) this.#values.set(tensor.node.outputs[i], value);
    return this.#values.get(tensor)!;
  }

  #compute(node: Node): readonly NdArray[] {
    switch (node.kind) {
      case "variable":
        return [this.#variables.get(node.variable)!];
      case "constant":
        return [node.value];
      case "op":
        return evaluate(
          node,
          node.inputs.map((input) => this.valueOf(input)),
        );
      default: {
        const [filled] = node.outputs.map(emptyOf);
        if (node.kind === "fill") filled.data.fill(node.value);
        return [filled];
      }
    }
  }
}

const emptyOf = ({ shape, dtype }: Tensor): NdArray => new NdArray(allocate(dtype, sizeOf(shape)), shape, dtype);

function evaluate({ op, attributes, outputs }: OpNode, inputs: readonly NdArray[]): readonly NdArray[] {
  const results = outputs.map(emptyOf);
  op.reference(attributes as never, inputs, results);
  return results;
}
