import { describe, expect, it } from "vitest";
import { interpreted } from "../../../tests/support/values.ts";
import { array } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { pairNetwork } from "./pairs.ts";

const options = { words: 9, longest: 12, features: 4, maps: 3, hidden: 5 };
const build = (more: object = {}): nn.Model => nn.Model.build(pairNetwork({ ...options, ...more }), { seed: 2 });

async function score(questionLength: number, answerLength: number): Promise<number[]> {
  const model = build();
  const padded = (words: readonly number[], length: number) =>
    array([Array.from({ length }, (_, i) => words[i] ?? 7)], "i32");
  const given = [
    padded([2, 3, 4], questionLength),
    padded([5, 6], answerLength),
    array([3], "i32"),
    array([2], "i32"),
    array([[0.5, 0, 1, 0.2]]),
  ];
  const run = interpreted((question, answer, q, a, overlap) => {
    const inputs = { question, answer, "question.length": q, "answer.length": a, overlap };
    return { y: model.apply(inputs).score };
  }, given);
  return [...(await run(...given)).y.data];
}

describe("the pair network", () => {
  it("gives the same score however far its texts are padded", async () => {
    expect(await score(12, 9)).toEqual(await score(3, 2));
  });

  it("has the parameters that its documentation names; both texts share their vectors", () => {
    const names = build().variables.map(({ name, shape }) => `${name} ${shape}`);
    expect(names).toEqual([
      "vectors.weight 9,4",
      "asked.conv.weight 3,4,5",
      "asked.conv.bias 3",
      "said.conv.weight 3,4,5",
      "said.conv.bias 3",
      "similarity.weight 1,3,3",
      "hidden.weight 5,11",
      "hidden.bias 5",
      "score.weight 1,5",
      "score.bias 1",
    ]);
    expect(Object.keys(build({ overlaps: 0 }).inputs)).toEqual(["question", "answer"]);
  });

  it("is saved and loaded", async () => {
    const model = build();
    const loaded = nn.Model.fromBytes(await model.toBytes());
    expect(loaded.variables.map(({ name }) => name)).toEqual(model.variables.map(({ name }) => name));
  });
});
