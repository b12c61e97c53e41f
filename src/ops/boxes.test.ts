import { describe, expect, it } from "vitest";
import { expectGradients } from "../../tests/support/differences.ts";
import { derivatives, numbersOf } from "../../tests/support/values.ts";
import { array, Random, ShapeError, zeros } from "../array/index.ts";
import { f32, trace } from "../graph/index.ts";
import { boxArea, boxIoU, generalizedBoxIoU } from "./index.ts";

/** Quotients of small numbers in double precision. */
const DIGITS = 12;
const near = (value: number) => (Number.isNaN(value) ? NaN : expect.closeTo(value, DIGITS));
const boxes = (...rows: number[][]) => array(rows, "f64");

describe("overlap of boxes", () => {
  it.each([
    ["half over each other", [0, 0, 2, 1], [1, 0, 3, 1], 1 / 3, 1 / 3],
    ["one in the other", [0, 0, 4, 4], [1, 1, 2, 3], 2 / 16, 2 / 16],
    ["the same", [1, 2, 3, 5], [1, 2, 3, 5], 1, 1],
    // Around both lie 3 · 1, of which 1 is of neither.
    ["apart along one axis", [0, 0, 1, 1], [2, 0, 3, 1], 0, -1 / 3],
    // Around both lie 6 · 6, of which 34 are of neither.
    ["apart along both axes", [0, 0, 1, 1], [5, 5, 6, 6], 0, -34 / 36],
    ["one without area", [0, 0, 1, 1], [0, 0, 0, 1], 0, 0],
    ["one with its ends exchanged", [0, 0, 1, 1], [1, 1, 0, 0], 0, 0],
    ["both without area, apart", [0, 0, 0, 0], [1, 1, 1, 1], 0, -1],
    ["both in one point", [2, 2, 2, 2], [2, 2, 2, 2], 0, 0],
    ["one with what is not a number", [0, 0, 1, NaN], [0, 0, 1, 1], NaN, NaN],
  ])("%s", async (_, a, b, iou, generalized) => {
    for (const pair of [
      [a, b],
      [b, a],
    ] as const) {
      const [one, other] = pair.map((box) => boxes(box));
      expect(await numbersOf(boxIoU, one, other)).toEqual([near(iou)]);
      expect(await numbersOf(generalizedBoxIoU, one, other)).toEqual([near(generalized)]);
    }
  });

  it("is that of all pairs where axes broadcast", async () => {
    const a = array([[[0, 0, 2, 1]], [[1, 0, 3, 1]], [[9, 9, 10, 10]]], "f64"); // biome-ignore format: a column
    const b = boxes([0, 0, 2, 1], [1, 0, 3, 1]);
    const third = expect.closeTo(1 / 3, DIGITS);
    expect(await numbersOf(boxIoU, a, b)).toEqual([[1, third], [third, 1], [0, 0]]); // biome-ignore format: rows
    expect(await numbersOf(boxArea, a)).toEqual([[2], [2], [1]]);
    expect(await numbersOf(boxIoU, zeros([0, 4]), zeros([0, 4]))).toEqual([]);
  });

  it("has derivatives, also where boxes are apart, and finite ones where they are points", async () => {
    const random = new Random(2, "boxes");
    const drawn = Array.from({ length: 6 }, () => {
      const [x, y] = [random.uniform(0, 5), random.uniform(0, 5)];
      return [x, y, x + random.uniform(1, 4), y + random.uniform(1, 4)];
    });
    await expectGradients(generalizedBoxIoU, boxes(...drawn.slice(0, 3)), boxes(...drawn.slice(3)));
    await expectGradients(boxIoU, boxes(...drawn.slice(0, 3)), boxes(...drawn.slice(3)));
    await expectGradients(generalizedBoxIoU, boxes([0, 0, 1, 1]), boxes([4, 3, 5, 6]));
    const ofPoints = await derivatives(generalizedBoxIoU, boxes([2, 2, 2, 2]), boxes([2, 2, 2, 2]));
    expect(ofPoints.flat().every(Number.isFinite)).toBe(true);
  });

  it("is refused for what are no boxes", () => {
    expect(() => trace((a, b) => boxIoU(a, b), [f32(3, 2), f32(3, 4)])).toThrow(
      new ShapeError("boxIoU: needs boxes […, 4]: left, top, right, bottom along the last axis, got f32[3,2]"),
    );
  });
});
