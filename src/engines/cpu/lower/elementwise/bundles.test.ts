/** Expressions that are computed in one pass: which they are, and that no order of reads and writes changes a bit. */
import { describe, expect, it } from "vitest";
import { array, type NdArray, Random } from "../../../../array/index.ts";
import { type Graph, type Tensor, trace, Variable } from "../../../../graph/index.ts";
import * as ops from "../../../../ops/index.ts";
import { adadelta, adam, minimize, type Optimizer, rmsprop, sgd } from "../../../../optim/index.ts";
import { optimize } from "../../../../passes/index.ts";
import { compile, createWasmEngine, selectEngine } from "../../../index.ts";
import { wasmTarget } from "../../wasm/target.ts";
import { lower } from "../lower.ts";

const { add, concat, mul, reshape, slice, square, sub, sum, transpose } = ops;

/** The names of the kernels, without their numbers. */
const kernelsOf = (graph: Graph): string[] =>
  lower(optimize(graph), wasmTarget(false)).steps.map(({ kernel }) => kernel.name.replace(/^\d+ /, ""));

const f32 = (...shape: number[]) => ({ shape, dtype: "f32" as const });
const twoInputs = (body: (x: Tensor, y: Tensor) => Readonly<Record<string, Tensor>>): string[] =>
  kernelsOf(trace(body, [f32(5, 7), f32(5, 7)]).graph);

describe("an optimizer's update of a weight", () => {
  /** How many arrays each kernel over the weight writes. */
  const update = (optimizer: Optimizer): number[] => {
    const weight = new Variable("weight", array(Array.from({ length: 70 }, (_, i) => i / 70)));
    const step = (x: Tensor) => {
      minimize(sum(mul(weight.read(), x)), optimizer);
    };
    const { steps } = lower(optimize(trace(step, [f32(70)]).graph), wasmTarget(false));
    return steps.map(({ writes }) => writes).filter(([{ length }]) => length === 70).map((writes) => writes.length); // biome-ignore format: short
  };
  it.each([
    ["sgd with momentum", sgd({ momentum: 0.9 }), 2],
    ["adam", adam(), 3],
    ["adadelta", adadelta(), 3],
    ["rmsprop, centered and with momentum", rmsprop({ centered: true, momentum: 0.9 }), 4],
    ["adadelta, with an average of the weights", adadelta({ average: 0.99 }), 4],
  ])("is one kernel: %s", (_, optimizer, written) => {
    expect(update(optimizer)).toEqual([written]);
  });
});

describe("expressions of one shape", () => {
  it("are computed together if they read the same", () => {
    expect(twoInputs((x, y) => ({ a: add(x, y), b: sub(x, 1) }))).toEqual(["add, sub"]);
  });

  it("are computed together if one reads the other, which is not stored unless something else needs it", () => {
    const between = (x: Tensor, y: Tensor) => {
      const product = mul(x, y);
      return { product, a: add(product, x), b: sub(product, y) };
    };
    expect(twoInputs(between)).toEqual(["mul, add, sub"]);
    expect(
      twoInputs((x, y) => {
        const { a, b } = between(x, y);
        return { a, b };
      }),
    ).toEqual(["add, sub"]);
  });

  it("are not if they have nothing in common", () => {
    expect(twoInputs((x, y) => ({ a: square(x), b: square(y) }))).toEqual(["square", "square"].map(() => "mul"));
  });

  it("are not if a sum of the first comes between", () => {
    const kernels = twoInputs((x, y) => {
      const product = mul(x, y);
      return { product, a: add(x, sum(product)) };
    });
    expect(kernels.filter((name) => name.includes(","))).toEqual([]);
  });

  it("are not if the first is read in another order", () => {
    const kernels = kernelsOf(
      trace(
        (x) => {
          const doubled = mul(x, 2);
          return { doubled, a: add(x, transpose(doubled)) };
        },
        [f32(6, 6)],
      ).graph,
    );
    expect(kernels.filter((name) => name.includes(","))).toEqual([]);
  });
});

/** The values of variables after a step of random ops over them, which are read as they are, turned round, and summed. */
async function randomStep(seed: number, engine: Parameters<typeof compile>[2]): Promise<NdArray[]> {
  const random = new Random(seed, "bundles");
  const below = (n: number): number => Math.floor(random.uniform() * n);
  const side = 2 + below(9);
  const start = (): number[][] =>
    Array.from({ length: side }, () => Array.from({ length: side }, () => random.uniform()));
  const variables = ["a", "b", "c", "d"].map((name) => new Variable(name, array(start())));
  const turned = (x: Tensor): Tensor => concat([slice(x, 0, 1), slice(x, 0, 0, 1)], 0);
  const combine = [add, sub, mul, ops.maximum];
  const change = [transpose, turned, (x: Tensor) => ops.max(x), (x: Tensor) => reshape(x, [side, side])];
  const step = compile(
    () => {
      const known: Tensor[] = variables.map((variable) => variable.read());
      const any = (): Tensor => known[below(known.length)];
      const squareOf = (x: Tensor): Tensor => (x.shape.length === 2 ? x : ops.broadcastTo(x, [side, side]));
      for (let i = 0; i < 14; i++) {
        const isChange = below(4) === 0;
        known.push(
          squareOf(isChange ? change[below(change.length)](any()) : combine[below(combine.length)](any(), any())),
        );
      }
      for (const [k, variable] of variables.entries()) variable.assign(known[known.length - 1 - k - below(3)]);
    },
    [],
    engine,
  );
  await step();
  await step();
  return Promise.all(variables.map((variable) => variable.fetch()));
}

const SEEDS = 20;

describe("steps of random expressions over variables", () => {
  it.each([
    ["on one thread", createWasmEngine({ threads: 1 })],
    ["on two threads", createWasmEngine({ threads: 2 })],
    ["on the default engine", selectEngine("auto")],
  ])("give what the interpreter gives, %s", async (_, engine) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const [found, expected] = [await randomStep(seed, { engine }), await randomStep(seed, { engine: "interpreter" })];
      for (const [k, { data }] of found.entries()) expect([seed, k, ...data]).toEqual([seed, k, ...expected[k].data]);
    }
  });
});
