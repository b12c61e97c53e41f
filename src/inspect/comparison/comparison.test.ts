/** Two networks side by side: what is the same counts as the same, and each change is found. */
import { expect, it } from "vitest";
import { halves } from "../../../tests/support/training.ts";
import { DataError, NdArray } from "../../array/index.ts";
import { dataset, picture } from "../../data/index.ts";
import * as nn from "../../nn/index.ts";
import { compareModels, compareStructure, compareWeights } from "./index.ts";

const data = halves(40);
const net = (seed: number, width = 6) =>
  nn.Model.build(
    nn.sequential({ flat: nn.flatten(), fc: nn.linear(width), act: nn.tanh(), out: nn.linear(data.classes.length) }),
    { input: [1, 8, 8], classes: data.classes, seed },
  );

it("finds nothing between a network and itself", async () => {
  const model = net(1);
  const { structure, weights, activations, answers } = await compareModels(model, model, data);
  expect(structure).toEqual({ added: [], removed: [], changed: [], same: ["flat", "fc", "act", "out"] });
  for (const { change, cosine } of weights.parameters) expect([change, cosine || 1]).toEqual([0, expect.closeTo(1, 6)]);
  for (const { cka } of activations!) expect(cka).toBeCloseTo(1, 4);
  expect(answers).toMatchObject({ count: 40, changed: [], gained: 0, lost: 0, otherwise: 0 });
});

it("finds layers that were added, removed and changed", () => {
  const other = nn.Model.build(
    nn.sequential({ flat: nn.flatten(), fc: nn.linear(9), drop: nn.dropout(0.5), out: nn.linear(4) }),
    { input: [1, 8, 8] },
  );
  const { added, removed, changed, same } = compareStructure(net(1), other);
  expect({ added, removed, same }).toEqual({ added: ["drop"], removed: ["act"], same: ["flat", "out"] });
  expect(changed).toMatchObject([{ path: "fc", before: { output: [6] }, after: { output: [9] } }]);
});

it("measures weights by the length of their difference and the angle between them", async () => {
  const [a, b] = [net(1), net(1)];
  const weight = b.variables.find(({ name }) => name === "fc.weight")!;
  weight.value = new NdArray(
    Float32Array.from(weight.value.data, (x) => -3 * x),
    weight.shape,
    "f32",
  );
  const { parameters, reshaped } = await compareWeights(a, b);
  const found = parameters.find(({ name }) => name === "fc.weight")!;
  expect(found.change).toBeCloseTo(4, 5);
  expect(found.cosine).toBeCloseTo(-1, 5);
  expect(parameters.find(({ name }) => name === "out.weight")!.change).toBe(0);
  expect(reshaped).toEqual([]);
  expect((await compareWeights(a, net(1, 9))).reshaped).toEqual(["fc.weight", "fc.bias", "out.weight"]);
});

it("counts answers and confusions that changed", async () => {
  const { answers } = await compareModels(net(1), net(5), data);
  const { accuracy, changed, gained, lost, otherwise, count, confusionChange } = answers!;
  expect(changed.length).toBe(gained + lost + otherwise);
  expect(changed.length).toBeGreaterThan(0);
  expect((accuracy.after - accuracy.before) * count).toBeCloseTo(gained - lost, 9);
  const k = data.classes.length;
  for (let label = 0; label < k; label++)
    expect(Array.from(confusionChange.row(label).data).reduce((sum, x) => sum + x, 0)).toBe(0);
  for (const { sample, label, before, after } of changed) {
    expect(data.labels.data[sample]).toBe(label);
    expect(before).not.toBe(after);
  }
});

it("refuses data without classes", async () => {
  const pictures = dataset("p", { image: picture(data.images) });
  await expect(compareModels(net(1), net(2), pictures as never)).rejects.toThrow(DataError);
});
