/** Attributes and graphs as text, equal for what is equal: keys under which engines and passes know what has come before. */
import type { NdArray } from "../array/index.ts";
import type { Node, OpNode } from "./tensor.ts";
import { type Graph, inputsOf } from "./trace.ts";
import type { Variable } from "./variable.ts";

/** An attribute as text, different for different values: JSON has no NaN, no infinities and no −0. */
export function formatAttribute(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatAttribute).join()}]`;
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

const identities = new WeakMap<object, number>();
let identityCount = 0;

/** A number for an object, which no other object gets. */
export function identityOf(value: object): number {
  const known = identities.get(value) ?? ++identityCount;
  identities.set(value, known);
  return known;
}

/** An op and its attributes as text. Ops of one name may be different ones. */
export const formatOp = ({ op, attributes }: OpNode): string =>
  `op #${identityOf(op)}${formatAttribute(Object.values(attributes))}`;

/** What tells the variables and constants of a graph apart. */
export interface LeafKeys {
  readonly variable: (variable: Variable) => string | number;
  readonly constant: (value: NdArray) => string | number;
}

/** A graph as text, without its layer paths. */
export function graphKey(graph: Graph, keys: LeafKeys = { variable: identityOf, constant: identityOf }): string {
  const numbers = new Map(graph.nodes.map((node, i) => [node, i]));
  for (const { node } of graph.inputs) if (!numbers.has(node)) numbers.set(node, numbers.size);
  const name = ({ node, index }: { node: Node; index: number }): string => `${numbers.get(node)}.${index}`;
  const describe = (node: Node): string => {
    if (node.kind === "op") return `${formatOp(node)}${inputsOf(node).map(name)}`;
    if (node.kind === "fill") return `fill ${formatAttribute(node.value)}`;
    if (node.kind === "variable") return `variable ${keys.variable(node.variable)}`;
    return node.kind === "constant" ? `constant ${keys.constant(node.value)}` : "input";
  };
  const types = (node: Node): string => node.outputs.map(({ dtype, shape }) => `${dtype}[${shape}]`).join();
  const results = [...graph.inputs.map(name), "to", ...graph.outputs.map(name)];
  const assigned = graph.assignments.map(({ variable, value }) => `${keys.variable(variable)}=${name(value)}`);
  return [...graph.nodes.map((node) => `${describe(node)}:${types(node)}`), ...results, ...assigned].join(";");
}
