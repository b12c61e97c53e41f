/** The driver: the passes, their order, and how often they run. */
import { FoveaError, StateError } from "../array/index.ts";
import { type Graph, verifyGraph } from "../graph/index.ts";
import { deduplicate } from "./deduplicate.ts";
import { eliminateDead } from "./eliminate-dead.ts";
import type { Pass } from "./pass.ts";
import { simplify } from "./simplify.ts";

const passes: readonly Pass[] = [simplify, deduplicate, eliminateDead];

/** Two or three rounds are usual. The limit guards against rules that undo each other's work. */
const MOST_ROUNDS = 20;

/** What one pass did in one round. `before` and `after` are one object where it found nothing to do. */
export interface PassReport {
  readonly pass: string;
  /** From 1 on. */
  readonly round: number;
  readonly before: Graph;
  readonly after: Graph;
}

export interface OptimizeOptions {
  /** Sees every pass when it is done, for debugging and statistics. */
  readonly onPass?: (report: PassReport) => void;
  /** Check after each pass that the graph still keeps its promises. Default false: it takes longer than the passes. */
  readonly verify?: boolean;
}

/**
 * A graph with fewer nodes, the same inputs, and bit for bit the same outputs and next values of variables: all passes
 * in turn, until none finds anything to do.
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
