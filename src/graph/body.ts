/**
 * A graph inside a node: an attribute that says what the node's op computes, as the step of a loop does. It is a function of
 * its inputs alone. Its leaves are its inputs and fills; variables and constants of the graph around it come as inputs.
 */
import type { Kind } from "../options/index.ts";
import { graphKey } from "./keys.ts";
import type { OpNode } from "./tensor.ts";
import type { Graph } from "./trace.ts";

/** A graph as an attribute. Equal text means equal graphs. */
export class Body {
  readonly graph: Graph;
  #key: string | undefined;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  toString(): string {
    this.#key ??= `{${graphKey(this.graph)}}`;
    return this.#key;
  }

  /** For people; printers of graphs show the body below its node. */
  toJSON(): string {
    return `${this.graph.nodes.length} nodes`;
  }
}

/** Attributes that are bodies. */
export const bodyKind: Kind<Body> = {
  expects: "the body of a loop, which tracing makes",
  read: (value) => (value instanceof Body ? value : undefined),
};

/** The bodies of a node, by the names of the attributes. */
export const bodiesOf = ({ attributes }: OpNode): [name: string, body: Body][] =>
  Object.entries(attributes).filter((entry): entry is [string, Body] => entry[1] instanceof Body);
