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
   * Compiles a graph: at once, or as a promise of the program where the engine has to wait for a device.
   * @throws CapabilityError for an op that the engine lacks
   */
  readonly compile: (graph: Graph) => Program | Promise<Program>;
}

/** An engine that compiles at once, as the interpreter and the engines for processors do. */
export interface SyncEngine extends Engine {
  /**
   * Compiles a graph.
   * @throws CapabilityError for an op that the engine lacks
   */
  readonly compile: (graph: Graph) => Program;
}

/**
 * A compiled graph. A run computes the outputs and then gives every assigned variable its next value.
 *
 * Runs take effect in the order of the calls. So before `run` returns it has asked for the values of the variables that it
 * reads (`peek`) and has deferred those that it assigns (`defer`); all else may wait. Only where a value lies on another
 * engine's device does the run begin later.
 */
export interface Program {
  /**
   * Runs once: input arrays in the order of the graph's inputs, to output arrays in the order of its outputs. Inputs must
   * stay as they are until a promise of the outputs settles.
   */
  readonly run: (inputs: readonly NdArray[]) => Promise<readonly NdArray[]> | readonly NdArray[];
}
