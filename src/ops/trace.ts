/** Tracing as users know it: the graph's, with tensors that have methods. */
import { type Graph, trace as record, type TensorTree, type TensorType, type Traceable } from "../graph/index.ts";
import { giveMethods } from "./methods.ts";

/**
 * Calls `body` once with symbolic inputs of the given types and keeps what it computed.
 * @returns the graph, and a function that puts values for its outputs back into the shape that `body` returned
 * @throws OptionError for what is no function over tensors or no list of types
 */
export function trace(
  body: Traceable<TensorTree>,
  types: readonly TensorType[],
): { graph: Graph; unflatten: (values: readonly unknown[]) => unknown } {
  giveMethods();
  return record(body, types);
}
