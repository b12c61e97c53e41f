/** The expression that a group of elementwise ops computes for one element, or for a vector of them. */
import type { Node, OpNode, Tensor } from "../../../../graph/index.ts";
import { constant, type KernelBuilder, type Value } from "../../loops/index.ts";
import { laneOfType, type Reader } from "../context/index.ts";
import { applyElementwise, isElementwise } from "./elementwise.ts";
import type { Groups } from "./groups.ts";

/** An expression over sources, which are in memory or are made by a product on the way. */
export interface Expression {
  readonly sources: readonly Tensor[];
  readonly compute: (b: KernelBuilder, read: Reader, lanes: number) => Value;
}

/** Whether a node is part of the expression that ends at a node. */
export const isPartOf = (node: Node, end: Node, { ends, copied }: Groups): node is OpNode =>
  node.kind === "op" && (node === end || ends.get(node) === end || copied.has(node)) && isElementwise(node);

/** The expression of a tensor: its own op and those of its group, down to what is in memory. */
export function expressionOf(tensor: Tensor, end: Node, groups: Groups): Expression {
  const sources = new Map<Tensor, number>();
  const isInside = (node: Node): node is OpNode => isPartOf(node, end, groups);
  const find = (part: Tensor): void => {
    if (part.node.kind === "fill" || sources.has(part)) return;
    if (isInside(part.node)) part.node.inputs.forEach(find);
    else sources.set(part, sources.size);
  };
  find(tensor);
  const compute = (b: KernelBuilder, read: Reader, lanes: number): Value => {
    const values = new Map<Tensor, Value>();
    const evaluate = (part: Tensor): Value => {
      const known = values.get(part);
      if (known !== undefined) return known;
      const value = b.local(compute1(part));
      values.set(part, value);
      return value;
    };
    const compute1 = (part: Tensor): Value => {
      const { node } = part;
      if (isInside(node)) return applyElementwise(b, node, node.inputs.map(evaluate));
      const source = sources.get(part);
      if (source !== undefined) return read(source);
      return constant(node.kind === "fill" ? node.value : 0, { lane: laneOfType(part.dtype), lanes });
    };
    return evaluate(tensor);
  };
  return { sources: [...sources.keys()], compute };
}
