/** What the passes make of whole training steps: layers, losses, gradients and optimizers together. */
import { describe, expect, it } from "vitest";
import { NdArray, Random, sizeOf } from "../../src/array/index.ts";
import { f32, type Graph, i32, isOpNode, type Tensor, type TensorType, trace } from "../../src/graph/index.ts";
import { lenet5 } from "../../src/models/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { optimize } from "../../src/passes/index.ts";
import { assigned, exactly, resultsOf } from "./formula.ts";

function step(layer: nn.Layer, input: number[], optimizer: optim.Optimizer, batch: number): Graph {
  const model = nn.Model.build(layer, { input, seed: 1, normalization: { mean: [0.13], std: [0.31] } });
  const body = (x: Tensor, classes: Tensor) => {
    const loss = nn.crossEntropy(model(x, { training: true }), classes, { labelSmoothing: 0.1 });
    return { loss, gradients: optim.minimize(loss, optimizer) };
  };
  return trace(body, [f32(batch, ...input), i32(batch)]).graph;
}

/** LeNet-5 on 128 pictures with momentum: the step that the compile time is measured with. */
const lenetStep = (): Graph => {
  const model = nn.Model.build(lenet5(), { input: [1, 28, 28], seed: 1 });
  const optimizer = optim.sgd({ momentum: 0.9 });
  const types = [f32(128, 1, 28, 28), i32(128)];
  return trace((x, classes) => {
    const loss = nn.crossEntropy(model(x, { training: true }), classes);
    optim.minimize(loss, optimizer);
    return { loss };
  }, types).graph;
};

function randomInputs(types: readonly TensorType[]): NdArray[] {
  const random = new Random(3, "inputs");
  return types.map(({ shape, dtype }) => {
    const draw = dtype === "i32" ? () => random.integer(3) : () => random.uniform(-1, 1);
    const numbers = Array.from({ length: sizeOf(shape) }, draw);
    return new NdArray(dtype === "i32" ? Int32Array.from(numbers) : Float32Array.from(numbers), shape, dtype);
  });
}

const network = nn.sequential(
  nn.conv2d(4, { kernel: 3, padding: 1 }), // [n, 4, 8, 8]
  nn.relu(),
  nn.maxPool2d(2), // [n, 4, 4, 4]
  nn.conv2d(3, { kernel: 3 }), // [n, 3, 2, 2]
  nn.tanh(),
  nn.avgPool2d(2), // [n, 3, 1, 1]
  nn.flatten(),
  nn.dropout(0.3),
  nn.linear(3),
);

describe("a training step", () => {
  it.each<[string, optim.Optimizer]>([
    ["SGD", optim.sgd()],
    ["SGD with Nesterov's momentum and weight decay", optim.sgd({ momentum: 0.9, nesterov: true, weightDecay: 1e-3 })],
    ["Adam", optim.adam()],
    ["AdamW", optim.adamW({ weightDecay: 1e-2 })],
  ])("with %s has fewer nodes and the same bits, step after step", (_, optimizer) => {
    const graph = step(network, [1, 8, 8], optimizer, 5);
    const simpler = optimize(graph, { verify: true });
    expect(simpler.nodes.length).toBeLessThan(graph.nodes.length);
    const inputs = randomInputs(graph.inputs);
    for (let i = 0; i < 3; i++) {
      const expected = resultsOf(graph, inputs);
      expect(exactly(resultsOf(simpler, inputs))).toEqual(exactly(expected));
      const next = expected.slice(graph.outputs.length);
      assigned(graph).forEach((variable, k) => {
        variable.value = next[k];
      });
    }
  });

  it("keeps the layer paths", () => {
    const graph = step(network, [1, 8, 8], optim.sgd(), 2);
    const paths = ({ nodes }: Graph) => new Set(nodes.map(({ path }) => path));
    const simpler = paths(optimize(graph));
    // Flattening is a reshape, which the next layers may take over.
    for (const path of paths(graph)) if (path !== "6") expect(simpler).toContain(path);
    expect([...simpler].filter((path) => !paths(graph).has(path))).toEqual([]);
  });

  it("of LeNet-5 loses ops, and gets more of none", () => {
    const count = ({ nodes }: Graph): ReadonlyMap<string, number> => {
      const counts = new Map<string, number>();
      for (const { op } of nodes.filter(isOpNode)) {
        // Quotients by powers of two become products.
        const name = op.name === "div" ? "mul" : op.name;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      return counts;
    };
    const graph = lenetStep();
    const [before, after] = [count(graph), count(optimize(graph, { verify: true }))];
    const lost = [...before].map(([name, n]) => n - (after.get(name) ?? 0));
    expect(Math.min(...lost)).toBeGreaterThanOrEqual(0);
    expect(lost.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(8);
    expect([...after.keys()].filter((name) => !before.has(name))).toEqual([]);
  });
});
