/** The expressions that groups of elementwise ops compute for one element, or for a vector of them. */
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

/** Expressions that share what they are computed from. */
export interface Expressions {
  readonly sources: readonly Tensor[];
  readonly compute: (b: KernelBuilder, read: Reader, lanes: number) => readonly Value[];
}

/** Whether a node is part of one of the expressions that end at some nodes. */
export const isPartOf = (node: Node, into: readonly Node[], groups: Pick<Groups, "ends" | "copied">): node is OpNode =>
  node.kind === "op" &&
  (into.includes(node) || into.includes(groups.ends.get(node) ?? node) || groups.copied.has(node)) &&
  isElementwise(node);

/** The tensors in memory, or made on the way, that expressions are computed from. */
export function sourcesOf(tensors: readonly Tensor[], isInside: (node: Node) => boolean): Tensor[] {
  const seen = new Set<Tensor>();
  const sources = new Set<Tensor>();
  const find = (part: Tensor): void => {
    if (part.node.kind === "fill" || seen.has(part)) return;
    seen.add(part);
    if (isInside(part.node)) (part.node as OpNode).inputs.forEach(find);
    else sources.add(part);
  };
  tensors.forEach(find);
  return [...sources];
}

/** The expressions of tensors: their own ops and those of their groups, down to what is in memory. */
export function expressionsOf(tensors: readonly Tensor[], into: readonly Node[], groups: Groups): Expressions {
  const isInside = (node: Node): node is OpNode => isPartOf(node, into, groups);
  const sources = sourcesOf(tensors, isInside);
  const numbers = new Map(sources.map((source, i) => [source, i]));
  const compute = (b: KernelBuilder, read: Reader, lanes: number): Value[] => {
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
      const source = numbers.get(part);
      if (source !== undefined) return read(source);
      return constant(node.kind === "fill" ? node.value : 0, { lane: laneOfType(part.dtype), lanes });
    };
    return tensors.map(evaluate);
  };
  return { sources, compute };
}

/** The expression of one tensor. */
export function expressionOf(tensor: Tensor, end: Node, groups: Groups): Expression {
  const { sources, compute } = expressionsOf([tensor], [end], groups);
  return { sources, compute: (b, read, lanes) => compute(b, read, lanes)[0] };
}
