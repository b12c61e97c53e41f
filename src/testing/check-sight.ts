/** Whether an op looks no further than its record says, found by changing one input element after the other. */
import { type NdArray, type Shape, stridesOf, zeros } from "../array/index.ts";
import {
  applyOp,
  type Look,
  type Op,
  type OpNode,
  type Sample,
  sampleAttributes,
  seenPositions,
} from "../graph/index.ts";
import { trace } from "../ops/index.ts";
import { ContractError } from "./compare.ts";

/** @throws ContractError at the first output element that depends on an input element which it does not see */
export function checkSight(op: Op, sample: Sample<never>, inputs: readonly NdArray[], where: string): void {
  const node = applied(op, sample, inputs);
  const looks = op.sees(node.attributes as never, node.inputs, node.outputs);
  const before = computeOutputs(node, inputs);
  inputs.forEach((input, i) => {
    if (looks[i].every((look) => look === "all")) return;
    const witness = new Witness(looks[i], `${where}: input ${i}`);
    for (let k = 0; k < input.size; k++) {
      const after = computeOutputs(node, inputs.with(i, changed(input, k)));
      for (const [j, { data, shape }] of before.entries()) {
        for (let o = 0; o < data.length; o++)
          if (!Object.is(data[o], after[j].data[o]))
            witness.saw(indexOfElement(k, input.shape), indexOfElement(o, shape), j);
      }
    }
  });
}

function applied(op: Op, sample: Sample<never>, inputs: readonly NdArray[]): OpNode {
  let node: OpNode | undefined;
  trace((...tensors) => {
    node = applyOp(op, tensors, sampleAttributes(sample, tensors));
    return [];
  }, inputs);
  return node!;
}

function computeOutputs({ op, attributes, outputs }: OpNode, inputs: readonly NdArray[]): NdArray[] {
  const results = outputs.map(({ shape, dtype }) => zeros(shape, dtype));
  op.reference(attributes as never, inputs, results);
  return results;
}

function changed(input: NdArray, k: number): NdArray {
  const copy = input.copy();
  copy.data[k] = input.dtype === "bool" ? 1 - copy.data[k] : copy.data[k] + 1;
  return copy;
}

const indexOfElement = (element: number, shape: Shape): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(element / stride) % shape[axis]);

/** What output elements were found to see of an input, against how the record says that they look. */
class Witness {
  readonly #looks: readonly Look[];
  readonly #where: string;
  /** The one position that an output element sees along an axis. */
  readonly #ones = new Map<string, number>();

  constructor(looks: readonly Look[], where: string) {
    this.#looks = looks;
    this.#where = where;
  }

  saw(input: readonly number[], output: readonly number[], number: number): void {
    for (const [axis, look] of this.#looks.entries()) {
      if (look === "all" || this.#isSeen(input[axis], axis, look, output, number)) continue;
      throw new ContractError(
        `${this.#where}: element [${output}] of output ${number} depends on element [${input}], which \`sees\` leaves out ` +
          `along axis ${axis}`,
      );
    }
  }

  #isSeen(position: number, axis: number, look: Exclude<Look, "all">, output: readonly number[], number: number) {
    if (look !== "one") {
      return seenPositions(look, output[look.axis]).includes(position);
    }
    const key = `${number}: ${output}, ${axis}`;
    const one = this.#ones.get(key) ?? position;
    this.#ones.set(key, one);
    return one === position;
  }
}
