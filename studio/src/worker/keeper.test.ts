import { nn } from "fovea";
import { expect, it } from "vitest";
import { Keeper } from "./keeper.ts";

const model = nn.Model.build(nn.linear(2), { input: [3] });

it("forgets every second moment beyond its bytes, but neither the last nor the best", () => {
  const keeper = new Keeper(model, 40);
  for (let epoch = 1; epoch <= 9; epoch++) keeper.keep({ epoch, step: 0 }, new Uint8Array(10), 3);
  const epochs = keeper.moments.map(({ epoch }) => epoch);
  expect(epochs[0]).toBe(0);
  expect(epochs).toContain(3);
  expect(epochs.at(-1)).toBe(9);
  expect(epochs.length).toBeLessThan(8);
  expect(() => keeper.checkpoint({ epoch: 12, step: 0 })).toThrow("epoch 12, step 0 was not kept");
});
