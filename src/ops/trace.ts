/** Tracing for users: that of `graph`, with methods on tensors. */
import { type Graph, trace as record, type TensorTree, type TensorType, type Traceable } from "../graph/index.ts";
import { giveMethods } from "./methods.ts";

/**
 * Calls `body` once with symbolic inputs of the given types, and records the graph.
 * @returns the graph, and a function that puts values for its outputs back into the shape that `body` returned
 * @throws OptionError unless given a function over tensors and a list of types
 */
export function trace(
  body: Traceable<TensorTree>,
  types: readonly TensorType[],
): { graph: Graph; unflatten: (values: readonly unknown[]) => unknown } {
  giveMethods();
  return record(body, types);
}
