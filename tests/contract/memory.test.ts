/** What a program's memory promises: close to what must be alive at once, and nothing taken in a step. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { array, zeros } from "../../src/array/index.ts";
import { lower } from "../../src/engines/cpu/lower/index.ts";
import { lifetimesOf } from "../../src/engines/cpu/memory/index.ts";
import { type Lifetime, planMemory } from "../../src/engines/cpu/step/index.ts";
import { wasmTarget } from "../../src/engines/cpu/wasm/index.ts";
import { compile, createWasmEngine } from "../../src/engines/index.ts";
import { type Graph, trace } from "../../src/graph/index.ts";
import { architectures } from "../../src/models/index.ts";
import * as nn from "../../src/nn/index.ts";
import { adam, minimize, sgd } from "../../src/optim/index.ts";
import { optimize } from "../../src/passes/index.ts";

/** The arena may be larger than the largest set of buffers that are alive at once, since places are chosen greedily. */
const MOST_WASTE = 1.3;

const bytesOf = ({ buffer }: Lifetime): number => buffer.length * 4;

function largestLiveSet(lifetimes: readonly Lifetime[]): number {
  const steps = [...new Set(lifetimes.flatMap(({ first, last }) => [first, last]))];
  const aliveAt = (step: number): number =>
    lifetimes.filter(({ first, last }) => first <= step && step <= last).reduce((sum, life) => sum + bytesOf(life), 0);
  return Math.max(...steps.map(aliveAt));
}

function trainingStep(name: string, batch: number): Graph {
  const network = architectures[name];
  const { input } = network;
  const model = nn.Model.build(network(), { input });
  const types = [
    { shape: [batch, ...input], dtype: "f32" as const },
    { shape: [batch], dtype: "i32" as const },
  ];
  return trace((x, y) => {
    const loss = nn.crossEntropy(model(x, { training: true }), y);
    minimize(loss, sgd({ momentum: 0.9 }));
    return { loss };
  }, types).graph;
}

describe.each(["lenet5", "torch-tutorial"])("the training step of %s", (name) => {
  it.each([1, 33, 128])(`takes at most ${MOST_WASTE} times what is alive at once, batch %i`, (batch) => {
    const lifetimes = lifetimesOf(lower(optimize(trainingStep(name, batch)), wasmTarget(false)));
    const { bytes, addresses } = planMemory(lifetimes, 0);
    expect(bytes / largestLiveSet(lifetimes)).toBeLessThan(MOST_WASTE);
    for (const a of lifetimes) {
      const [start, end] = [addresses.get(a.buffer)!, addresses.get(a.buffer)! + bytesOf(a)];
      const overlapping = lifetimes.filter(
        (b) =>
          b !== a &&
          b.first <= a.last &&
          a.first <= b.last &&
          addresses.get(b.buffer)! < end &&
          start < addresses.get(b.buffer)! + bytesOf(b),
      );
      expect(overlapping).toEqual([]);
    }
  });
});

it("keeps nothing over ten thousand steps", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const model = nn.Model.build(nn.sequential(nn.linear(8), nn.tanh(), nn.linear(2)), { input: [4] });
  const optimizer = adam();
  const step = compile(
    (x, y) => {
      const loss = nn.crossEntropy(model(x, { training: true }), y);
      minimize(loss, optimizer);
      return { loss };
    },
    [
      { shape: [4, 4], dtype: "f32" },
      { shape: [4], dtype: "i32" },
    ],
    { engine: createWasmEngine({ threads: 1 }) },
  );
  const [x, y] = [zeros([4, 4]), array([0, 1, 1, 0], "i32")];
  const run = async (steps: number): Promise<number> => {
    for (let i = 0; i < steps; i++) await step(x, y);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = await run(2_000);
  const after = await run(10_000);
  // Less than twenty bytes a step: what the test runner itself takes meanwhile.
  expect(after - before).toBeLessThan(200_000);
});
