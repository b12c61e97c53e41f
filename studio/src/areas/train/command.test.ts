import { describe, expect, it } from "vitest";
import { LENET, recipeIn } from "../../address/recipe.ts";
import { commandOf, obstacleOf } from "./command.ts";

const recipe = recipeIn({});

describe("the command of a recipe", () => {
  it("says everything that the bits depend on", () => {
    expect(commandOf({ ...recipe, seed: 3, rate: 0.02, schedule: "cosine", decay: 1e-5 })?.join(" ")).toBe(
      "fovea train --model lenet5 --data digits --limit 9000 --validation 1000 --test 0 --seed 3 --epochs 6 --batch 64 " +
        "--optimizer sgd --lr 0.02 --momentum 0.9 --weight-decay 0.00001 --schedule cosine --engine wasm",
    );
  });

  it("names a network of the zoo, and LeNet-5 however it is spaced", () => {
    expect(commandOf({ ...recipe, network: "resnet20" })).toContain("resnet20");
    expect(commandOf({ ...recipe, network: LENET.replaceAll("\n", "\n\n  ") })).toContain("lenet5");
  });

  it.each([
    ["changes", { changes: "120:rate=0.01" }],
    ["data", { data: "own" }],
    ["network", { network: LENET.replace("tanh", "relu") }],
  ])("is missing for %s", (obstacle, changed) => {
    expect(obstacleOf({ ...recipe, ...changed })).toBe(obstacle);
    expect(commandOf({ ...recipe, ...changed })).toBeUndefined();
  });
});
