/**
 * The contract of an op, checked from its record alone: for each of its samples
 *
 *   1. an engine agrees with the interpreter on values, shapes and element types, and on all gradients;
 *   2. the interpreter's gradient agrees with central differences in float64, (f(x + h) − f(x − h)) / 2h;
 *   3. so does the gradient of the gradient;
 *   4. an output element does not change with an input element that the record's `sees` leaves out;
 *   5. the reference has the algebra that the record says: `elementwise`, `commutative`, `picks`.
 *
 * Every op of the registry goes through this on every engine; authors of other ops can do the same.
 */
import { createInterpreter, type Engine, type EngineChoice, openChoice } from "../engines/index.ts";
import { applyOp, type Op, type Sample, sampleAttributes, type Tensor, verifyGraph } from "../graph/index.ts";
import { gradient, trace } from "../ops/index.ts";
import { checkAlgebra } from "./check-algebra.ts";
import { checkGradient, floatTensors, weightedOutputs } from "./check-gradient.ts";
import { checkSight } from "./check-sight.ts";
import { ContractError, compare, FLOAT32_TOLERANCE } from "./compare.ts";
import { describeSample, drawInputs } from "./sample-inputs.ts";

/**
 * Checks all samples of an op, on an engine and on none.
 * @param engine an engine, a promise of one, or the name of one
 * @throws ContractError at the first disagreement
 */
export async function checkOp(op: Op, engine: EngineChoice): Promise<void> {
  const opened = await openChoice("checkOp", engine);
  for (const sample of op.samples) await checkSample(op, sample, opened);
  checkRecord(op);
}

/**
 * Checks one sample of an op, on an engine and by differences.
 * @param engine an engine, a promise of one, or the name of one
 * @throws ContractError at the first disagreement
 */
export async function checkSample(op: Op, sample: Sample<never>, engine: EngineChoice): Promise<void> {
  await checkEngine(op, sample, await openChoice("checkSample", engine));
  checkDerivatives(op, sample);
}

/** Checks how far an op looks in all of its samples, and its algebra. @throws ContractError for what is not as the record says */
export function checkRecord(op: Op): void {
  for (const sample of op.samples) {
    checkSight(op, sample, drawInputs(op, sample, "f64"), describeSample(op, sample));
    checkAlgebra(op, sample);
  }
}

/** Checks the derivatives at a sample against central differences, unless it sits on a kink. @throws ContractError */
export function checkDerivatives(op: Op, sample: Sample<never>): void {
  if (!isDifferentiable(op) || sample.kink !== undefined) return;
  const apply = (...tensors: Tensor[]) => applyOp(op, tensors, sampleAttributes(sample, tensors)).outputs;
  checkGradient(apply, drawInputs(op, sample, "f64"), describeSample(op, sample));
}

const isDifferentiable = (op: Op): boolean => typeof op.gradient === "function";

/** The op's outputs and, where it has any, the gradients of their weighted sum. */
function applyWithGradients(op: Op, sample: Sample<never>, inputs: readonly Tensor[]) {
  const { outputs } = applyOp(op, inputs, sampleAttributes(sample, inputs));
  const total = isDifferentiable(op) ? weightedOutputs(outputs, "first") : undefined;
  return { outputs, total, gradients: total === undefined ? [] : gradient(total, floatTensors(inputs)) };
}

/** Checks that an engine gives what the interpreter does at a sample, gradients included. @throws ContractError */
export async function checkEngine(op: Op, sample: Sample<never>, engine: Engine): Promise<void> {
  const where = describeSample(op, sample);
  const inputs = drawInputs(op, sample, "f32");
  const { graph } = trace((...tensors) => {
    const { outputs, gradients } = applyWithGradients(op, sample, tensors);
    return [...outputs, ...gradients];
  }, inputs);
  verifyGraph(graph);
  const expected = await createInterpreter().compile(graph).run(inputs);
  const actual = await (await engine.compile(graph)).run(inputs);
  if (actual.length !== expected.length)
    throw new ContractError(`${where}: ${actual.length} results, expected ${expected.length}`);
  for (const [i, value] of expected.entries()) {
    compare(value, actual[i], FLOAT32_TOLERANCE, `${where}: ${engine.name}, result ${i}`);
  }
}
