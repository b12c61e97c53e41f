/** Comparing arrays, and the error for what breaks the contract. */
import { FoveaError, type NdArray } from "../array/index.ts";
import { formatType } from "../graph/index.ts";

/**
 * Engines and interpreter may round differently in every operation of a float32 sum: a few units in the last place
 * (2⁻²⁴ each) for each of the some hundred terms of the samples, relative to the largest magnitude involved.
 */
export const FLOAT32_TOLERANCE = 2e-5;

/** An engine, a gradient or an op's reference that is not what the record says. */
export class ContractError extends FoveaError {
  override readonly name = "ContractError";
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
