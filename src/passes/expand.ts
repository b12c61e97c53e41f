/**
 * Puts other ops in the place of those that say how (`expand` in their record). Not one of the passes of `optimize`, which
 * keep every bit: the interpreter computes such an op by its reference, with roundings of its own.
 */
import { type Graph, isOpNode } from "../graph/index.ts";
import { rewrite } from "./pass.ts";

/** A graph of the same meaning. What an op expands to must not have to be expanded itself. */
export const expand = (graph: Graph): Graph =>
  rewrite(graph, (node, inputs) => (isOpNode(node) ? node.op.expand?.({ ...node, inputs } as never) : undefined));
