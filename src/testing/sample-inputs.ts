/** The inputs that a record's samples stand for. */
import { converters, isFloat, type NdArray, Random, zeros } from "../array/index.ts";
import type { Op, Sample } from "../graph/index.ts";

type FloatType = "f32" | "f64";

/** The sample's inputs, the same numbers for both float types up to rounding. */
export function drawInputs(op: Op, sample: Sample<never>, float: FloatType): NdArray[] {
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

/** An op's sample in words, as messages begin. */
export const describeSample = (op: Op, sample: Sample<never>): string => `${op.name} ${JSON.stringify(sample)}`;
