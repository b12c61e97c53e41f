/** Whether the reference of an op has the algebra that the record says. */
import { full, isFloat, NdArray, zeros } from "../array/index.ts";
import { applyOp, type Op, type OpNode, type Sample, sampleAttributes } from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { ContractError } from "./compare.ts";
import { describeSample, drawInputs } from "./sample-inputs.ts";

const formatNumber = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

/** Numbers at which algebra breaks first. */
const SPECIAL = [0, -0, 1, -1, 0.1, Infinity, -Infinity, Number.NaN];

/**
 * Checks `elementwise`, `commutative` and `picks` of a record at a sample, bit for bit.
 * @throws ContractError for one that the reference does not have
 */
export function checkAlgebra(op: Op, sample: Sample<never>): void {
  const where = describeSample(op, sample);
  const inputs = drawInputs(op, sample, "f32");
  if (op.elementwise) checkElementwise(op, sample, inputs, where);
  if (op.picks) checkPicks(op, sample, inputs, where);
  if (op.commutative) {
    checkCommutative(op, sample, inputs, where);
    if (inputs.every(({ dtype }) => isFloat(dtype))) checkCommutative(op, sample, specialPairs(), where);
  }
}

function applyReference(op: Op, sample: Sample<never>, inputs: readonly NdArray[]): readonly NdArray[] {
  let node: OpNode | undefined;
  trace((...tensors) => {
    node = applyOp(op, tensors, sampleAttributes(sample, tensors));
    return [];
  }, inputs);
  const outputs = node!.outputs.map(({ shape, dtype }) => zeros(shape, dtype));
  op.reference(node!.attributes as never, inputs, outputs);
  return outputs;
}

function checkElementwise(op: Op, sample: Sample<never>, inputs: readonly NdArray[], where: string): void {
  const [y] = applyReference(op, sample, inputs);
  for (let k = 0; k < y.size; k++) {
    const [alone] = applyReference(
      op,
      sample,
      inputs.map(({ data, dtype }) => full([], data[k], dtype)),
    );
    if (!Object.is(alone.data[0], y.data[k]))
      throw new ContractError(
        `${where}: is not elementwise: element ${k} is ${y.data[k]}, and ${alone.data[0]} computed alone`,
      );
  }
}

function checkCommutative(op: Op, sample: Sample<never>, [a, b]: readonly NdArray[], where: string): void {
  const [[y], [exchanged]] = [applyReference(op, sample, [a, b]), applyReference(op, sample, [b, a])];
  y.data.forEach((value, k) => {
    if (!Object.is(value, exchanged.data[k]))
      throw new ContractError(
        `${where}: is not commutative: of ${formatNumber(a.data[k])} and ${formatNumber(b.data[k])} it is ${formatNumber(value)}, ` +
          `exchanged ${formatNumber(exchanged.data[k])}`,
      );
  });
}

/** Each special number with each, as two arrays. */
function specialPairs(): NdArray[] {
  const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b]));
  return [0, 1].map(
    (side) =>
      new NdArray(
        Float32Array.from(pairs, (pair) => pair[side]),
        [pairs.length],
        "f32",
      ),
  );
}

function checkPicks(op: Op, sample: Sample<never>, inputs: readonly NdArray[], where: string): void {
  const [y] = applyReference(op, sample, inputs);
  // Sets take −0 for 0, so numbers are kept as text.
  const elements = new Set(inputs.flatMap(({ data }) => Array.from(data, formatNumber)));
  const stranger = y.data.findIndex((value) => !elements.has(formatNumber(value)));
  if (stranger >= 0)
    throw new ContractError(
      `${where}: does not pick: element ${stranger}, ${y.data[stranger]}, is no element of an input`,
    );
}
