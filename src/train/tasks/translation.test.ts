import { describe, expect, it } from "vitest";
import { array } from "../../array/index.ts";
import { dataset, ragged, tokens } from "../../data/index.ts";
import { createInterpreter } from "../../engines/index.ts";
import * as nn from "../../nn/index.ts";
import { evaluateModel } from "../evaluation/index.ts";
import { taskFromJson } from "./catalog.ts";
import { translation } from "./translation.ts";

/** Scores that depend on the target word before alone: rows of a table, whatever the source says. */
const network = nn.network({ source: nn.tokens(4), target: nn.tokens(4) }, ({ source, target }) => {
  const nothing = nn
    .poolSteps("sum")(nn.embedding(3, 3, { initializer: "zeros" })(source))
    .reshape([-1, 1, 3]);
  return { scores: nn.named("table", nn.embedding(3, 3))(target).add(nothing) };
});
const model = nn.Model.build(network);
const table = [[0, 0, 0], [0, 0, Math.log(2)], [Math.log(6), 0, 0]]; // biome-ignore format: rows
model.variables.find(({ name }) => name === "table.weight")!.value = array(table);

const data = dataset("pairs", {
  source: tokens(ragged([[1], [2, 1]], "i32")),
  target: tokens(
    ragged(
      [
        [1, 2],
        [1, 1, 2],
      ],
      "i32",
    ),
  ),
});

describe("translation", () => {
  it("counts the tokens after the first, and no padding", async () => {
    const task = translation({ labelSmoothing: 0.5 });
    const { figures } = await evaluateModel(model, data, { task, engine: createInterpreter() });
    // 1 → 2 has 2/4, twice; 1 → 1 has 1/4. Smoothing is for training.
    const nats = (2 * Math.log(2) + Math.log(4)) / 3;
    expect(figures.natsPerToken).toBeCloseTo(nats, 5);
    expect(figures.loss).toBeCloseTo(nats, 5);
    expect(figures.perplexity).toBeCloseTo(Math.exp(nats), 5);
    expect(figures.accuracy).toBeCloseTo(2 / 3, 6);
  });

  it("is saved without what matters in training only", () => {
    const task = translation({ labelSmoothing: 0.1 });
    expect(task.toSaved()).toEqual({ type: "translation", target: "target" });
    expect(taskFromJson(task.toJSON()).options).toEqual(task.options);
  });
});
