/**
 * The interpreter: computes a graph node by node with the ops' own reference meanings. Slow and obvious, it is the
 * definition that every other engine is compared with.
 */
import { checkOptions, type DType, describeGiven, type NdArray, OptionError } from "../../array/index.ts";
import { evaluateGraph, type Graph, type Node, type Tensor } from "../../graph/index.ts";
import { untilAtHand, variablesOf } from "../at-hand.ts";
import type { Program, SyncEngine } from "../engine.ts";

/** Options of `createInterpreter`. */
export interface InterpreterOptions {
  /** Compute every `f32` in double precision. Results of the graph and variables are rounded as declared. */
  readonly float64?: boolean | undefined;
  /** Sees the outputs of each node as they are computed; returning `true` ends the run there. */
  readonly watch?: (node: Node, outputs: readonly NdArray[]) => boolean | undefined;
}

/** The engine that defines what is right: plain loops, one op after the other. */
export function createInterpreter(options: InterpreterOptions = {}): SyncEngine {
  return {
    name: "interpreter",
    description: "the reference meaning of each op, one after the other, in JavaScript",
    arithmetic: options.float64 ? "interpreter float64" : "interpreter",
    lacks: () => undefined,
    compile: (graph) => interpreted(graph, options),
  };
}

function interpreted(graph: Graph, options: InterpreterOptions): Program {
  const variables = variablesOf(graph);
  const run: Program["run"] = (inputs) =>
    untilAtHand(variables)?.then(() => run(inputs)) ?? interpret(graph, inputs, options);
  return { run };
}

/**
 * One run: outputs, and the variables' next values set. Nothing is assigned when `watch` ended the run.
 * @throws StateError for a variable whose value lies on a device: `await variable.fetch()` first
 */
export function interpret(
  graph: Graph,
  inputs: readonly NdArray[],
  options: InterpreterOptions = {},
): readonly NdArray[] {
  if (!Array.isArray(graph?.nodes))
    throw new OptionError(`interpret: expects a graph, such as trace(body, types).graph, got ${describeGiven(graph)}`);
  if (!Array.isArray(inputs) || inputs.length !== graph.inputs.length)
    throw new OptionError(
      `interpret: expects a list of ${graph.inputs.length} arrays, one for each input, got ${describeGiven(inputs)}`,
    );
  checkOptions("interpret", options);
  const working = (dtype: DType): DType => (options.float64 && dtype === "f32" ? "f64" : dtype);
  const read = evaluateGraph(graph, inputs, { working, watch: options.watch });
  if (read === undefined) return [];
  const given = new Map(graph.inputs.map(({ node }, i) => [node, inputs[i]]));
  const declared = (tensor: Tensor): NdArray => {
    const value = tensor.node.kind === "input" ? given.get(tensor.node)! : read(tensor);
    return value.dtype === tensor.dtype ? value : value.cast(tensor.dtype);
  };
  const next = graph.assignments.map(({ variable, value }) => ({ variable, value: declared(value) }));
  // A variable must own its memory: an input or another variable's value is copied.
  for (const { variable, value } of next) variable.value = value.copy();
  return graph.outputs.map((output) => (output.node.kind === "op" ? declared(output) : declared(output).copy()));
}
