/**
 * Replaces ops whose record has `expand`. Not one of the passes of `optimize`, which keep every bit: the interpreter computes
 * such an op by its reference, which rounds differently.
 */
import { CapabilityError } from "../array/index.ts";
import { type Graph, isOpNode, labelOf, located, type OpNode } from "../graph/index.ts";
import { rewrite, rewriteBodies } from "./pass.ts";

/** Limit of nested expansions, which are rare; an op that expands to itself would never end. */
const MOST_EXPANSIONS = 20;

/**
 * Expands ops; the graph keeps its meaning.
 * @param isKept whether to keep a node although its op has an expansion, such as for an engine's kernel
 * @throws CapabilityError for an op that expands to itself
 */
export function expand(graph: Graph, isKept: (node: OpNode) => boolean = () => false): Graph {
  let current = graph;
  let last: OpNode | undefined;
  for (let round = 0; round < MOST_EXPANSIONS; round++) {
    const before = current;
    current = rewrite(before, (node, inputs) => {
      if (!isOpNode(node) || node.op.expand === undefined || isKept(node)) return undefined;
      last = node;
      return node.op.expand({ ...node, inputs } as never);
    });
    current = rewriteBodies(current, (body) => expand(body, isKept));
    if (current === before) return current;
  }
  throw new CapabilityError(
    `${located(labelOf(last!), last!.path)}: expands to itself, directly or through other ops; \`expand\` must end in ops of Fovea`,
  );
}
