/** Checks the invariants of a graph. Runs in tests, and after every rewrite when debugging. */
import { StateError, sameShape } from "../array/index.ts";
import { readOptions } from "../options/index.ts";
import { type Body, bodiesOf } from "./body.ts";
import { inferTypes } from "./op.ts";
import { labelOf } from "./print.ts";
import { formatType, type Node, type OpNode } from "./tensor.ts";
import { type Graph, inputsOf } from "./trace.ts";
import type { Variable } from "./variable.ts";

/**
 * Checks the invariants that engines rely on.
 * @throws StateError for the first violation, naming the node; an op that refuses its attributes or inputs throws
 *   OptionError or ShapeError
 */
export function verifyGraph(graph: Graph): void {
  const seen = new Set<Node>();
  for (const node of graph.nodes) {
    const fail = (what: string): never => {
      throw new StateError(`graph: ${labelOf(node)}${node.path === "" ? "" : ` (${node.path})`} ${what}`);
    };
    if (seen.has(node)) fail("stands in the list twice");
    for (const input of inputsOf(node)) {
      if (!seen.has(input.node)) fail("comes before a node that it needs");
      if (input.node.outputs[input.index] !== input) fail("uses a tensor that its node does not own");
    }
    if (node.kind === "op") {
      verifyTypes(node, fail);
      for (const [name, body] of bodiesOf(node)) verifyBody(body, (what) => fail(`has a ${name} that ${what}`));
    }
    if (node.kind === "input" && !graph.inputs.includes(node.outputs[0]))
      fail("is an input that the graph does not list");
    seen.add(node);
  }
  verifyResults(graph, seen);
}

/** Bodies are functions of their inputs. */
function verifyBody({ graph }: Body, fail: (what: string) => never): void {
  verifyGraph(graph);
  if (graph.assignments.length > 0) fail(`assigns ${graph.assignments[0].variable.name}`);
  const leaf = graph.nodes.find(({ kind }) => kind === "variable" || kind === "constant");
  if (leaf !== undefined) fail(`reads ${labelOf(leaf)}, which must be one of its inputs`);
}

function verifyTypes(node: OpNode, fail: (what: string) => never): void {
  readOptions(node.op.name, node.op.attributes, node.attributes);
  const types = inferTypes(node.op, node.attributes, node.inputs);
  if (types.length !== node.outputs.length)
    fail(`has ${node.outputs.length} outputs, its shape rule gives ${types.length}`);
  types.forEach((type, i) => {
    const output = node.outputs[i];
    if (type.dtype !== output.dtype || !sameShape(type.shape, output.shape)) {
      fail(`says output ${i} is ${formatType(output)}, its shape rule gives ${formatType(type)}`);
    }
  });
}

function verifyResults(graph: Graph, seen: ReadonlySet<Node>): void {
  for (const output of graph.outputs) {
    if (!seen.has(output.node))
      throw new StateError(`graph: an output (${labelOf(output.node)}) is not among the nodes`);
    if (output.node.outputs[output.index] !== output)
      throw new StateError(`graph: an output (${labelOf(output.node)}) is not among the outputs of its node`);
  }
  const assigned = new Set<Variable>();
  for (const { variable, value } of graph.assignments) {
    if (assigned.has(variable)) throw new StateError(`graph: ${variable.name} has two next values`);
    assigned.add(variable);
    if (!seen.has(value.node)) throw new StateError(`graph: the next value of ${variable.name} is not among the nodes`);
    if (value.dtype !== variable.dtype || !sameShape(value.shape, variable.shape)) {
      throw new StateError(`graph: ${variable.name} is ${formatType(variable)}, its next value ${formatType(value)}`);
    }
  }
}
