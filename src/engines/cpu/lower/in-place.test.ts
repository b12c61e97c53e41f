import { describe, expect, it } from "vitest";
import { array } from "../../../array/index.ts";
import { type Graph, type Tensor, trace, Variable } from "../../../graph/index.ts";
import { lenet5 } from "../../../models/index.ts";
import * as nn from "../../../nn/index.ts";
import { add, concat, matmul, mul, reshape, slice, transpose } from "../../../ops/index.ts";
import { adam, minimize, type Optimizer, sgd } from "../../../optim/index.ts";
import { optimize } from "../../../passes/index.ts";
import { compile, createWasmEngine } from "../../index.ts";
import { wasmTarget } from "../wasm/target.ts";
import { lower } from "./lower.ts";

const lowered = (graph: Graph) => lower(optimize(graph), wasmTarget(false));

function trainingStep(optimizer: Optimizer): Graph {
  const { input } = lenet5;
  const model = nn.Model.build(lenet5(), { input });
  const types = [
    { shape: [16, ...input], dtype: "f32" as const },
    { shape: [16], dtype: "i32" as const },
  ];
  return trace((x, y) => {
    const loss = nn.crossEntropy(model(x, { training: true }), y);
    minimize(loss, optimizer);
    return { loss };
  }, types).graph;
}

const row = (x: Tensor): Tensor => reshape(x, [1, 2]);
const column = (x: Tensor): Tensor => reshape(x, [2, 1]);

/** A step over two variables of two elements, and their values after it. */
async function valuesAfter(update: (a: Tensor, b: Tensor) => readonly [Tensor, Tensor]): Promise<number[][]> {
  const [a, b] = [new Variable("a", array([1, 2])), new Variable("b", array([3, 5]))];
  const step = compile(
    () => {
      const [nextA, nextB] = update(a.read(), b.read());
      a.assign(nextA);
      b.assign(nextB);
      return { sum: add(nextA, nextB) };
    },
    [],
    { engine: createWasmEngine({ threads: 1 }) },
  );
  await step();
  return [a, b].map(({ value }) => [...value.data]);
}

describe("updates in place", () => {
  it.each([
    ["sgd with momentum", sgd({ momentum: 0.9 })],
    ["adam", adam()],
  ])("%s writes every weight and slot where it lies", (_, optimizer) => {
    const graph = trainingStep(optimizer);
    expect(lowered(graph).places.size).toBe(graph.assignments.length);
  });

  it("leaves a value alone that is needed later", async () => {
    expect(await valuesAfter((a, b) => [add(a, b), mul(a, b)])).toEqual([
      [4, 7],
      [3, 10],
    ]);
  });

  it("exchanges two variables", async () => {
    expect(await valuesAfter((a, b) => [b, a])).toEqual([
      [3, 5],
      [1, 2],
    ]);
  });

  it("leaves a value alone that is read at other places than it is written", async () => {
    const reversed = (x: Tensor): Tensor => concat([slice(x, 0, 1), slice(x, 0, 0, 1)], 0);
    expect(
      await valuesAfter((a, b) => [mul(reversed(a), a), reshape(matmul(row(b), matmul(column(b), row(b))), [2])]),
    ).toEqual([
      [2, 2],
      [3 * 34, 5 * 34],
    ]);
  });

  it("adds a matrix and its transpose", async () => {
    const m = new Variable(
      "m",
      array([
        [1, 2],
        [3, 4],
      ]),
    );
    const step = compile(() => m.assign(add(m.read(), transpose(m.read()))), [], {
      engine: createWasmEngine({ threads: 1 }),
    });
    await step();
    expect([...m.value.data]).toEqual([2, 5, 5, 8]);
  });
});
