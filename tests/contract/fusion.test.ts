/** Expressions that are computed inside of products and reductions: same results, fewer kernels, in both layouts. */
import { describe, expect, it } from "vitest";
import { NdArray, Random, zeros } from "../../src/array/index.ts";
import type { CpuOptions } from "../../src/engines/cpu/index.ts";
import { hasKernel, lower } from "../../src/engines/cpu/lower/index.ts";
import { wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { createInterpreter, createWasmEngine, createX64Engine } from "../../src/engines/index.ts";
import { type Tensor, type TensorType, trace } from "../../src/graph/index.ts";
import {
  add,
  conv,
  gradient,
  matmul,
  maximum,
  mul,
  neg,
  relu,
  square,
  standardize,
  sub,
  sum,
  tanh,
  transpose,
} from "../../src/ops/index.ts";
import { expand, optimize } from "../../src/passes/index.ts";
import { compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";

import { candidates } from "../support/engines.ts";

/** Relative to the sum: parts of a thousand terms and the thousands of parts each lose some units in the last place, 6e-8. */
const SUM_OF_MILLIONS = 1e-6;

const f32 = (...shape: number[]): TensorType => ({ shape, dtype: "f32" });

/** Each with how many kernels compute what it says; packing, padding and copies come on top. */
const cases: Record<string, { types: TensorType[]; body: (...inputs: Tensor[]) => Tensor; kernels: number }> = {
  "convolution, bias and activation": {
    types: [f32(3, 2, 7, 5), f32(5, 2, 3, 3), f32(5, 1, 1)],
    body: (x, w, bias) => relu(add(conv(x, w, { padding: 1 }), bias)),
    kernels: 1,
  },
  "convolution, scale, bias and residual": {
    types: [f32(2, 4, 6, 6), f32(4, 4, 3, 3), f32(4, 1, 1), f32(4, 1, 1)],
    body: (x, w, scale, bias) => relu(add(add(mul(conv(x, w, { padding: 1 }), scale), bias), x)),
    kernels: 1,
  },
  "strided convolution in groups, clipped": {
    types: [f32(3, 4, 9, 7), f32(6, 2, 3, 2)],
    body: (x, w) => maximum(neg(conv(x, w, { stride: 2, groups: 2 })), -0.25),
    kernels: 1,
  },
  "matrix product and a bias along rows": {
    types: [f32(7, 9), f32(9, 6), f32(7, 1)],
    body: (a, b, bias) => relu(add(matmul(a, b), bias)),
    kernels: 1,
  },
  "matrix product minus a transposed matrix": {
    types: [f32(7, 9), f32(9, 6), f32(6, 7)],
    body: (a, b, c) => sub(matmul(a, b), transpose(c)),
    kernels: 1,
  },
  "two products in one sum: one of them is finished by it": {
    types: [f32(5, 8), f32(8, 6), f32(5, 8), f32(8, 6)],
    body: (a, b, c, d) => relu(add(matmul(a, b), matmul(c, d))),
    kernels: 2,
  },
  "an activation that has a pass of its own": {
    types: [f32(3, 2, 7, 5), f32(5, 2, 3, 3), f32(5, 1, 1)],
    body: (x, w, bias) => tanh(add(conv(x, w), bias)),
    kernels: 2,
  },
  "cheap values that several need and nobody stores: two sums, what they add up to, and a pass": {
    types: [f32(3, 4, 5), f32(4, 1)],
    body: (x, y) => {
      const difference = sub(x, y);
      return add(difference, add(sum(square(difference)), sum(mul(difference, x))));
    },
    kernels: 4,
  },
  "standardization, activation and residual: two sums, four of small tensors, and one pass": {
    types: [f32(3, 4, 5, 5), f32(4, 1, 1), f32(3, 4, 5, 5)],
    body: (x, scale, residual) => relu(add(standardize(x, [0, 2, 3], { scale }).y, residual)),
    kernels: 7,
  },
  "the activation's derivative at the end of the product that it belongs to": {
    types: [f32(3, 2, 7, 5), f32(5, 2, 3, 3), f32(2, 2, 3, 3)],
    body: (x, outer, inner) => {
      const hidden = relu(conv(x, inner, { padding: 1 }));
      return gradient(sum(conv(hidden, outer)), [inner])[0];
    },
    kernels: 3,
  },
  "a sum of an expression": {
    types: [f32(3, 4, 5), f32(4, 1)],
    body: (x, y) => sum(relu(mul(sub(x, y), 2)), [0, 2]),
    kernels: 1,
  },
};

const draw = ({ shape }: TensorType, i: number): NdArray => {
  const values = zeros(shape);
  const random = new Random(i, "fusion");
  for (let k = 0; k < values.size; k++) values.data[k] = random.uniform(-2, 2);
  return values;
};

/** As many as there are: machine code is not everywhere. */
const creators = [
  createWasmEngine,
  ...(["avx512", "avx2"] as const)
    .filter((name) => candidates.some((candidate) => candidate.name === `x64 ${name}` && "engine" in candidate))
    .map((instructions) => (options: CpuOptions) => createX64Engine({ ...options, instructions })),
];

const layouts = [{ samplesInnermost: false }, { samplesInnermost: true }];

describe.each(Object.entries(cases))("%s", (_, { types, body, kernels }) => {
  it.each(layouts)("agrees with the interpreter, samples innermost: $samplesInnermost", async (layout) => {
    const inputs = types.map(draw);
    const { graph } = trace((...tensors) => body(...tensors), types);
    const [expected] = await createInterpreter().compile(graph).run(inputs);
    for (const create of creators) {
      const engine = create({ threads: 1, ...layout });
      const [actual] = await engine.compile(graph).run(inputs);
      compare(expected, actual, FLOAT32_TOLERANCE, `result of ${engine.arithmetic}`);
    }
  });

  it(`takes ${kernels} kernel${kernels > 1 ? "s" : ""}`, () => {
    const { graph } = trace((...tensors) => body(...tensors), types);
    const names = lower(optimize(expand(graph, hasKernel)), wasmTarget(false)).steps.map(({ kernel }) => kernel.name);
    const computing = names.filter((name) => !/ (pack|copy|clear|fill)$/.test(name));
    expect(computing, names.join(", ")).toHaveLength(kernels);
  });
});

it("sums of millions of terms keep the digits of each", async () => {
  const count = 2 ** 22;
  const x = zeros([count]);
  const random = new Random(1, "terms");
  for (let i = 0; i < count; i++) x.data[i] = random.uniform(0, 1);
  for (const shape of [[count], [2 ** 11, 2 ** 11], [17, 61, 4027]]) {
    const size = shape.reduce((a, b) => a * b);
    const terms = new NdArray(x.data.slice(0, size), shape, "f32");
    const { graph } = trace((t) => sum(t), [terms]);
    const [expected] = await createInterpreter().compile(graph).run([terms]);
    const [actual] = await createWasmEngine({ threads: 1 }).compile(graph).run([terms]);
    expect(Math.abs(actual.item() / expected.item() - 1)).toBeLessThan(SUM_OF_MILLIONS);
  }
});
