/** The parts of a loop: what stands where among its inputs, those of its body, and the outputs of both. */
import type { Body, Tensor } from "../../graph/index.ts";
import { bodyKind } from "../../graph/index.ts";
import { flag, integer, type ValuesOf } from "../../options/index.ts";

export const loopAttributes = {
  /** The number of steps. */
  steps: integer(0),
  /** Whether the last step comes first. */
  reverse: flag(),
  /** The number of states. */
  states: integer(0),
  /** The number of sequences. */
  sequences: integer(0),
  body: bodyKind,
};

export type LoopAttributes = ValuesOf<typeof loopAttributes>;
type Counts = Pick<LoopAttributes, "states" | "sequences">;

/** What a loop is given: initial states, sequences [steps, …], and tensors that are the same in every step. */
export interface Given<T> {
  readonly states: readonly T[];
  readonly sequences: readonly T[];
  readonly captured: readonly T[];
}

/** A loop's inputs by what they are. */
export const givenOf = <T>({ states, sequences }: Counts, inputs: readonly T[]): Given<T> => ({
  states: inputs.slice(0, states),
  sequences: inputs.slice(states, states + sequences),
  captured: inputs.slice(states + sequences),
});

/** The body's side: the position of the step, what it is given for that, and what it makes. */
export interface LoopParts extends Given<Tensor> {
  readonly position: Tensor;
  readonly next: readonly Tensor[];
  readonly results: readonly Tensor[];
}

export function stepOf({ body, ...counts }: Counts & { readonly body: Body }): LoopParts {
  const [position, ...inputs] = body.graph.inputs;
  const { outputs } = body.graph;
  return {
    position,
    ...givenOf(counts, inputs),
    next: outputs.slice(0, counts.states),
    results: outputs.slice(counts.states),
  };
}
