import { describe, expect, it } from "vitest";
import { LENET, recipeIn } from "../../address/recipe.ts";
import { layersOf, programOf } from "./program.ts";

describe("a run as a program", () => {
  it("has a line for each layer of the network's text", () => {
    expect(layersOf(LENET)).toHaveLength(12);
    const text = 'nn.conv2d(6, {\n  kernel: 5 }), // first\n\ntanh();conv2d(4, { kernel: 3, padding: "same)" })';
    expect(layersOf(text)).toEqual([
      "conv2d(6, { kernel: 5 })",
      "tanh()",
      'conv2d(4, { kernel: 3, padding: "same)" })',
    ]);
  });

  it("has the numbers of the recipe", () => {
    const program = programOf(recipeIn({ seed: "3", epochs: "2", decay: "0.001", schedule: "cosine" }), [1, 28, 28]);
    for (const part of ["epochs: 2", "seed: 3", "weightDecay: 0.001", "optim.schedules.cosine()", "input: [1, 28, 28]"])
      expect(program).toContain(part);
    expect(programOf(recipeIn({ network: "resnet20" }), [3, 32, 32])).toContain(
      'architectures["resnet20"]({ input: [3, 32, 32], classes: train.classes.length })',
    );
  });
});
