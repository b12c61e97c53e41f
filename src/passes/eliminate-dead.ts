/** Drops nodes that no output and no assignment needs, and assignments that change nothing. */
import { type Assignment, createGraph } from "../graph/index.ts";
import type { Pass } from "./pass.ts";

/** Whether an assignment does not change the variable. */
const keepsItsValue = ({ variable, value: { node } }: Assignment): boolean =>
  node.kind === "variable" && node.variable === variable;

export const eliminateDead: Pass = {
  name: "eliminate dead",
  run: (graph) => {
    const assignments = graph.assignments.filter((assignment) => !keepsItsValue(assignment));
    const needed = createGraph(graph.inputs, graph.outputs, assignments);
    const isSame = needed.nodes.length === graph.nodes.length && assignments.length === graph.assignments.length;
    return isSame ? graph : needed;
  },
};
