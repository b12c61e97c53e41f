/** Variables whose values lie on the device of another engine, for engines that read them at once. */
import type { Graph, Variable } from "../graph/index.ts";

/** Every variable that a graph reads or assigns, each once. */
export function variablesOf(graph: Graph): Variable[] {
  const read = graph.nodes.flatMap((node) => (node.kind === "variable" ? [node.variable] : []));
  return [...new Set([...read, ...graph.assignments.map(({ variable }) => variable)])];
}

/** Waits until the values of variables are at hand; `undefined` where all of them are. */
export function untilAtHand(variables: readonly Variable[]): Promise<unknown> | undefined {
  const awaited = variables.map((variable) => variable.peek()).filter((value) => value instanceof Promise);
  return awaited.length === 0 ? undefined : Promise.all(awaited);
}
