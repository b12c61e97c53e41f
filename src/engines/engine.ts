/** What an engine is: something that turns a graph into a program. The interpreter defines the right results. */
import type { NdArray } from "../array/index.ts";
import type { Graph, Op } from "../graph/index.ts";

/** What compiles graphs and runs them. */
export interface Engine {
  /** What `--engine` calls it. */
  readonly name: string;
  /** One line for people: what it runs on. */
  readonly description: string;
  /** Names how numbers are computed and rounded: where it is equal, results have the same bits. */
  readonly arithmetic: string;
  /** Why an op cannot be compiled by this engine, if it cannot. The contract tests accept stated reasons only. */
  readonly lacks: (op: Op) => string | undefined;
  /**
   * Compiles a graph.
   * @throws CapabilityError for an op that the engine lacks
   */
  readonly compile: (graph: Graph) => Program;
}

/** A compiled graph. A run computes the outputs and then gives every assigned variable its next value. */
export interface Program {
  /** Runs once: input arrays in the order of the graph's inputs, to output arrays in the order of its outputs. */
  readonly run: (inputs: readonly NdArray[]) => Promise<readonly NdArray[]> | readonly NdArray[];
}
