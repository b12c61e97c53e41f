/** Gradients against central differences, (f(x + h) − f(x − h)) / 2h in float64, for what is composed of ops. */
import { expect } from "vitest";
import { isFloat, type NdArray } from "../../src/array/index.ts";
import type { Tensor } from "../../src/graph/index.ts";
import { sum } from "../../src/ops/index.ts";
import { DIFFERENCE_TOLERANCE } from "../../src/testing/index.ts";
import { compute, derivatives } from "./values.ts";

/** Half the distance between two evaluations: the error of the difference is near h² + 2⁻⁵³ / h. */
const STEP = 1e-5;

/** Compares the gradients of the sum of what `body` makes of the inputs, for all that are floating point. */
export async function expectGradients(body: (...inputs: Tensor[]) => Tensor, ...inputs: NdArray[]): Promise<void> {
  const total = async (): Promise<number> => (await compute((...tensors) => sum(body(...tensors)), ...inputs)).item();
  const gradients = await derivatives(body, ...inputs);
  for (const [i, input] of inputs.entries()) {
    if (!isFloat(input.dtype)) continue;
    for (let k = 0; k < input.size; k++) {
      const x = input.data[k];
      input.data[k] = x + STEP;
      const above = await total();
      input.data[k] = x - STEP;
      const below = await total();
      input.data[k] = x;
      const difference = (above - below) / (2 * STEP);
      const within = DIFFERENCE_TOLERANCE * Math.max(1, Math.abs(difference));
      expect(Math.abs(gradients[i][k] - difference), `input ${i}, element ${k}`).toBeLessThan(within);
    }
  }
}
