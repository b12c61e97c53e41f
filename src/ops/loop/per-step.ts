/** The step of a loop that is being traced: what differs from step to step without depending on its arguments asks here. */
import type { Tensor } from "../../graph/index.ts";

/** A step that is being traced. */
export interface TracedStep {
  /** How many steps there are. */
  readonly steps: number;
  /** Whether a tensor is computed from the step's arguments. */
  readonly dependsOnStep: (tensor: Tensor) => boolean;
  /** The element of this step in another sequence [steps, …], made outside. */
  readonly element: (sequence: Tensor) => Tensor;
}

/** The innermost step comes last. */
const tracing: TracedStep[] = [];

/** Calls a step while it is the one that is traced. */
export function duringStep<T>(step: TracedStep, body: () => T): T {
  tracing.push(step);
  try {
    return body();
  } finally {
    tracing.pop();
  }
}

/**
 * A tensor for each step: the element of what `make` gives for all of them, [steps, …], before the loop. Outside of loops
 * there is one step, and `once` gives its tensor.
 * @param arguments_ what the tensor is made of; if that differs from step to step, `once` gives it too
 */
export function perStep(arguments_: readonly Tensor[], once: () => Tensor, make: (steps: number) => Tensor): Tensor {
  const step = tracing.at(-1);
  if (step === undefined || arguments_.some(step.dependsOnStep)) return once();
  tracing.pop();
  try {
    return step.element(make(step.steps));
  } finally {
    tracing.push(step);
  }
}
