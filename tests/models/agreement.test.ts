/** A small network with its gradients against PyTorch; `npm run test:models` has a variant of every family. */
import { expect, it } from "vitest";
import { architectures } from "../../src/models/index.ts";
import { cases, differences, expectedOf, resultOf, TOLERANCE } from "./agreement.ts";

it("cases are of networks that there are", () => {
  expect(Object.keys(cases).filter((name) => !Object.hasOwn(architectures, name))).toEqual([]);
});

it.each(["prediction", "training"] as const)("resnet20 computes what PyTorch does for %s", async (kind) => {
  const ours = await resultOf("resnet20", kind);
  expect(differences(ours, expectedOf("resnet20")[kind], TOLERANCE)).toEqual([]);
});

it("a difference is noticed", async () => {
  const { prediction } = expectedOf("resnet20");
  const { "conv1.weight": _, ...gradients } = prediction.gradients;
  const loss = prediction.loss * (1 + 2 * TOLERANCE);
  expect(differences({ ...prediction, loss, gradients }, prediction, TOLERANCE)).toEqual([
    expect.stringContaining("loss: "),
    "gradients conv1.weight: Infinity",
  ]);
});
