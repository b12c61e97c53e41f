/** Convolution by Winograd's algorithm against exact sums: within the stated error, in both layouts, wherever tiles end. */
import { describe, expect, it } from "vitest";
import { NdArray, Random, type TypedArray, zeros } from "../../src/array/index.ts";
import { WINOGRAD_ERROR } from "../../src/engines/cpu/lower/convolution/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { compile, createInterpreter, createWasmEngine } from "../../src/engines/index.ts";
import { type Tensor, trace } from "../../src/graph/index.ts";
import { add, conv, gradient, mul } from "../../src/ops/index.ts";
import { optimize } from "../../src/passes/index.ts";

interface Case {
  readonly x: readonly number[];
  readonly filters: number;
  readonly padding: readonly [number, number, number, number];
}

const cases: Case[] = [
  { x: [1, 32, 8, 8], filters: 32, padding: [1, 1, 1, 1] },
  { x: [2, 33, 7, 10], filters: 35, padding: [0, 1, 2, 1] },
  { x: [5, 32, 6, 14], filters: 34, padding: [0, 0, 0, 0] },
  { x: [9, 64, 4, 3], filters: 32, padding: [1, 1, 1, 1] },
];

const shapesOf = ({ x: [n, c, h, w], filters, padding: [top, left, bottom, right] }: Case) => [
  [n, c, h, w],
  [filters, c, 3, 3],
  [n, filters, h + top + bottom - 2, w + left + right - 2],
];

function normal(shape: readonly number[], random: Random): NdArray {
  const values = zeros(shape);
  for (let i = 0; i < values.size; i++) values.data[i] = random.normal();
  return values;
}

const differences = (exact: NdArray, found: NdArray): number[] =>
  Array.from(exact.data, (value, i) => Math.abs(found.data[i] - value));

const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);

/** A convolution and both its gradients. */
const bothWays = (padding: readonly number[]) => (x: Tensor, w: Tensor, dy: Tensor) => {
  const y = conv(x, w, { padding: [...padding] });
  const [dx, dw] = gradient(y, [x, w], { outputGradient: dy });
  return { y, dx, dw };
};

const isWinograd = ({ kernel }: { kernel: { name: string } }): boolean => kernel.name.endsWith("products");

describe.each([{ samplesInnermost: false }, { samplesInnermost: true }])("Winograd's algorithm, %o", (layout) => {
  const engine = createWasmEngine({ ...layout, threads: 1 });

  it.each(cases)("for $x and $filters filters, padding $padding", async (given) => {
    const shapes = shapesOf(given);
    const types = shapes.map((shape) => ({ shape, dtype: "f32" as const }));
    const run = bothWays(given.padding);
    const { steps } = lower(optimize(trace(run, types).graph), { ...wasmTarget(false), ...layout });
    expect(steps.filter(isWinograd)).toHaveLength(3);

    const random = new Random(3, "values");
    const values = shapes.map((shape) => normal(shape, random));
    const sizes = values.map(({ data, shape }) => new NdArray(data.map(Math.abs) as TypedArray, shape, "f32"));
    const interpreted = compile(run, types, { engine: createInterpreter() });
    const [exact, scale] = [await interpreted(...values), await interpreted(...sizes)];
    const found = await compile(run, types, { engine })(...values);
    for (const name of ["y", "dx", "dw"] as const) {
      const errors = differences(exact[name], found[name]).map((error, i) => error / scale[name].data[i]);
      expect(largest(errors), name).toBeLessThan(WINOGRAD_ERROR);
    }
  });

  it("goes on with an expression, and takes a large batch in parts", async () => {
    const shapes = [
      [24, 32, 36, 36],
      [40, 32, 3, 3],
      [40, 1, 1],
      [24, 40, 36, 36],
    ];
    const types = shapes.map((shape) => ({ shape, dtype: "f32" as const }));
    const run = (x: Tensor, w: Tensor, bias: Tensor, residual: Tensor) => {
      const y = add(mul(conv(x, w, { padding: 1 }), bias), residual);
      const [dw] = gradient(y, [w], { outputGradient: residual });
      return { y, dw };
    };
    const random = new Random(4, "values");
    const values = types.map(({ shape }) => normal(shape, random));
    const direct = createWasmEngine({ ...layout, threads: 1, winograd: false });
    const [exact, found] = await Promise.all(
      [direct, engine].map((on) => compile(run, types, { engine: on })(...values)),
    );
    /** How many products of numbers around 1 are in a sum. */
    const terms = { y: 32 * 9, dw: 24 * 36 * 36 };
    for (const name of ["y", "dw"] as const) {
      expect(largest(differences(exact[name], found[name])), name).toBeLessThan(terms[name] * WINOGRAD_ERROR);
    }
  });
});

it("is not used when that is asked for", () => {
  const [given] = cases;
  const types = shapesOf(given).map((shape) => ({ shape, dtype: "f32" as const }));
  const { graph } = trace(bothWays(given.padding), types);
  const { steps } = lower(optimize(graph), { ...wasmTarget(false), winograd: false });
  expect(steps.filter(isWinograd)).toHaveLength(0);
});
