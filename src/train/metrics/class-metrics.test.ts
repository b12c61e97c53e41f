import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, pairs } from "../../../tests/support/scored.ts";
import { array, DataError, zeros } from "../../array/index.ts";
import { classMetrics, confusionMatrix } from "./index.ts";

/** Quotients of small integers and their sums, in double precision. */
const DIGITS = 12;

describe("figures of classes", () => {
  it("are what one counts by hand", () => {
    // Class 0: 4 samples, 3 found, and 1 of class 1 taken for it; class 1: 2 of 3 found; class 2: found, and taken for once.
    const confusion = array([[3, 0, 1], [1, 2, 0], [0, 0, 1]], "i32"); // biome-ignore format: a matrix
    const metrics = classMetrics(confusion);
    expect(metrics).toMatchObject({ count: 8, correct: 6, accuracy: 6 / 8 });
    expect(metrics.perClass).toEqual([
      { precision: 3 / 4, recall: 3 / 4, f1: 3 / 4, support: 4 },
      { precision: 1, recall: 2 / 3, f1: 4 / 5, support: 3 },
      { precision: 1 / 2, recall: 1, f1: 2 / 3, support: 1 },
    ]);
    expect(metrics.macro.precision).toBeCloseTo((3 / 4 + 1 + 1 / 2) / 3, DIGITS);
    expect(metrics.macro.recall).toBeCloseTo((3 / 4 + 2 / 3 + 1) / 3, DIGITS);
    expect(metrics.macro.f1).toBeCloseTo((3 / 4 + 4 / 5 + 2 / 3) / 3, DIGITS);
    expect(metrics.balancedAccuracy).toBe(metrics.macro.recall);
    expect(metrics.weighted.precision).toBeCloseTo((4 * (3 / 4) + 3 * 1 + 1 * (1 / 2)) / 8, DIGITS);
    expect(metrics.weighted.f1).toBeCloseTo((4 * (3 / 4) + 3 * (4 / 5) + 1 * (2 / 3)) / 8, DIGITS);
  });

  it("are NaN where they are shares of nothing", () => {
    // Class 1 occurs and is never predicted, class 2 is predicted and does not occur, class 3 does neither.
    const confusion = array([[4, 0, 1, 0], [2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], "i32"); // biome-ignore format: a matrix
    const { perClass, macro, weighted, balancedAccuracy } = classMetrics(confusion);
    expect(perClass.slice(1)).toEqual([
      { precision: NaN, recall: 0, f1: 0, support: 2 },
      { precision: 0, recall: NaN, f1: 0, support: 0 },
      { precision: NaN, recall: NaN, f1: NaN, support: 0 },
    ]);
    // The means are of classes 0 and 1, and the one that was never named counts as a failure.
    expect(macro.precision).toBeCloseTo((4 / 6 + 0) / 2, DIGITS);
    expect(macro.f1).toBeCloseTo((8 / 11 + 0) / 2, DIGITS);
    expect(balancedAccuracy).toBeCloseTo((4 / 5 + 0) / 2, DIGITS);
    expect(weighted.recall).toBeCloseTo(4 / 7, DIGITS);
  });

  it("are those of one class where there is one, and of nothing where there is nothing", () => {
    expect(classMetrics(array([[3]], "i32"))).toMatchObject({ accuracy: 1, macro: { precision: 1, recall: 1, f1: 1 } });
    const nothing = { precision: NaN, recall: NaN, f1: NaN };
    expect(classMetrics(zeros([2, 2], "i32"))).toMatchObject({
      ...{ count: 0, correct: 0, accuracy: NaN, balancedAccuracy: NaN },
      ...{ macro: nothing, weighted: nothing },
    });
  });

  it("are refused for a matrix that does not count", () => {
    expect(() =>
      classMetrics(
        array(
          [
            [1, -1],
            [0, 2],
          ],
          "i32",
        ),
      ),
    ).toThrow(
      // biome-ignore format: a matrix
      new DataError("classMetrics: a confusion matrix counts samples, got -1 for label 0"),
    );
    expect(() => classMetrics(array([[1, 1], [NaN, 2]]))).toThrow("got NaN for label 1"); // biome-ignore format: a matrix
  });

  it("belong together: recall weighted by how often a class occurs, and precision by how often it is named, are accuracy", () => {
    fc.assert(
      fc.property(pairs, ({ classes, labels, predicted }) => {
        const { accuracy, perClass, weighted } = classMetrics(
          confusionMatrix(labelsOf(labels), labelsOf(predicted), classes),
        );
        const hits = labels.filter((label, i) => label === predicted[i]).length;
        expect(accuracy).toBe(hits / labels.length);
        expect(weighted.recall).toBeCloseTo(accuracy, DIGITS);
        const namedRight = perClass.map(({ precision }, k) => {
          const named = predicted.filter((one) => one === k).length;
          return named === 0 ? 0 : precision * named;
        });
        expect(namedRight.reduce((a, b) => a + b) / labels.length).toBeCloseTo(accuracy, DIGITS);
        for (const [k, { precision, recall, f1, support }] of perClass.entries()) {
          const of = labels.filter((label) => label === k).length;
          const taken = predicted.filter((one) => one === k).length;
          const both = labels.filter((label, i) => label === k && predicted[i] === k).length;
          expect({ precision, recall, support }).toEqual({ precision: both / taken, recall: both / of, support: of });
          if (both > 0) expect(f1).toBeCloseTo(2 / (1 / precision + 1 / recall), DIGITS);
        }
      }),
    );
  });
});
