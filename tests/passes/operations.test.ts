/** Every op of the registry at its samples, with its gradients and their gradients: the same bits after optimization. */
import { expect, it } from "vitest";
import { converters, isFloat, type NdArray, Random, zeros } from "../../src/array/index.ts";
import { applyOp, type Op, type Sample, sampleAttributes, type Tensor, trace } from "../../src/graph/index.ts";
import { add, gradient, square, sum } from "../../src/ops/index.ts";
import { allOps } from "../../src/ops/registry.ts";
import { optimize } from "../../src/passes/index.ts";
import { exactly, resultsOf } from "./formula.ts";

function drawInputs({ inputs }: Sample<never>): NdArray[] {
  const random = new Random(2, "samples");
  return inputs.map(({ shape, dtype = "f32", low = isFloat(dtype) ? -2 : 0, high = 2, values }) => {
    const result = zeros(shape, dtype);
    const draw = () => (isFloat(dtype) ? random.uniform(low, high) : Math.floor(random.uniform(low, high)));
    for (let i = 0; i < result.size; i++) result.data[i] = converters[dtype](values?.[i] ?? draw());
    return result;
  });
}

const floats = (tensors: readonly Tensor[]): Tensor[] => tensors.filter(({ dtype }) => isFloat(dtype));

/** The gradients of the sum of squares: without the squares, many would be constants. */
function gradientsOf(tensors: readonly Tensor[], inputs: readonly Tensor[]): Tensor[] {
  const terms = floats(tensors).map((tensor) => sum(square(tensor)));
  return terms.length === 0 ? [] : gradient(terms.reduce(add), floats(inputs));
}

function resultsAndGradients(op: Op, sample: Sample<never>, inputs: readonly Tensor[]): Tensor[] {
  const { outputs } = applyOp(op, inputs, sampleAttributes(sample, inputs));
  if (typeof op.gradient !== "function") return [...outputs];
  const first = gradientsOf(outputs, inputs);
  return [...outputs, ...first, ...gradientsOf(first, inputs)];
}

it.each([...allOps.values()])("$name has the same bits after optimization", (op) => {
  for (const sample of op.samples) {
    const inputs = drawInputs(sample);
    const { graph } = trace((...tensors) => resultsAndGradients(op, sample, tensors), inputs);
    const simpler = optimize(graph, { verify: true });
    expect(exactly(resultsOf(simpler, inputs))).toEqual(exactly(resultsOf(graph, inputs)));
  }
});
