/**
 * The derivative of a loop: a loop in the other direction. It carries λ = ∂E/∂s, and at each step
 *
 *   λ_t, ∂E/∂x_t, terms of ∂E/∂c = (derivative of the body at t, s_t, x_t, c)ᵀ (λ_{t+1}, ∂E/∂y_t)
 *
 * where the body is computed again, but for what the loop has kept. It is a loop that can be differentiated again.
 */
import { isFloat } from "../../array/index.ts";
import {
  type Applied,
  type BackwardRules,
  Body,
  createGraph,
  fill,
  inputsOf,
  inputTensor,
  type OpFunction,
  pullBack,
  type Slope,
  substitute,
  type Tensor,
} from "../../graph/index.ts";
import { add } from "../elementwise.ts";
import { givenOf, type LoopParts, type loopAttributes, stepOf } from "./parts.ts";
import { type StepSum, sumAfterLoop } from "./sums.ts";
import { keptFrom, traceLoop } from "./trace-loop.ts";

type LoopOp = OpFunction<typeof loopAttributes>;
type LoopNode = Applied<typeof loopAttributes>;

const pull = pullBack(add);
const zeros = ({ shape, dtype }: Tensor): Tensor => fill(0, shape, dtype);
const isZero = ({ node }: Tensor): boolean => node.kind === "fill" && node.value === 0;
const areFloats = (tensors: readonly Tensor[]): Tensor[] => tensors.filter(({ dtype }) => isFloat(dtype));

/** The derivatives with respect to the inputs of a loop. */
export function backward(
  op: LoopOp,
  given: LoopNode,
  slopes: readonly Tensor[],
  rules?: BackwardRules,
): (Tensor | undefined)[] {
  const node = withKept(op, given);
  const step = stepOf(node.attributes);
  const { arriving, found } = derivativeOf(step, slopes.slice(step.states.length), rules);
  const { steps, reverse } = node.attributes;
  const stacked = stackedOf(node, step, arriving, slopes);
  const carried = areFloats(step.states);
  const sums = sumsOf(step, found);
  const { added, after } = sums;
  const initial = step.states.flatMap((state, i) => (isFloat(state.dtype) ? [slopes[i]] : []));
  const elements = areFloats(step.sequences).filter((element) => found.has(element));
  const parts = [...new Set(after.flatMap(({ sum }) => sum.parts))].filter((part) => !stacked.has(part));
  const read = frontier([...found.values()], new Set(stacked.keys()));
  const captured = givenOf(node.attributes, node.inputs).captured.map((outer, i) => [step.captured[i], outer] as const);
  const back = traceLoop(
    op,
    (states, others, position) => {
      const stands = new Map<Tensor, Tensor>([[step.position, position], ...captured]);
      carried.forEach((_, i) => void stands.set(arriving[i][1], states[i]));
      read.forEach((tensor, i) => void stands.set(tensor, others[i]));
      const now = (tensors: readonly Tensor[]): Tensor[] => substitute(tensors, stands);
      const terms = now(added.map((input) => found.get(input)!));
      return {
        states: [
          ...now(carried.map((state) => found.get(state) ?? zeros(state))),
          ...terms.map((term, i) => add(states[carried.length + i], term)),
        ],
        outputs: now([...elements.map((element) => found.get(element)!), ...parts]),
      };
    },
    {
      states: [...initial, ...added.map(zeros)],
      sequences: read.map((tensor) => stacked.get(tensor)!),
      ...{ steps, reverse: !reverse },
    },
  );
  const results = new Map<Tensor, Tensor>();
  [...carried, ...added].forEach((input, i) => void results.set(input, back.states[i]));
  elements.forEach((element, i) => void results.set(element, back.outputs[i]));
  parts.forEach((part, i) => void stacked.set(part, back.outputs[elements.length + i]));
  for (const { input, sum } of after) results.set(input, sum.finish(sum.parts.map((part) => stacked.get(part)!)));
  return [...step.states, ...step.sequences, ...step.captured].map((input) => results.get(input));
}

/** Tensors of a step of which there is one for each step already, with those: elements, what is kept, and slopes. */
function stackedOf(
  { attributes, inputs, outputs }: LoopNode,
  { states, sequences, results }: LoopParts,
  arriving: readonly Slope[],
  slopes: readonly Tensor[],
): Map<Tensor, Tensor> {
  const stacked = new Map<Tensor, Tensor>();
  results.forEach((result, i) => void stacked.set(result, outputs[states.length + i]));
  givenOf(attributes, inputs).sequences.forEach((sequence, i) => void stacked.set(sequences[i], sequence));
  for (const [of, slope] of arriving.slice(areFloats(states).length))
    stacked.set(slope, slopes[states.length + results.indexOf(of)]);
  return stacked;
}

/** How the derivatives with respect to captured tensors are summed: in the loop, or after it. */
function sumsOf(
  { captured }: LoopParts,
  found: ReadonlyMap<Tensor, Tensor>,
): { readonly added: Tensor[]; readonly after: { readonly input: Tensor; readonly sum: StepSum }[] } {
  const inputs = captured.filter((input) => found.has(input));
  const after = inputs.flatMap((input) => {
    const sum = sumAfterLoop(found.get(input)!);
    return sum === undefined ? [] : [{ input, sum }];
  });
  const done = new Set(after.map(({ input }) => input));
  return { added: inputs.filter((input) => !done.has(input)), after };
}

/** The first of some tensors that are met on the way from `roots` to what these are computed from. */
function frontier(roots: readonly Tensor[], ends: ReadonlySet<Tensor>): Tensor[] {
  const [met, seen] = [new Set<Tensor>(), new Set<Tensor>(roots)];
  // Grows while it is gone through.
  for (const tensor of seen) {
    if (ends.has(tensor)) met.add(tensor);
    else for (const input of inputsOf(tensor.node)) seen.add(input);
  }
  return [...met];
}

/** The loop with all that its derivative needs among its outputs: itself, if it has been traced from a step. */
function withKept(op: LoopOp, node: LoopNode): LoopNode {
  const { attributes, inputs } = node;
  const { graph } = attributes.body;
  const { states } = stepOf(attributes);
  const missing = keptFrom(graph.outputs, states, new Set(graph.inputs)).filter(
    (tensor) => !graph.outputs.slice(states.length).includes(tensor),
  );
  if (missing.length === 0) return node;
  const extended = { ...attributes, body: new Body(createGraph(graph.inputs, [...graph.outputs, ...missing], [])) };
  return { attributes: extended, inputs, outputs: op.all(inputs, extended) };
}

/** The derivative of a step, over tensors of the body and slopes that arrive there. */
interface StepDerivative {
  /** Slopes of the next states, and of results, where there are any. */
  readonly arriving: readonly Slope[];
  /** With respect to the body's inputs, where they are not zero. */
  readonly found: ReadonlyMap<Tensor, Tensor>;
}

function derivativeOf(step: LoopParts, slopes: readonly Tensor[], rules?: BackwardRules): StepDerivative {
  const arrive = (of: Tensor): Slope => [of, inputTensor("slope", of)];
  const results = step.results.filter((of, i) => isFloat(of.dtype) && i < slopes.length && !isZero(slopes[i]));
  const arriving = [...areFloats(step.next), ...results].map(arrive);
  const inputs = areFloats([...step.states, ...step.sequences, ...step.captured]);
  const parts = pull(arriving, inputs, rules);
  return { arriving, found: new Map(inputs.flatMap((input, i) => (parts[i] ? [[input, parts[i]]] : []))) };
}
