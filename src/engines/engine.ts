/** What an engine is: something that turns a graph into a program. The interpreter defines the right results. */
import type { NdArray } from "../array/index.ts";
import type { Graph, Op } from "../graph/index.ts";

export interface Engine {
  /** What `--engine` calls it. */
  readonly name: string;
  /** One line for people: what it runs on. */
  readonly description: string;
  /** Names how numbers are computed and rounded: where it is equal, results have the same bits. */
  readonly arithmetic: string;
  /** Why an op cannot be compiled by this engine, if it cannot: a named skip in the contract tests. */
  readonly lacks: (op: Op) => string | undefined;
  readonly compile: (graph: Graph) => Program;
}

/** A compiled graph. A run computes the outputs and then gives every assigned variable its next value. */
export interface Program {
  readonly run: (inputs: readonly NdArray[]) => Promise<readonly NdArray[]> | readonly NdArray[];
}
