import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, pairs } from "../../../tests/support/scored.ts";
import { array, DataError, OptionError, ShapeError, zeros } from "../../array/index.ts";
import { confusedPairs, confusionMatrix } from "./index.ts";

describe("the confusion matrix", () => {
  it("has labels in rows and predictions in columns", () => {
    const confusion = confusionMatrix(labelsOf([0, 0, 0, 1, 2, 2]), labelsOf([0, 1, 1, 1, 0, 2]), 3);
    expect(confusion.dtype).toBe("i32");
    expect(confusion.toNested()).toEqual([
      [1, 2, 0],
      [0, 1, 0],
      [1, 0, 1],
    ]);
  });

  it("counts every sample once, in the cell of its pair", () => {
    fc.assert(
      fc.property(pairs, ({ classes, labels, predicted }) => {
        const counts = confusionMatrix(labelsOf(labels), labelsOf(predicted), classes).toNested() as number[][];
        expect(counts.flat().reduce((a, b) => a + b)).toBe(labels.length);
        for (let a = 0; a < classes; a++)
          for (let b = 0; b < classes; b++)
            expect(counts[a][b]).toBe(labels.filter((label, i) => label === a && predicted[i] === b).length);
      }),
    );
  });

  it("needs a number of classes", () => {
    const options = { classes: 2 } as unknown as number;
    expect(() => confusionMatrix(labelsOf([0]), labelsOf([0]), options)).toThrow(
      new OptionError("confusionMatrix: classes must be an integer of at least 1, got an object"),
    );
  });

  it("counts pixels of maps, except where the label is to be ignored, whatever was predicted there", () => {
    const labels = array([[[0, 1, 255], [1, 255, 0]]], "i32"); // biome-ignore format: a map
    const predicted = array([[[0, 0, 1], [1, 99, 0]]], "i32"); // biome-ignore format: a map
    expect(confusionMatrix(labels, predicted, 2, { ignore: 255 }).toNested()).toEqual([
      [2, 0],
      [1, 1],
    ]);
    // The ignored one may also be a class like others, such as the background.
    expect(
      confusionMatrix(
        labels,
        array(
          [
            [
              [0, 0, 1],
              [1, 0, 0],
            ],
          ],
          "i32",
        ),
        256,
        { ignore: 0 },
      )
        .row(0)
        .data.every((n) => n === 0),
    ).toBe(true);
    expect(() => confusionMatrix(labels, predicted, 2)).toThrow(
      new DataError("confusionMatrix: label 2 is 255; there are 2 classes, 0 to 1"),
    );
  });

  it("is zero where there is nothing to count", () => {
    expect(confusionMatrix(labelsOf([]), labelsOf([]), 2).toNested()).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("is refused for what names no class or does not fit together", () => {
    const message = (predicted: number) =>
      new DataError(`confusionMatrix: predicted class 1 is ${predicted}; there are 2 classes, 0 to 1`);
    for (const wrong of [2, -1])
      expect(() => confusionMatrix(labelsOf([0, 1]), labelsOf([0, wrong]), 2)).toThrow(message(wrong));
    expect(() => confusionMatrix(labelsOf([0, 1]), labelsOf([0]), 2)).toThrow(
      new ShapeError("confusionMatrix: needs labels and predicted classes, i32 of one shape, got i32[2] and i32[1]"),
    );
    expect(() => confusionMatrix(labelsOf([0]), zeros([1], "u8"), 2)).toThrow(ShapeError);
  });
});

describe("the pairs that are confused most", () => {
  const confusion = array([[5, 1, 3], [3, 9, 0], [0, 4, 0]], "i32"); // biome-ignore format: a matrix

  it("are those off the diagonal, the most frequent first, and of equal ones the one of the lower class", () => {
    expect(confusedPairs(confusion)).toEqual([
      { label: 2, predicted: 1, count: 4, share: 1 },
      { label: 0, predicted: 2, count: 3, share: 1 / 3 },
      { label: 1, predicted: 0, count: 3, share: 1 / 4 },
      { label: 0, predicted: 1, count: 1, share: 1 / 9 },
    ]);
    expect(confusedPairs(confusion, 2)).toHaveLength(2);
  });

  it("are none where nothing is confused", () => {
    expect(confusedPairs(array([[4, 0], [0, 0]], "i32"))).toEqual([]); // biome-ignore format: a matrix
  });

  it("are not to be had from what is not square", () => {
    expect(() => confusedPairs(zeros([2, 3], "i32"))).toThrow(
      new ShapeError("confusedPairs: needs a confusion matrix [classes, classes], got [2,3]"),
    );
  });
});
