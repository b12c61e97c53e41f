/** A small network, in a step of training, against PyTorch; `npm run test:models` has a variant of every family. */
import { expect, it } from "vitest";
import { architectures } from "../../src/models/index.ts";
import { cases, differences, expectedOf, resultOf, TOLERANCE } from "./agreement.ts";

it("cases are of networks that there are", () => {
  expect(Object.keys(cases).filter((name) => !Object.hasOwn(architectures, name))).toEqual([]);
});

it("resnet20 computes what PyTorch does for training", async () => {
  const ours = await resultOf("resnet20", "training");
  expect(differences(ours, expectedOf("resnet20").training)).toEqual([]);
});

it("a difference is noticed", () => {
  const { prediction } = expectedOf("resnet20");
  const { "conv1.weight": _, ...gradients } = prediction.gradients;
  const loss = prediction.loss * (1 + 2.5 * TOLERANCE);
  expect(differences({ ...prediction, loss, gradients }, prediction)).toEqual([
    expect.stringMatching(/^loss: 0.00025|^loss: 0.00024/),
    "gradients conv1.weight: Infinity",
  ]);
});
