/**
 * The contract of an op, checked from its record alone: for each of its samples
 *
 *   1. an engine agrees with the interpreter on values, shapes and element types, and on all gradients;
 *   2. the interpreter's gradient agrees with central differences in float64, (f(x + h) − f(x − h)) / 2h;
 *   3. so does the gradient of the gradient;
 *   4. an output element does not change with an input element that the record's `sees` leaves out.
 *
 * Every op of the registry goes through this on every engine; authors of ops of their own can do the same.
 */
import { converters, isFloat, NdArray, Random, sizeOf, zeros } from "../array/index.ts";
import { applyOp, constant, formatType, type Op, type Sample, type Tensor, verifyGraph } from "../graph/index.ts";
import { add, gradient, mul, sum, trace } from "../ops/index.ts";
import { ContractError, checkSight } from "./check-sight.ts";
import type { Engine } from "./engine.ts";
import { createInterpreter, interpret } from "./interpreter/interpreter.ts";

/**
 * Engines and interpreter may round differently in every operation of a float32 sum: a few units in the last place
 * (2⁻²⁴ each) for each of the some hundred terms of the samples, relative to the largest magnitude involved.
 */
export const FLOAT32_TOLERANCE = 2e-5;

/** Half the distance between the two evaluations. The error of the difference is near h² + 2⁻⁵³ / h. */
const DIFFERENCE_STEP = 1e-5;

/** Leaves two decimal digits above that error for third derivatives and cancellation. */
export const DIFFERENCE_TOLERANCE = 1e-7;

export { ContractError };

/** Checks one sample of an op, on an engine and by differences. @throws ContractError at the first disagreement */
export async function checkSample(op: Op, sample: Sample<never>, engine: Engine): Promise<void> {
  const where = `${op.name} ${JSON.stringify(sample)}`;
  await compareEngines(op, sample, engine, where);
  if (sample.kink === undefined) compareDifferences(op, sample, where);
}

/** Checks all samples of an op, and how far it looks. */
export async function checkOp(op: Op, engine: Engine): Promise<void> {
  for (const sample of op.samples) await checkSample(op, sample, engine);
  checkLooks(op);
}

/** Checks how far an op looks in all of its samples, on no engine. @throws ContractError if it is further than it says */
export function checkLooks(op: Op): void {
  for (const sample of op.samples)
    checkSight(op, sample, drawInputs(op, sample, "f64"), `${op.name} ${JSON.stringify(sample)}`);
}

type FloatType = "f32" | "f64";

/** The sample's inputs, the same numbers for both float types up to rounding. */
function drawInputs(op: Op, sample: Sample<never>, float: FloatType): NdArray[] {
  return sample.inputs.map((input, i) => {
    const random = new Random(i, op.name);
    const declared = input.dtype ?? "f32";
    const values = zeros(input.shape, declared === "f32" ? float : declared);
    const { low = isFloat(declared) ? -2 : 0, high = 2 } = input;
    for (let k = 0; k < values.size; k++) {
      const value = input.values?.[k] ?? random.uniform(low, high);
      values.data[k] = converters[values.dtype](isFloat(declared) ? value : Math.floor(value));
    }
    return values;
  });
}

/** Fixed random weights, so that every output element counts differently. */
const weights = (like: Tensor, stream: string): Tensor => {
  const random = new Random(1, stream);
  const data = Float64Array.from({ length: sizeOf(like.shape) }, () => random.uniform(-1, 1));
  return constant(new NdArray(data, like.shape, "f64").cast(like.dtype));
};

const floats = (tensors: readonly Tensor[]): Tensor[] => tensors.filter(({ dtype }) => isFloat(dtype));

/** Σ weight · output over all floating-point outputs, or nothing if there are none. */
function weightedSum(outputs: readonly Tensor[], stream: string): Tensor | undefined {
  const terms = floats(outputs).map((output, i) => sum(mul(output, weights(output, `${stream}${i}`))));
  return terms.length === 0 ? undefined : terms.reduce((a, b) => add(a, b));
}

const isDifferentiable = (op: Op): boolean => typeof op.gradient === "function";

/** The op's outputs and, where it has any, the gradients of their weighted sum. */
function applyWithGradients(op: Op, sample: Sample<never>, inputs: readonly Tensor[]) {
  const { outputs } = applyOp(op, inputs, sample.attributes ?? {});
  const total = isDifferentiable(op) ? weightedSum(outputs, "first") : undefined;
  return { outputs, total, gradients: total === undefined ? [] : gradient(total, floats(inputs)) };
}

async function compareEngines(op: Op, sample: Sample<never>, engine: Engine, where: string): Promise<void> {
  const inputs = drawInputs(op, sample, "f32");
  const { graph } = trace((...tensors) => {
    const { outputs, gradients } = applyWithGradients(op, sample, tensors);
    return [...outputs, ...gradients];
  }, inputs);
  verifyGraph(graph);
  const expected = await createInterpreter().compile(graph).run(inputs);
  const actual = await engine.compile(graph).run(inputs);
  if (actual.length !== expected.length)
    throw new ContractError(`${where}: ${actual.length} results, expected ${expected.length}`);
  for (const [i, value] of expected.entries()) {
    compare(value, actual[i], FLOAT32_TOLERANCE, `${where}: ${engine.name}, result ${i}`);
  }
}

function compareDifferences(op: Op, sample: Sample<never>, where: string): void {
  const inputs = drawInputs(op, sample, "f64");
  const attributes = sample.attributes ?? {};
  if (isDifferentiable(op)) checkGradient((...tensors) => applyOp(op, tensors, attributes).outputs, inputs, where);
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
    const total = weightedSum(body(...tensors), "first");
    return { total, gradients: total === undefined ? [] : gradient(total, floats(tensors)) };
  };
  compareWithDifferences(inputs, withGradients, `${where}: gradient`);
  compareWithDifferences(
    inputs,
    (tensors) => {
      const total = weightedSum(withGradients(tensors).gradients, "second");
      return { total, gradients: total === undefined ? [] : gradient(total, floats(tensors)) };
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
  const totalOnly = { ...graph, outputs: graph.outputs.slice(0, 1) };
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

/**
 * Compares two arrays; the tolerance is for values up to 1 and grows with the largest magnitude.
 * @throws ContractError where types differ, or values by more than that
 */
export function compare(expected: NdArray, actual: NdArray, tolerance: number, where: string): void {
  if (formatType(expected) !== formatType(actual)) {
    throw new ContractError(`${where}: is ${formatType(actual)}, expected ${formatType(expected)}`);
  }
  const scale = Array.from(expected.data).reduce(
    (most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most),
    1,
  );
  for (let k = 0; k < expected.size; k++) {
    const [a, b] = [expected.data[k], actual.data[k]];
    const agree = Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * scale;
    if (!agree)
      throw new ContractError(`${where}: element ${k} is ${b}, expected ${a} (tolerance ${tolerance} × ${scale})`);
  }
}
