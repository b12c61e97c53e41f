/**
 * A loop over time as one op: its attribute is the step, a graph of its own, so that compiling does not take longer for more
 * steps. With states s, elements x_t of sequences, and tensors c that are the same in every step,
 *
 *   s_{t+1}, y_t = body(t, s_t, x_t, c)          t = 0, 1, … steps − 1, or from the last to the first
 *
 * and the loop gives the final states, and each y stacked [steps, …] in the order of the sequences.
 *
 *   Tracing (`trace-loop.ts`): the step is called once. What does not depend on its arguments belongs to the graph around
 *     it, is computed once, and is captured. Random numbers are drawn for all steps before.
 *   Derivative (`backward.ts`): a loop in the other direction, which computes the step again from its states and carries
 *     ∂E/∂s. So the loop also gives what that needs: the states before every step, and the results of its products, which
 *     are not computed twice. A pass drops those that nothing reads.
 *   ∂E/∂c (`sums.ts`): the sum over steps, Σ_t A_tᵀ B_t as one product of all steps.
 *   Passes rewrite bodies as graphs; engines repeat the kernels of a body.
 */
import { full, type NdArray, ShapeError, sameShape } from "../../array/index.ts";
import {
  costOf,
  defineOp,
  evaluateGraph,
  everything,
  expectTensors,
  formatType,
  isOpNode,
  located,
  type OpFunction,
  type TensorType,
} from "../../graph/index.ts";
import { backward } from "./backward.ts";
import { givenOf, type LoopAttributes, loopAttributes, stepOf } from "./parts.ts";
import { loopSamples } from "./samples.ts";
import { type LoopOptions, type LoopStep, type StepResult, traceLoop } from "./trace-loop.ts";
import { unroll, unrollsLoops } from "./unroll.ts";

const loopOp: OpFunction<typeof loopAttributes> = defineOp({
  name: "loop",
  inputs: ["...values"],
  attributes: loopAttributes,
  shape: (attributes, ...inputs) => typesOf(attributes, inputs),
  sees: everything,
  cost: ({ steps, body }) => {
    const costs = body.graph.nodes.filter(isOpNode).map(costOf);
    return {
      multiplyAdds: steps * costs.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
      bytes: steps * costs.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  },
  gradient: (node, slopes, rules) => backward(loopOp, node, slopes, rules),
  reference: (attributes, inputs, outputs) => run(attributes, inputs, outputs),
  samples: loopSamples,
});

export { loopOp };

/**
 * Repeats a step, which is called once, while tracing. It may read any tensors of the graph around it.
 * @returns the final states, and the outputs of all steps, stacked [steps, …]
 * @throws ShapeError for sequences of another length, or a step that changes the type of a state
 */
export function loop(step: LoopStep, options: LoopOptions): StepResult {
  const { states, sequences, steps } = options;
  expectTensors("loop", ...states, ...sequences);
  for (const sequence of sequences)
    if (sequence.shape[0] !== steps)
      throw new ShapeError(`${located("loop")}: a sequence must be [${steps}, …], got ${formatType(sequence)}`);
  return unrollsLoops() && steps > 0 ? unroll(step, options) : traceLoop(loopOp, step, options);
}

/** Whether a tensor of one type can be where the other is expected. */
const fits = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);

function typesOf(attributes: LoopAttributes, inputs: readonly TensorType[]): TensorType[] {
  const { steps, states, sequences, body } = attributes;
  const { graph } = body;
  if (graph.inputs.length !== inputs.length + 1 || states + sequences > inputs.length || graph.outputs.length < states)
    throw new ShapeError(
      `its body has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs, which does not go with ` +
        `${states} states, ${sequences} sequences and ${inputs.length} inputs`,
    );
  const step = stepOf(attributes);
  const inEveryStep = ({ shape, dtype }: TensorType): TensorType => ({ shape: [steps, ...shape], dtype });
  const expected = [...step.states, ...step.sequences.map(inEveryStep), ...step.captured];
  expected.forEach((type, i) => {
    if (!fits(type, inputs[i])) throw new ShapeError(`input ${i} must be ${formatType(type)}`);
  });
  step.next.forEach((next, i) => {
    if (fits(next, step.states[i])) return;
    throw new ShapeError(`state ${i} is ${formatType(step.states[i])} before a step and ${formatType(next)} after it`);
  });
  return [...step.next, ...step.results.map(inEveryStep)].map(({ shape, dtype }) => ({ shape, dtype }));
}

function run(attributes: LoopAttributes, inputs: readonly NdArray[], outputs: readonly NdArray[]): void {
  const { steps, reverse, states, body } = attributes;
  const given = givenOf(attributes, inputs);
  // The interpreter may compute in double precision.
  const isDouble = [...inputs, ...outputs].some(({ dtype }) => dtype === "f64");
  let current = given.states;
  for (let i = 0; i < steps; i++) {
    const t = reverse ? steps - 1 - i : i;
    const values = [full([], t, "i32"), ...current, ...given.sequences.map((x) => x.row(t)), ...given.captured];
    const read = evaluateGraph(body.graph, values, {
      working: (dtype) => (isDouble && dtype === "f32" ? "f64" : dtype),
    })!;
    const made = body.graph.outputs.map(read);
    current = made.slice(0, states);
    for (const [k, { data, size }] of made.slice(states).entries()) outputs[states + k].data.set(data, t * size);
  }
  current.forEach(({ data }, k) => {
    outputs[k].data.set(data);
  });
}
