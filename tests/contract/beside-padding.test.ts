/**
 * Infinities and NaN beside padding: a sum over a window is one over what the window meets, so nothing becomes NaN because a
 * kernel multiplies zeros of padding. Every form that kernels have, in both layouts, against the interpreter.
 */
import { describe, expect, it } from "vitest";
import { type NdArray, Random, zeros } from "../../src/array/index.ts";
import type { CpuOptions } from "../../src/engines/cpu/index.ts";
import { createInterpreter, createWasmEngine, createX64Engine } from "../../src/engines/index.ts";
import { type Tensor, type TensorType, trace } from "../../src/graph/index.ts";
import { add, conv, gradient, relu } from "../../src/ops/index.ts";
import { compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";
import { usable } from "../support/engines.ts";

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly y: readonly number[];
  readonly options?: { stride?: number; dilation?: number; groups?: number };
  readonly padding: number;
}

const cases: Readonly<Record<string, Case>> = {
  "a small map": { x: [1, 1, 4, 4], w: [1, 1, 3, 3], y: [1, 1, 4, 4], padding: 1 },
  "one axis, a stride, dilation and groups": {
    ...{ x: [3, 4, 11], w: [6, 2, 3], y: [3, 6, 6], padding: 2, options: { stride: 2, dilation: 2, groups: 2 } },
  },
  "sums over channels in blocks": { x: [2, 120, 4, 4], w: [20, 120, 3, 3], y: [2, 20, 4, 4], padding: 1 },
  "sums over positions in parts": { x: [2, 2, 40, 40], w: [5, 2, 3, 3], y: [2, 5, 40, 40], padding: 1 },
  "sums over samples along vectors": { x: [32, 2, 5, 5], w: [3, 2, 3, 3], y: [32, 3, 5, 5], padding: 1 },
};

const creators: readonly ((options: CpuOptions) => ReturnType<typeof createWasmEngine>)[] = [
  createWasmEngine,
  ...(["avx512", "avx2"] as const)
    .filter((name) => usable.some((candidate) => candidate.name === `x64 ${name}`))
    .map((instructions) => (options: CpuOptions) => createX64Engine({ ...options, instructions })),
];

const f32 = (shape: readonly number[]): TensorType => ({ shape, dtype: "f32" });

/** Whole numbers, so that sums are exact; the first element, which stands at an edge, and the last are what is given. */
function edged(shape: readonly number[], [first, last]: readonly [number, number]): NdArray {
  const values = zeros(shape);
  const random = new Random(1, "values");
  for (let i = 0; i < values.size; i++) values.data[i] = random.integer(7) - 3;
  values.data[0] = first;
  values.data[values.size - 1] = last;
  return values;
}

describe.each(Object.entries(cases))("%s", (_, { x, w, y, padding, options }) => {
  const body = (...[input, filters, bias, dy]: Tensor[]): Tensor[] => {
    const result = conv(input, filters, { padding, ...options });
    return [relu(add(result, bias)), ...gradient(result, [input, filters], { outputGradient: dy })];
  };
  const bias = [y[1], ...y.slice(2).map(() => 1)];
  const { graph } = trace(body, [x, w, bias, y].map(f32));

  it.each([
    ["weights", [1, 1], [Infinity, Number.NaN], [1, 1]],
    ["a gradient", [1, 1], [1, 1], [-Infinity, Number.NaN]],
    ["inputs", [Number.NaN, Infinity], [1, 1], [1, 1]],
  ] as const)("with %s that are not finite", async (_, ofX, ofW, ofDy) => {
    const inputs = [edged(x, ofX), edged(w, ofW), edged(bias, [1, 1]), edged(y, ofDy)];
    const expected = await createInterpreter().compile(graph).run(inputs);
    for (const create of creators)
      for (const samplesInnermost of [false, true]) {
        const engine = create({ threads: 1, winograd: false, samplesInnermost });
        const found = await engine.compile(graph).run(inputs);
        for (const [i, value] of expected.entries())
          compare(value, found[i], FLOAT32_TOLERANCE, `${engine.arithmetic}, result ${i}`);
      }
    expect(expected.some(({ data }) => data.some((n) => !Number.isFinite(n)))).toBe(true);
  });
});
