/** Filter gradients that are a product for each tap: many maps and a stride, against the interpreter. */
import { describe, expect, it } from "vitest";
import { type NdArray, Random, zeros } from "../../../../array/index.ts";
import { f32 } from "../../../../graph/index.ts";
import { filterGradientOp } from "../../../../ops/index.ts";
import { compile } from "../../../compile.ts";
import type { Engine } from "../../../engine.ts";
import { createInterpreter } from "../../../interpreter/interpreter.ts";
import { createWasmEngine } from "../../engine.ts";

/** Sums of some hundred products of numbers around 1, in float32 and in another order. */
const TOLERANCE = 2e-4;
const [SAMPLES, CHANNELS, FILTERS] = [3, 33, 40];

interface Window {
  readonly input: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

const windows: readonly (readonly [string, Window])[] = [
  ["3×3 /2", { input: [9, 8], kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [1, 1] }],
  ["2×3 /3 and /2, far taps", { input: [11, 9], kernel: [2, 3], stride: [3, 2], padding: [2, 1], dilation: [2, 1] }],
  ["1×2 /2, overhanging", { input: [7, 3], kernel: [1, 2], stride: [2, 2], padding: [0, 1], dilation: [1, 2] }],
];

const outputs = ({ input, kernel, stride, padding, dilation }: Window): number[] =>
  input.map((n, i) => Math.floor((n + 2 * padding[i] - (kernel[i] - 1) * dilation[i] - 1) / stride[i]) + 1);

function normal(name: string, shape: readonly number[]): NdArray {
  const [array, random] = [zeros(shape), new Random(1, name)];
  for (let i = 0; i < array.size; i++) array.data[i] = random.normal();
  return array;
}

async function gradientOn(engine: Engine, window: Window, x: NdArray, dy: NdArray): Promise<NdArray> {
  const { kernel, stride, padding, dilation } = window;
  const attributes = { kernel, stride, padding: [...padding, ...padding], dilation, groups: 1 };
  const run = compile((x, dy) => filterGradientOp([x, dy], attributes), [f32(...x.shape), f32(...dy.shape)], {
    engine,
  });
  return run(x, dy);
}

const operands = (window: Window): [NdArray, NdArray] => [
  normal("x", [SAMPLES, CHANNELS, ...window.input]),
  normal("dy", [SAMPLES, FILTERS, ...outputs(window)]),
];

const engineWith = (threads: number): Engine => createWasmEngine({ samplesInnermost: false, threads });

describe.each(windows)("the filter gradient of %s", (_, window) => {
  it("agrees with the interpreter, with the same bits on two threads", async () => {
    const given = operands(window);
    const expected = await gradientOn(createInterpreter(), window, ...given);
    const [one, two] = await Promise.all([1, 2].map((n) => gradientOn(engineWith(n), window, ...given)));
    expect(one.data.every((value, i) => Math.abs(value - expected.data[i]) < TOLERANCE)).toBe(true);
    expect(two.data).toEqual(one.data);
  });

  it("leaves out padding beside what is infinite", async () => {
    const [x, dy] = operands(window);
    for (let filter = 0; filter < FILTERS; filter++) dy.data[filter * (dy.size / SAMPLES / FILTERS)] = Infinity;
    const expected = await gradientOn(createInterpreter(), window, x, dy);
    const given = await gradientOn(engineWith(1), window, x, dy);
    expect(expected.data.some(Number.isFinite)).toBe(window.padding.some((n) => n > 0));
    const kinds = ({ data }: NdArray): number[] => Array.from(data, (value) => (Number.isFinite(value) ? 0 : value));
    expect(kinds(given)).toEqual(kinds(expected));
  });
});
