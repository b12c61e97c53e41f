import { describe, expect, it } from "vitest";
import { trace } from "../../../../graph/index.ts";
import { lenet5 } from "../../../../models/index.ts";
import * as nn from "../../../../nn/index.ts";
import { conv } from "../../../../ops/index.ts";
import { minimize, sgd } from "../../../../optim/index.ts";
import { optimize } from "../../../../passes/index.ts";
import { wasmTarget } from "../../wasm/target.ts";
import { avx2 } from "../../x64/code/index.ts";
import { samplesInnermost } from "./layout.ts";

const target = wasmTarget(false);

function trainingStep(batch: number) {
  const { input } = lenet5;
  const model = nn.Model.build(lenet5(), { input });
  const { graph } = trace(
    (x, y) => {
      const loss = nn.crossEntropy(model(x, { training: true }), y);
      minimize(loss, sgd());
      return { loss };
    },
    [
      { shape: [batch, ...input], dtype: "f32" },
      { shape: [batch], dtype: "i32" },
    ],
  );
  return optimize(graph);
}

describe("samples lie innermost", () => {
  it.each([
    [1, false],
    [2, false],
    [8, true],
    [32, true],
    [128, true],
  ])("in a training step of LeNet-5 on %i samples: %s", (batch, expected) => {
    expect(samplesInnermost(trainingStep(batch), target).has(batch)).toBe(expected);
  });

  it.each([
    ["maps that come from pages of their own", [8, 64, 28, 28], [64, 64, 3, 3], 1],
    ["filters with a map each, which vectors over channels meet together", [8, 64, 28, 28], [64, 1, 3, 3], 64],
  ])("but not for %s", (_, maps, filters, groups) => {
    const step = trace(
      (x, w) => ({ y: conv(x, w, { padding: 1, groups }) }),
      [maps, filters].map((shape) => ({ shape, dtype: "f32" as const })),
    );
    for (const each of [target, avx2]) expect([...samplesInnermost(optimize(step.graph), each)]).toEqual([]);
  });

  it("or not, by batch size, where a graph has several", () => {
    const { graph } = trace(
      (x, y, w) => ({ x: conv(x, w), y: conv(y, w) }),
      [
        { shape: [64, 3, 9, 9], dtype: "f32" },
        { shape: [2, 3, 9, 9], dtype: "f32" },
        { shape: [5, 3, 3, 3], dtype: "f32" },
      ],
    );
    expect([...samplesInnermost(optimize(graph), target)]).toEqual([64]);
  });

  it.each([true, false])("when that is asked for: %s", (wanted) => {
    expect([...samplesInnermost(trainingStep(2), { ...target, samplesInnermost: wanted })]).toEqual(wanted ? [2] : []);
  });
});
