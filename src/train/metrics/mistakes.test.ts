import { describe, expect, it } from "vitest";
import { labelsOf } from "../../../tests/support/scored.ts";
import { array } from "../../array/index.ts";
import { worstMistakes } from "./index.ts";

describe("the worst mistakes", () => {
  const probabilities = array([[0.5, 0.25, 0.25], [0.125, 0.75, 0.125], [0, 0, 1], [0.75, 0, 0.25]]); // biome-ignore format: a matrix

  it("are the samples that were surely taken for something else, the surest first", () => {
    expect(worstMistakes(probabilities, labelsOf([1, 0, 2, 2]))).toEqual([
      { sample: 1, label: 0, predicted: 1, confidence: 0.75 },
      { sample: 3, label: 2, predicted: 0, confidence: 0.75 },
      { sample: 0, label: 1, predicted: 0, confidence: 0.5 },
    ]);
    expect(worstMistakes(probabilities, labelsOf([1, 0, 2, 2]), 1)).toHaveLength(1);
  });

  it("are none where all is right", () => {
    expect(worstMistakes(probabilities, labelsOf([0, 1, 2, 0]))).toEqual([]);
  });

  it("begin with what is not a number", () => {
    const broken = array([[0, 1], [NaN, NaN], [NaN, NaN]]); // biome-ignore format: a matrix
    const samples = worstMistakes(broken, labelsOf([0, 1, 1])).map(({ sample }) => sample);
    expect(samples).toEqual([1, 2, 0]);
  });
});
