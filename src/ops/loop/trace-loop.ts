/** From a step, as a function over tensors, to a loop: calls it once, and finds what belongs to the body. */
import { ShapeError, StateError, sameShape } from "../../array/index.ts";
import {
  Body,
  costOf,
  createGraph,
  currentAssignments,
  formatType,
  inputsOf,
  inputTensor,
  isOpNode,
  located,
  type Node,
  nodesDependingOn,
  type OpFunction,
  substitute,
  type Tensor,
} from "../../graph/index.ts";
import type { loopAttributes } from "./parts.ts";
import { duringStep } from "./per-step.ts";

/** What a step makes of its states and elements. */
export interface StepResult {
  /** As many as there are, of the same types. */
  readonly states: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** @param position the index of the step in the sequences, an `i32` scalar */
export type LoopStep = (states: readonly Tensor[], elements: readonly Tensor[], position: Tensor) => StepResult;

/** What a loop goes over. */
export interface LoopOptions {
  /** The initial states. */
  readonly states: readonly Tensor[];
  /** Sequences [steps, …]. */
  readonly sequences: readonly Tensor[];
  readonly steps: number;
  /** Whether the last step comes first; outputs keep the order of the sequences. */
  readonly reverse: boolean;
}

/** The final states, and the outputs of all steps [steps, …]. */
export function traceLoop(
  op: OpFunction<typeof loopAttributes>,
  step: LoopStep,
  { states, sequences, steps, reverse }: LoopOptions,
): StepResult {
  const position = inputTensor("position", { shape: [], dtype: "i32" });
  const before = states.map((state, i) => inputTensor(`state ${i}`, state));
  const elements = sequences.map((sequence, i) => elementOf(sequence, i));
  const arguments_ = new Set([position, ...before, ...elements]);
  const drawn: Tensor[] = [];
  const made = duringStep(
    {
      steps,
      dependsOnStep: (tensor) => nodesDependingOn(arguments_, [tensor]).length > 0,
      element: (sequence) => {
        const element = elementOf(sequence, sequences.length + drawn.length);
        drawn.push(sequence);
        elements.push(element);
        arguments_.add(element);
        return element;
      },
    },
    () => step(before, elements.slice(0, sequences.length), position),
  );
  for (const { variable, value } of currentAssignments())
    if (nodesDependingOn(arguments_, [value]).length > 0)
      throw new StateError(
        `${located("loop")}: a step of a loop assigns ${variable.name}, which it would do once; ` +
          "give it out as a state, and assign the final one",
      );
  made.states.forEach((next, i) => void expectSameType(before[i], next, i));
  const kept = keptFrom([...made.states, ...made.outputs], before, arguments_);
  const results = [...new Set([...made.outputs, ...kept])];
  const { graph, captured } = bodyOf([position, ...before, ...elements], [...made.states, ...results]);
  const outputs = op.all([...states, ...sequences, ...drawn, ...captured], {
    ...{ steps, reverse, states: states.length, sequences: elements.length },
    body: new Body(graph),
  });
  return {
    states: outputs.slice(0, states.length),
    outputs: made.outputs.map((output) => outputs[states.length + results.indexOf(output)]),
  };
}

const elementOf = ({ shape, dtype }: Tensor, i: number): Tensor =>
  inputTensor(`element ${i}`, { shape: shape.slice(1), dtype });

function expectSameType(before: Tensor, next: Tensor, i: number): void {
  if (before.dtype === next.dtype && sameShape(before.shape, next.shape)) return;
  throw new ShapeError(
    `${located("loop")}: state ${i} is ${formatType(before)} before a step and ${formatType(next)} after it; ` +
      "a step must keep the types of its states",
  );
}

/**
 * What the derivative takes from the loop instead of computing it again: the states before each step, and what products
 * give.
 */
export function keptFrom(
  made: readonly Tensor[],
  states: readonly Tensor[],
  sources: ReadonlySet<Tensor>,
): readonly Tensor[] {
  const products = nodesDependingOn(sources, made).filter((node) => isOpNode(node) && costOf(node).multiplyAdds > 0);
  return [...states, ...products.flatMap(({ outputs }) => outputs)];
}

/** A graph from the arguments of a step to what it makes, and the outer tensors that it reads, which are its last inputs. */
export function bodyOf(
  inputs: readonly Tensor[],
  made: readonly Tensor[],
): { readonly graph: ReturnType<typeof createGraph>; readonly captured: readonly Tensor[] } {
  const inside = new Set<Node>(nodesDependingOn(new Set(inputs), made));
  const read = [...inside].flatMap((node) => inputsOf(node));
  const others = [...new Set([...read, ...made])].filter(({ node }) => !inside.has(node));
  // A fill costs nothing anywhere, and simplifies what reads it.
  const captured = others.filter(({ node }) => node.kind !== "fill");
  const stands = captured.map((tensor, i) => [tensor, inputTensor(`captured ${i}`, tensor)] as const);
  const outputs = substitute(made, new Map(stands));
  return { graph: createGraph([...inputs, ...stands.map(([, inner]) => inner)], outputs, []), captured };
}
