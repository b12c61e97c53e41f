/** Loops written out while tracing, a copy of the step for each: for files of programs that have no such loops. */

import { fill, type Tensor } from "../../graph/index.ts";
import { concat } from "../concat.ts";
import { reshape } from "../reshape.ts";
import { split } from "../split.ts";
import type { LoopOptions, LoopStep, StepResult } from "./trace-loop.ts";

let isUnrolling = false;

/** Whether loops are written out. */
export const unrollsLoops = (): boolean => isUnrolling;

/** Runs `body`, in which loops are written out. */
export function unrollingLoops<T>(body: () => T): T {
  const before = isUnrolling;
  isUnrolling = true;
  try {
    return body();
  } finally {
    isUnrolling = before;
  }
}

/** The elements of a sequence. */
const elementsOf = (sequence: Tensor, steps: number): Tensor[] =>
  split(sequence, new Array<number>(steps).fill(1)).map((part) => reshape(part, part.shape.slice(1)));

/** The same as the loop, of at least one step. */
export function unroll(step: LoopStep, { states, sequences, steps, reverse }: LoopOptions): StepResult {
  const elements = sequences.map((sequence) => elementsOf(sequence, steps));
  const made = new Array<readonly Tensor[]>(steps);
  let current = states;
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i;
    const position = fill(t, [], "i32");
    const found = step(
      current,
      elements.map((parts) => parts[t]),
      position,
    );
    current = found.states;
    made[t] = found.outputs;
  }
  const stack = (k: number): Tensor => concat(made.map((outputs) => reshape(outputs[k], [1, ...outputs[k].shape])));
  return { states: current, outputs: made[0].map((_, k) => stack(k)) };
}
