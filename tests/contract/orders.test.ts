/**
 * Copies that exchange axes, products of matrices that lie across, and convolutions of single positions, which take maps as
 * they lie: on every engine as on the interpreter, and the same bits on any number of threads.
 */
import { describe, expect, it } from "vitest";
import { type DType, type NdArray, Random, sizeOf, zeros } from "../../src/array/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { avx512 } from "../../src/engines/cpu/x64/code/index.ts";
import {
  compile,
  createInterpreter,
  createWasmEngine,
  createX64Engine,
  type Engine,
  type X64Options,
} from "../../src/engines/index.ts";
import { printGraph, type Tensor, type TensorType, trace } from "../../src/graph/index.ts";
import { conv, gradient, matmul, mul, relu, sub, transpose } from "../../src/ops/index.ts";
import { optimize } from "../../src/passes/index.ts";
import { compare, FLOAT32_TOLERANCE } from "../../src/testing/index.ts";
import { candidates } from "../support/engines.ts";

/** Thousands of products of numbers up to 1, in float32 and in another order. */
const LONG_SUMS = 1e-4;

function draw({ shape, dtype }: TensorType): NdArray {
  const random = new Random(sizeOf(shape), "orders");
  const values = zeros(shape, dtype);
  for (let i = 0; i < values.size; i++)
    values.data[i] = dtype === "f32" ? random.uniform(-1, 1) : Math.floor(random.uniform(0, 2));
  return values;
}

const typed = (dtype: DType, ...shape: number[]): TensorType => ({ shape, dtype });
const f32 = (...shape: number[]): TensorType => typed("f32", ...shape);

type Body = (...inputs: Tensor[]) => Record<string, Tensor>;

interface Expectation {
  readonly inputs: readonly NdArray[];
  readonly expected: Readonly<Record<string, NdArray>>;
}

/** What the interpreter computes, by graph: engines, layouts and numbers of threads are compared with the same. */
const expectations = new Map<string, Expectation>();

async function expectationOf(types: readonly TensorType[], body: Body): Promise<Expectation> {
  const graph = printGraph(trace(body, types).graph);
  const known = expectations.get(graph);
  if (known !== undefined) return known;
  const inputs = types.map(draw);
  const expectation = { inputs, expected: await compile(body, types, { engine: createInterpreter() })(...inputs) };
  expectations.set(graph, expectation);
  return expectation;
}

async function expectSame(
  engine: Engine,
  types: readonly TensorType[],
  body: Body,
  tolerance: number,
): Promise<Buffer> {
  const { inputs, expected } = await expectationOf(types, body);
  const found = await compile(body, types, { engine })(...inputs);
  for (const [name, value] of Object.entries(expected)) compare(value, found[name], tolerance, name);
  return Buffer.concat(
    Object.values(found).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
}

interface Pointwise {
  readonly samples: number;
  readonly channels: number;
  readonly filters: number;
  readonly groups?: number;
  readonly positions: readonly number[];
}

/** Of matrices whose rows are 1024 elements apart, or of which the second cache holds a part. */
const products: readonly [string, TensorType[], { transposeA?: boolean; transposeB?: boolean }, string[]][] = [
  [
    "of a transposed matrix, which is copied first",
    [f32(40, 1024), f32(40, 330)],
    { transposeA: true },
    ["copy", "matmul pack", "matmul"],
  ],
  [
    "with a transposed matrix and many sums, which is packed",
    [f32(33, 1024), f32(400, 1024)],
    { transposeB: true },
    ["matmul pack", "matmul"],
  ],
  [
    "with a transposed matrix and few sums, whose rows are walked along",
    [f32(3, 1024), f32(40, 1024)],
    { transposeB: true },
    ["matmul", "matmul sum"],
  ],
  ["of many rows, in blocks of them", [f32(270, 1000), f32(1000, 40)], {}, ["matmul pack", "matmul"]],
  ["of long rows, in blocks of them and of the sum", [f32(130, 3100), f32(3100, 40)], {}, ["matmul pack", "matmul"]],
  [
    "of few rows that are long, in parts of the sum",
    [f32(40, 4200), f32(4200, 60)],
    {},
    ["matmul pack", "matmul", "matmul sum"],
  ],
  [
    "of a large transposed matrix, which is copied first",
    [f32(1000, 200), f32(1000, 230)],
    { transposeA: true },
    ["copy", "matmul pack", "matmul"],
  ],
];

const pointwise: readonly Pointwise[] = [
  { samples: 3, channels: 20, filters: 37, positions: [5, 7] },
  { samples: 2, channels: 24, filters: 34, groups: 2, positions: [14, 14] },
  { samples: 1, channels: 17, filters: 33, positions: [196] },
  { samples: 4, channels: 33, filters: 18, positions: [1, 1] },
  { samples: 2, channels: 350, filters: 40, positions: [2, 3, 3] },
];

const typesOf = ({ samples, channels, filters, groups = 1, positions }: Pointwise): TensorType[] => [
  f32(samples, channels, ...positions),
  f32(filters, channels / groups, ...positions.map(() => 1)),
  f32(samples, filters, ...positions),
];

/** The maps that go in and come out lie row-major, or `inside` a program as it likes them. */
const gradients =
  (groups: number, inside: boolean): Body =>
  (x, w, dy) => {
    const between = inside ? relu : (map: Tensor) => map;
    const given = between(x);
    const y = conv(given, w, { groups });
    const [dx, dw] = gradient(y, [given, w], { outputGradient: between(dy) });
    return { y: between(y), dx: between(dx), dw };
  };

const creators = candidates.flatMap((candidate) => {
  if (!("engine" in candidate) || candidate.name === "interpreter") return [];
  const instructions = candidate.name.replace("x64 ", "") as X64Options["instructions"];
  const create = (options: X64Options): Engine =>
    candidate.name === "wasm" ? createWasmEngine(options) : createX64Engine({ ...options, instructions });
  return [{ name: candidate.name, create }];
});

const layouts = [{ samplesInnermost: false }, { samplesInnermost: true }];

describe.each(creators)("on $name", ({ create }) => {
  it.each([
    [typed("f32", 37, 19), [1, 0]],
    [typed("i32", 2, 16, 50), [0, 2, 1]],
    [typed("bool", 2, 33, 24), [0, 2, 1]],
    [typed("f32", 3, 9, 70), [0, 2, 1]],
    [typed("f32", 5, 40, 3), [2, 0, 1]],
    [typed("f32", 2, 3, 90), [2, 1, 0]],
    [typed("f32", 20, 1024), [1, 0]],
    [typed("f32", 1024, 20), [1, 0]],
  ])("%j is transposed to %j", async (type, order) => {
    for (const threads of [1, 3]) await expectSame(create({ threads }), [type], (x) => ({ y: transpose(x, order) }), 0);
  });

  it.each(products)("matrix product %s", async (_, types, transposes) => {
    const body: Body = (a, b) => ({ c: matmul(a, b, transposes) });
    const [first, ...others] = await Promise.all(
      [1, 2, 3].map((threads) => expectSame(create({ threads }), types, body, LONG_SUMS)),
    );
    for (const other of others) expect(other.equals(first)).toBe(true);
  });

  it.each(
    pointwise.flatMap((shape) =>
      layouts.flatMap((layout) => [false, true].map((inside) => [shape, inside, layout] as const)),
    ),
  )("convolution of single positions, %o, inside a program: %s, %o", async (shape, inside, layout) => {
    const body = gradients(shape.groups ?? 1, inside);
    const [first, ...others] = await Promise.all(
      [1, 2, 3].map((threads) => expectSame(create({ threads, ...layout }), typesOf(shape), body, FLOAT32_TOLERANCE)),
    );
    for (const other of others) expect(other.equals(first)).toBe(true);
  });

  it.each([1, 2])("filter gradient of large maps in %d groups, in parts of the sum", async (groups) => {
    const types = [f32(4, 8 * groups, 30, 30), f32(4, 12 * groups, 30, 30), f32(12 * groups, 8, 3, 3)];
    const body: Body = (x, dy, w) => {
      const [dw] = gradient(conv(x, w, { groups, padding: 1 }), [w], { outputGradient: dy });
      return { moved: sub(w, mul(dw, 0.01)) };
    };
    const [first, ...others] = await Promise.all(
      [1, 2, 3].map((threads) => expectSame(create({ threads, samplesInnermost: false }), types, body, LONG_SUMS)),
    );
    for (const other of others) expect(other.equals(first)).toBe(true);
  });
});

function kernelsOf(types: readonly TensorType[], body: Body): string[] {
  const { graph } = trace(body, types);
  return lower(optimize(graph), avx512).steps.map(({ kernel: { name } }) => name.replace(/^\d+ /, ""));
}

it.each(products)("kernels of a matrix product %s", (_, types, transposes, kernels) => {
  expect(kernelsOf(types, (a, b) => ({ c: matmul(a, b, transposes) }))).toEqual(kernels);
});

it("the filter gradient of large maps has few results, which are summed up in parts", () => {
  const types = [f32(4, 8, 30, 30), f32(4, 12, 30, 30), f32(12, 8, 3, 3)];
  const kernels = kernelsOf(types, (x, dy, w) => {
    const [dw] = gradient(conv(x, w, { padding: 1 }), [w], { outputGradient: dy });
    return { dw };
  });
  expect(kernels.slice(-2)).toEqual(["conv filter gradient", "conv filter gradient sum"]);
});

it("convolutions of single positions copy no maps that go in and come out row-major", () => {
  const types = typesOf({ samples: 8, channels: 256, filters: 1024, positions: [14, 14] });
  const [forward, ...backward] = ["conv", "conv input gradient", "conv filter gradient"].map((name) => [
    `${name} pack`,
    name,
  ]);
  // Only the filters, which the input gradient reads across.
  expect(kernelsOf(types, gradients(1, false))).toEqual([...forward, "copy", ...backward.flat()]);
});
