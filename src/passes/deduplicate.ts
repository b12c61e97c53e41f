/**
 * Common subexpressions: of nodes that compute the same thing, the first stays, with its layer path. This includes random
 * numbers, which are a function of their address.
 */
import { type NdArray, sameArray } from "../array/index.ts";
import { formatAttribute, formatType, type Node, type OpNode, type Tensor, withInputs } from "../graph/index.ts";
import { type Pass, rewrite } from "./pass.ts";

/** Numbers objects in the order in which they are first seen. */
function objectNumbers(): (object: object) => number {
  const numbers = new Map<object, number>();
  return (object) => {
    const number = numbers.get(object) ?? numbers.size;
    numbers.set(object, number);
    return number;
  };
}

/** Maps each array to the first equal one. */
function distinctArrays(): (value: NdArray) => NdArray {
  const byType = new Map<string, NdArray[]>();
  return (value) => {
    const type = formatType(value);
    const others = byType.get(type) ?? [];
    byType.set(type, others);
    const known = others.find((other) => other === value || sameArray(other, value));
    if (known === undefined) others.push(value);
    return known ?? value;
  };
}

/** Keys of nodes: equal keys for equal values. */
function keying(): (node: Node, inputs: readonly Tensor[]) => string {
  const numberOf = objectNumbers();
  const distinct = distinctArrays();
  const application = ({ op, attributes }: OpNode, inputs: readonly Tensor[]): string => {
    const operands = inputs.map(numberOf);
    if (op.commutative) operands.sort((a, b) => a - b);
    // The schema fixes the order of the attributes.
    const options = Object.keys(op.attributes).map((name) => formatAttribute(attributes[name]));
    return `op ${numberOf(op)} (${operands}) ${options}`;
  };
  return (node, inputs) => {
    switch (node.kind) {
      case "op":
        return application(node, inputs);
      case "fill":
        return `fill ${formatAttribute(node.value)} ${formatType(node.outputs[0])}`;
      case "constant":
        return `constant ${numberOf(distinct(node.value))}`;
      default:
        return `leaf ${numberOf(node)}`;
    }
  };
}

export const deduplicate: Pass = {
  name: "deduplicate",
  run: (graph) => {
    const keyOf = keying();
    const firsts = new Map<string, Node>();
    return rewrite(graph, (node, inputs) => {
      const key = keyOf(node, inputs);
      const first = firsts.get(key) ?? withInputs(node, inputs);
      firsts.set(key, first);
      return first.outputs;
    });
  },
};
