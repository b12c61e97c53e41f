/**
 * Which kernels compute the same in every run, as long as no variable is set: those that pack weights into tiles, transform
 * filters, or compute a scale from running statistics. They read constants, variables that the program does not assign, and
 * what other such kernels write.
 */
import type { Graph } from "../../../graph/index.ts";
import { type Step, unaffected } from "../lower/context/index.ts";
import type { Lowered } from "../lower/index.ts";

/** The invariant steps. A program without inputs has none: all it does would be done once. */
export function invariantSteps(graph: Graph, { steps, leaves, variables, places }: Lowered): ReadonlySet<Step> {
  if (graph.inputs.length === 0) return new Set();
  const inputs = graph.inputs.flatMap(({ node }) => leaves.get(node) ?? []);
  const assigned = graph.assignments.flatMap(({ variable }) => variables.get(variable) ?? []);
  return unaffected(steps, new Set([...inputs, ...assigned, ...places.keys(), ...places.values()]));
}
