/**
 * Standardization of constants, of large numbers with small differences, and of numbers whose squares overflow, along every
 * arrangement of axes: on every engine what the interpreter, which computes in double precision, makes of it.
 */
import { describe, expect, it } from "vitest";
import { full, NdArray, Random, sizeOf } from "../../src/array/index.ts";
import { compile, createInterpreter } from "../../src/engines/index.ts";
import { constant, type Tensor } from "../../src/graph/index.ts";
import { gradient, mean, mul, standardize, sum } from "../../src/ops/index.ts";
import { usable } from "../support/engines.ts";

const arrangements: readonly (readonly [shape: number[], axes: number[]])[] = [
  [[1, 41], [1]],
  [[41, 3], [0]],
  [[3, 5, 67], [0, 2]],
  [[4, 6, 9, 7], [0, 2, 3]],
  [[5, 2, 3, 67], [2, 3]],
  [[1, 3001], [1]],
  [[3, 1], [1]],
]; // biome-ignore format: a table

function around(center: number, spread: number, shape: readonly number[], stream = "x"): NdArray {
  const random = new Random(1, stream);
  const data = Float32Array.from({ length: sizeOf(shape) }, () => center + random.uniform(-spread, spread));
  return new NdArray(data, shape, "f32");
}

const weights = ({ shape }: Tensor): Tensor => constant(around(0.3, 1, shape, "weights"));

/** y, statistics, and the derivatives by the input, scale and offset of a weighted sum of y. */
function body(x: Tensor, axes: readonly number[]): Tensor[] {
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const [scale, offset] = [constant(around(1, 0.5, kept)), constant(around(0, 1, kept))];
  const { y, mean, variance } = standardize(x, axes, { scale, offset });
  return [y, mean, variance, ...gradient(sum(mul(y, weights(y))), [x, scale, offset])];
}

const compiled = usable.filter(({ name }) => name !== "interpreter");

/** Float32 sums of some thousand terms that partly cancel; relative to the largest number of the result, or to ε. */
const TOLERANCE = 1e-4;
const EPSILON = 1e-5;

function worst(actual: NdArray, expected: NdArray): number {
  let [error, size] = [0, EPSILON];
  for (const [i, y] of expected.data.entries()) {
    if (y === actual.data[i]) continue;
    error = Math.max(error, Math.abs(actual.data[i] - y));
    if (Number.isFinite(y)) size = Math.max(size, Math.abs(y));
    if (Number.isNaN(error)) return error;
  }
  return error / size;
}

describe.each(compiled)("on $name", (candidate) => {
  if (!("engine" in candidate)) return;
  const { engine } = candidate;

  it("agrees with double precision on numbers of all sizes", async () => {
    const failures: string[] = [];
    const inputs = [
      [0, 1],
      [1e6, 1],
      [1e6, 0],
      [-3e7, 8],
      [1e10, 0],
      [1e25, 0],
      [0, 1e-12],
      [0, 1e20],
      [1e22, 1e21],
      [-1e25, 1e25],
    ].map(([center, spread]) => arrangements.map(([shape]) => around(center, spread, shape)));
    for (const [i, [shape, axes]] of arrangements.entries()) {
      const run = compile((x) => body(x, axes), [around(0, 1, shape)], { engine });
      const reference = compile((x) => body(x, axes), [around(0, 1, shape)], { engine: createInterpreter() });
      for (const of of inputs) {
        const [actual, expected] = [await run(of[i]), await reference(of[i])];
        expected.forEach((value, k) => {
          const error = worst(actual[k], value);
          if (!(error <= TOLERANCE)) failures.push(`${shape} of ${of[i].data[0]}: result ${k} is ${error} off`);
        });
      }
    }
    expect(failures).toEqual([]);
  });

  it("makes exactly 0 of equal elements", async () => {
    for (const [shape, axes] of arrangements) {
      const run = compile((x) => [standardize(x, axes).y], [around(0, 1, shape)], { engine });
      for (const value of [1e6, 16_777_215, -0.1, 1e-20, 3e30, -3e38]) {
        const [y] = await run(full(shape, value));
        expect(y.data.every((x) => x === 0)).toBe(true);
      }
    }
  });

  it("keeps NaN and infinities in their group", async () => {
    const x = new NdArray(Float32Array.of(1, 2, Number.NaN, 1, Infinity, 2, -Infinity, 1, 1, 1, 2, 3), [4, 3], "f32");
    const [y] = await compile((x) => [standardize(x, 1).y], [x], { engine })(x);
    expect([...y.data].map(Number.isNaN)).toEqual([...new Array<boolean>(9).fill(true), false, false, false]);
  });

  it("divides a sum for a mean", async () => {
    const x = full([41], 1e6);
    expect((await compile((x) => [mean(x)], [x], { engine })(x))[0].item()).toBe(1e6);
  });
});
