/** Lowering that is repeated over other buffers makes the kernels that lowering anew would make. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { applyOp, type Graph, isOpNode, sampleAttributes, type Tensor, trace } from "../../../graph/index.ts";
import * as nn from "../../../nn/index.ts";
import { allOps } from "../../../ops/registry.ts";
import { minimize, sgd } from "../../../optim/index.ts";
import { expand, optimize } from "../../../passes/index.ts";
import { printKernel } from "../loops/print.ts";
import { avx512 } from "../x64/code/target.ts";
import { LoweringContext } from "./context/context.ts";
import { canLower, hasKernel, lower } from "./lower.ts";

afterEach(() => vi.restoreAllMocks());

const kernelsOf = (graph: Graph) =>
  lower(graph, { ...avx512, samplesInnermost: false }).steps.map(({ kernel }) => kernel);

/** How many bodies the kernels of a graph have, which are the same as those without repetition. */
function bodiesOf(graph: Graph): { kernels: number; bodies: number } {
  const repeated = kernelsOf(graph);
  const spy = vi.spyOn(LoweringContext.prototype, "repeating").mockImplementation((_key, _ends, make) => make());
  const anew = kernelsOf(graph);
  spy.mockRestore();
  expect(repeated.map(printKernel)).toEqual(anew.map(printKernel));
  return { kernels: repeated.length, bodies: new Set(repeated.map(({ body }) => body)).size };
}

const { sequential, conv2d, batchNorm2d, relu, residual, linear } = nn;
const block = (channels: number, kernel: number) =>
  residual(sequential(conv2d(channels, { kernel, padding: (kernel - 1) / 2 }), batchNorm2d(), relu()));

describe("a training step of equal blocks", () => {
  it.each([
    ["3×3 filters, by Winograd's algorithm", 32, 3],
    ["3×3 filters", 8, 3],
    ["1×1 filters", 8, 1],
  ])("with %s shares the bodies of its kernels", (_, channels, kernel) => {
    const counts = [4, 5].map((blocks) => {
      const layers = Array.from({ length: blocks }, () => block(channels, kernel));
      const input = [channels, 8, 8];
      const model = nn.Model.build(sequential(...layers, nn.flatten(), linear(3)), { input });
      const types = [
        { shape: [2, ...input], dtype: "f32" as const },
        { shape: [2], dtype: "i32" as const },
      ];
      const step = (x: Tensor, y: Tensor) => {
        const loss = nn.crossEntropy(model(x, { training: true }), y);
        minimize(loss, sgd({ momentum: 0.9 }));
        return { loss };
      };
      return bodiesOf(optimize(expand(trace(step, types).graph, hasKernel)));
    });
    const [more, bodies] = [counts[1].kernels - counts[0].kernels, counts[1].bodies - counts[0].bodies];
    expect(more).toBeGreaterThan(10);
    expect(bodies).toBeLessThan(more / 5);
  });
});

describe("an op that is used three times, once of itself,", () => {
  const ops = [...allOps.values()].filter(canLower);
  it.each(ops.map((op) => [op.name, op] as const))("has the kernels of its own: %s", (_, op) => {
    for (const sample of op.samples) {
      const types = sample.inputs.map(({ shape, dtype = "f32" }) => ({ shape, dtype }));
      const use = (inputs: readonly Tensor[]) => applyOp(op, inputs, sampleAttributes(sample, inputs)).outputs;
      const { graph } = trace(
        (...inputs) => {
          const [first, second] = [inputs.slice(0, types.length), inputs.slice(types.length)];
          const same = first.map(
            (input) => first.find((other) => other.dtype === input.dtype && `${other.shape}` === `${input.shape}`)!,
          );
          return { a: use(first), b: use(second), c: use(same) };
        },
        [...types, ...types],
      );
      const expanded = expand(graph, hasKernel);
      if (expanded.nodes.filter(isOpNode).every(hasKernel)) bodiesOf(expanded);
    }
  });
});
