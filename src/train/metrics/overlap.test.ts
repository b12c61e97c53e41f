import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, pairs } from "../../../tests/support/scored.ts";
import { array, ShapeError, zeros } from "../../array/index.ts";
import { boxIoU, classIoU, confusionMatrix, meanIoU, pairwiseBoxIoU, pixelAccuracy } from "./index.ts";

/** Quotients of small numbers in double precision. */
const DIGITS = 12;

describe("overlap of classes", () => {
  it("is what one counts on two maps", () => {
    const labels = array([[[0, 0, 1, 1], [0, 0, 1, 1]]], "i32"); // biome-ignore format: a map
    const predicted = array([[[0, 1, 1, 1], [0, 0, 0, 1]]], "i32"); // biome-ignore format: a map
    const confusion = confusionMatrix(labels, predicted, 3);
    // Of class 0: 3 pixels in both, 5 in either; class 2 is in neither and is left out of the mean.
    expect(classIoU(confusion)).toEqual([3 / 5, 3 / 5, NaN]);
    expect(meanIoU(confusion)).toBeCloseTo(3 / 5, DIGITS);
    expect(meanIoU(zeros([2, 2], "i32"))).toBeNaN();
    expect([pixelAccuracy(confusion), pixelAccuracy(zeros([2, 2], "i32"))]).toEqual([6 / 8, NaN]);
  });

  it("leaves out pixels that are to be ignored, and counts a class that is wrongly predicted", () => {
    const labels = array([0, 0, 255, 0], "i32");
    expect(classIoU(confusionMatrix(labels, array([0, 0, 1, 0], "i32"), 2, { ignore: 255 }))).toEqual([1, NaN]);
    const confusion = confusionMatrix(labels, array([0, 1, 1, 0], "i32"), 2, { ignore: 255 });
    expect(classIoU(confusion)).toEqual([2 / 3, 0]);
    expect(meanIoU(confusion)).toBeCloseTo(1 / 3, DIGITS);
  });

  it("is the quotient of two sets, the same from either side, and 1 only where both are one", () => {
    fc.assert(
      fc.property(pairs, ({ classes, labels, predicted }) => {
        const there = classIoU(confusionMatrix(labelsOf(labels), labelsOf(predicted), classes));
        expect(classIoU(confusionMatrix(labelsOf(predicted), labelsOf(labels), classes))).toEqual(there);
        for (const [k, overlap] of there.entries()) {
          const places = (map: readonly number[]) => map.flatMap((one, i) => (one === k ? [i] : []));
          const [a, b] = [new Set(places(labels)), new Set(places(predicted))];
          const both = [...a].filter((i) => b.has(i)).length;
          expect(overlap).toBe(both / new Set([...a, ...b]).size);
        }
        expect(meanIoU(confusionMatrix(labelsOf(labels), labelsOf(labels), classes))).toBe(1);
      }),
    );
  });
});

describe("overlap of boxes", () => {
  it.each([
    ["half over each other", [0, 0, 2, 1], [1, 0, 3, 1], 1 / 3],
    ["one in the other", [0, 0, 4, 4], [1, 1, 2, 3], 2 / 16],
    ["the same", [1, 2, 3, 5], [1, 2, 3, 5], 1],
    ["beside each other", [0, 0, 1, 1], [1, 0, 2, 1], 0],
    ["apart along both axes", [0, 0, 1, 1], [5, 5, 6, 6], 0],
    ["one without area", [0, 0, 1, 1], [0, 0, 0, 1], 0],
    ["one with its ends exchanged", [0, 0, 1, 1], [1, 1, 0, 0], 0],
    ["both exchanged in both axes", [1, 1, 0, 0], [1, 1, 0, 0], NaN],
    ["one with what is not a number", [0, 0, 1, NaN], [0, 0, 1, 1], NaN],
  ])("%s", (_, a, b, expected) => {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ]) {
      expect(boxIoU(array([one], "f64"), array([other], "f64")).toNested()).toEqual([expected]);
    }
  });

  it("is that of the pixels that boxes of whole pixels cover", () => {
    const corner = fc.nat({ max: 6 });
    const box = fc.tuple(corner, corner, corner, corner);
    fc.assert(
      fc.property(box, box, (a, b) => {
        const covers = ([left, top, right, bottom]: number[], i: number): boolean => {
          const [x, y] = [i % 6, Math.floor(i / 6)];
          return x >= left && x < right && y >= top && y < bottom;
        };
        const all = Array.from({ length: 36 }, (_, i) => i);
        const both = all.filter((i) => covers(a, i) && covers(b, i)).length;
        const either = all.filter((i) => covers(a, i) || covers(b, i)).length;
        expect(boxIoU(array([a], "f64"), array([b], "f64")).item()).toBe(both / either);
      }),
    );
  });

  it("is that of every pair of two lists", () => {
    const a = array([[0, 0, 2, 1], [1, 0, 3, 1], [0, 0, 0, 0]], "f64"); // biome-ignore format: boxes
    const b = array([[1, 0, 3, 1], [0, 0, 0, 0]], "f64"); // biome-ignore format: boxes
    expect(pairwiseBoxIoU(a, b).toNested()).toEqual([[1 / 3, 0], [1, 0], [0, NaN]]); // biome-ignore format: rows
    expect(pairwiseBoxIoU(a, zeros([0, 4])).shape).toEqual([3, 0]);
    expect(() => pairwiseBoxIoU(a, zeros([4]))).toThrow("pairwiseBoxIoU: needs boxes [k,4] in floats, got f32[4]");
  });

  it("is refused for what is no list of boxes", () => {
    expect(boxIoU(zeros([0, 4]), zeros([0, 4])).shape).toEqual([0]);
    expect(() => boxIoU(zeros([1, 4]), zeros([2, 4]))).toThrow(
      new ShapeError("boxIoU: needs two lists of boxes [k,4] in floats, got f32[1,4] and f32[2,4]"),
    );
    expect(() => boxIoU([[0, 0, 1, 1]] as never, zeros([1, 4]))).toThrow("boxIoU: boxes must be an NdArray, got [[");
    expect(() => boxIoU(zeros([1, 8]), zeros([1, 8]))).toThrow(ShapeError);
    expect(() => boxIoU(zeros([1, 4], "i32"), zeros([1, 4], "i32"))).toThrow(ShapeError);
  });
});
