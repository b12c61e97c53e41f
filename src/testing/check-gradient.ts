/** Gradients against central differences in float64, (f(x + h) − f(x − h)) / 2h. */
import { isFloat, NdArray, Random, sizeOf, zeros } from "../array/index.ts";
import { interpret } from "../engines/index.ts";
import { constant, createGraph, type Tensor } from "../graph/index.ts";
import { add, gradient, mul, sum, trace } from "../ops/index.ts";
import { compare } from "./compare.ts";

/** Half the distance between the two evaluations. The error of the difference is near h² + 2⁻⁵³ / h. */
const DIFFERENCE_STEP = 1e-5;

/** Leaves two decimal digits above that error for third derivatives and cancellation. */
export const DIFFERENCE_TOLERANCE = 1e-7;

/** Fixed random weights, so that every output element counts differently. */
const weights = (like: Tensor, stream: string): Tensor => {
  const random = new Random(1, stream);
  const data = Float64Array.from({ length: sizeOf(like.shape) }, () => random.uniform(-1, 1));
  return constant(new NdArray(data, like.shape, "f64").cast(like.dtype));
};

export const floatTensors = (tensors: readonly Tensor[]): Tensor[] => tensors.filter(({ dtype }) => isFloat(dtype));

/** Σ weight · output over all floating-point outputs, or nothing if there are none. */
export function weightedOutputs(outputs: readonly Tensor[], stream: string): Tensor | undefined {
  const terms = floatTensors(outputs).map((output, i) => sum(mul(output, weights(output, `${stream}${i}`))));
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b));
}

/**
 * Compares the derivatives of `body`, and those of its gradient, with central differences along every element of every
 * floating-point input. Assignments to variables are left out, so that every evaluation begins alike.
 * @param body what to differentiate, inside a trace; other results than floating-point ones do not count
 * @param inputs in float64, away from kinks
 * @throws ContractError at the first disagreement
 */
export function checkGradient(
  body: (...tensors: Tensor[]) => readonly Tensor[],
  inputs: readonly NdArray[],
  where: string,
): void {
  const withGradients = (tensors: readonly Tensor[]) => {
    const total = weightedOutputs(body(...tensors), "first");
    return { total, gradients: total === undefined ? [] : gradient(total, floatTensors(tensors)) };
  };
  compareWithDifferences(inputs, withGradients, `${where}: gradient`);
  compareWithDifferences(
    inputs,
    (tensors) => {
      const total = weightedOutputs(withGradients(tensors).gradients, "second");
      return { total, gradients: total === undefined ? [] : gradient(total, floatTensors(tensors)) };
    },
    `${where}: second gradient`,
  );
}

/** Compares the gradients of `total` with central differences along every element of every float input. */
function compareWithDifferences(
  inputs: readonly NdArray[],
  build: (tensors: readonly Tensor[]) => { total: Tensor | undefined; gradients: readonly Tensor[] },
  where: string,
): void {
  let hasTotal = true;
  const traced = trace((...tensors) => {
    const { total, gradients } = build(tensors);
    hasTotal = total !== undefined;
    return total === undefined ? [] : [total, ...gradients];
  }, inputs);
  if (!hasTotal) return;
  const graph = { ...traced.graph, assignments: [] };
  const [, ...gradients] = interpret(graph, inputs);
  // Without the nodes of the gradients, which differences have no use for.
  const totalOnly = createGraph(graph.inputs, graph.outputs.slice(0, 1), []);
  const at = (): number => interpret(totalOnly, inputs)[0].item();
  inputs
    .filter(({ dtype }) => isFloat(dtype))
    .forEach((input, i) => {
      compare(
        differences(input, at),
        gradients[i],
        DIFFERENCE_TOLERANCE,
        `${where} of input ${i} against central differences`,
      );
    });
}

function differences(input: NdArray, at: () => number): NdArray {
  const result = zeros(input.shape, "f64");
  for (let k = 0; k < input.size; k++) {
    const x = input.data[k];
    input.data[k] = x + DIFFERENCE_STEP;
    const above = at();
    input.data[k] = x - DIFFERENCE_STEP;
    const below = at();
    input.data[k] = x;
    result.data[k] = (above - below) / (2 * DIFFERENCE_STEP);
  }
  return result;
}
