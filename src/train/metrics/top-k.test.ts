import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, scored, scoresOf } from "../../../tests/support/scored.ts";
import { compute } from "../../../tests/support/values.ts";
import { array, DataError, OptionError, ShapeError, zeros } from "../../array/index.ts";
import { argMax } from "../../ops/index.ts";
import { predictedClasses, topKAccuracy } from "./index.ts";

describe("accuracy among the first k", () => {
  it("is what one counts by hand", () => {
    const scores = array([[5, 3, 1], [1, 2, 3], [2, 9, 4]]); // biome-ignore format: a matrix
    const labels = labelsOf([1, 0, 1]); // second, third, first
    expect([1, 2, 3, 4].map((k) => topKAccuracy(scores, labels, k))).toEqual([1 / 3, 2 / 3, 1, 1]);
  });

  it("makes no hit of a tie that a lower class wins", () => {
    const scores = array([[2, 2, 2]]);
    expect([0, 1, 2].map((label) => topKAccuracy(scores, labelsOf([label]), 1))).toEqual([1, 0, 0]);
    expect([0, 1, 2].map((label) => topKAccuracy(scores, labelsOf([label]), 2))).toEqual([1, 1, 0]);
  });

  it("takes what is not a number for the largest", () => {
    const scores = array([[9, NaN, Infinity, NaN]]);
    expect([0, 1, 2, 3].map((label) => topKAccuracy(scores, labelsOf([label]), 1))).toEqual([0, 1, 0, 0]);
    expect([0, 1, 2, 3].map((label) => topKAccuracy(scores, labelsOf([label]), 3))).toEqual([0, 1, 1, 1]);
  });

  it("grows with k to 1, begins with accuracy, and is what sorting says", () => {
    fc.assert(
      fc.property(scored, ({ labels, scores }) => {
        const classes = scores[0].length;
        const at = (k: number) => topKAccuracy(scoresOf(scores), labelsOf(labels), k);
        const predicted = predictedClasses(scoresOf(scores)).data;
        expect(at(1)).toBe(labels.filter((label, i) => label === predicted[i]).length / labels.length);
        expect(at(classes)).toBe(1);
        for (let k = 1; k <= classes; k++) {
          // Sorting is stable: equal scores stay in the order of the classes.
          const hits = scores.filter((row, i) => {
            const order = row.map((score, c) => ({ score, c })).sort((a, b) => b.score - a.score);
            return order.slice(0, k).some(({ c }) => c === labels[i]);
          });
          expect(at(k)).toBe(hits.length / labels.length);
        }
      }),
    );
  });

  it("is NaN of no samples, and refused for what does not fit together", () => {
    expect(topKAccuracy(zeros([0, 3]), labelsOf([]), 1)).toBeNaN();
    expect(() => topKAccuracy(zeros([2, 3]), labelsOf([0]), 1)).toThrow(
      new ShapeError("topKAccuracy: needs labels i32[2] for f32[2,3], got i32[1]"),
    );
    expect(() => topKAccuracy(zeros([1, 3]), labelsOf([3]), 1)).toThrow(
      new DataError("topKAccuracy: label 0 is 3; there are 3 classes, 0 to 2"),
    );
    expect(() => topKAccuracy(zeros([3]), labelsOf([0]), 1)).toThrow(
      new ShapeError("topKAccuracy: needs scores [n, classes] in floats, got f32[3]"),
    );
    expect(() => topKAccuracy(zeros([1, 3], "i32"), labelsOf([0]), 1)).toThrow(ShapeError);
    for (const k of [0, 1.5]) {
      expect(() => topKAccuracy(zeros([1, 3]), labelsOf([0]), k)).toThrow(
        new OptionError(`topKAccuracy: k must be an integer of at least 1, got ${k}`),
      );
    }
  });
});

it("the predicted class is the one that argMax finds, also among ties and what is not a number", async () => {
  const scores = array([[1, 3, 3], [NaN, 5, 1], [1, NaN, NaN], [-Infinity, -Infinity, -9]]); // biome-ignore format: a matrix
  const predicted = predictedClasses(scores);
  expect(predicted.toNested()).toEqual([1, 0, 1, 2]);
  expect(predicted).toEqual(await compute((x) => argMax(x, 1), scores));
});
