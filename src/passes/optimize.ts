/** The driver: the passes, their order, and how often they run. */
import { FoveaError, StateError } from "../array/index.ts";
import { type Graph, verifyGraph } from "../graph/index.ts";
import { deduplicate } from "./deduplicate.ts";
import { eliminateDead } from "./eliminate-dead.ts";
import { type Pass, rewriteBodies } from "./pass.ts";
import { simplify } from "./simplify.ts";
import { trimLoops } from "./trim-loops.ts";

/** All passes inside of bodies. */
const bodies: Pass = { name: "bodies", run: (graph) => rewriteBodies(graph, (body) => optimize(body)) };

const passes: readonly Pass[] = [simplify, trimLoops, bodies, deduplicate, eliminateDead];

/** Two or three rounds are usual. The limit guards against rules that undo each other's work. */
const MOST_ROUNDS = 20;

/** The result of one pass in one round. `before` and `after` are the same object if nothing changed. */
export interface PassReport {
  readonly pass: string;
  /** The round, from 1. */
  readonly round: number;
  readonly before: Graph;
  readonly after: Graph;
}

export interface OptimizeOptions {
  /** Called after every pass, for debugging and statistics. */
  readonly onPass?: (report: PassReport) => void;
  /** Whether to verify the graph after each pass. Default false: it takes longer than the passes. */
  readonly verify?: boolean;
}

/**
 * A graph with fewer nodes, the same inputs, and bit for bit the same outputs and next values of variables: all passes in
 * turn, until nothing changes.
 */
export function optimize(graph: Graph, { onPass, verify = false }: OptimizeOptions = {}): Graph {
  let current = graph;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const start = current;
    for (const pass of passes) {
      const before = current;
      current = pass.run(before);
      if (verify && current !== before) checkPass(current, pass);
      onPass?.({ pass: pass.name, round, before, after: current });
    }
    if (current === start) break;
  }
  return current;
}

function checkPass(graph: Graph, pass: Pass): void {
  try {
    verifyGraph(graph);
  } catch (error) {
    throw error instanceof FoveaError
      ? new StateError(`after ${pass.name}: ${error.message}`, { cause: error })
      : error;
  }
}
