import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import {
  type AffineMatrix,
  type AffineParts,
  affineMatrix,
  applyAffine,
  centerOf,
  composeAffine,
  invertAffine,
} from "./affine.ts";

/** Sums and products of a few doubles. */
const DIGITS = 12;
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, DIGITS));

describe("an affine map about a center", () => {
  const moved = (parts: AffineParts, x: number, y: number) => applyAffine(affineMatrix(parts, [10, 20]), x, y);

  it.each<[string, AffineParts, [number, number], [number, number]]>([
    ["mirrors left and right", { flip: true }, [13, 21], [7, 21]],
    ["makes wider and less high", { stretch: 2 }, [13, 24], [16, 22]],
    ["leans to the right on the way down", { shear: 45 }, [10, 23], [13, 23]],
    ["makes larger", { scale: 3 }, [11, 18], [13, 14]],
    ["turns counter-clockwise: what was on the right is above", { rotation: 90 }, [15, 20], [10, 15]],
    ["moves right and down", { translation: [4, -2] }, [10, 20], [14, 18]],
  ])("%s", (_, parts, [x, y], expected) => {
    expect(moved(parts, x, y)).toEqual(close(expected));
    expect(moved(parts, 10, 20)).toEqual(close(parts.translation ? expected : [10, 20]));
  });

  it("does one thing after the other in the order of its options", () => {
    const parts = { flip: true, stretch: 1.2, shear: 10, scale: 0.7, rotation: 33, translation: [5, 6] } as const;
    const single = Object.entries(parts).map(([name, value]) => affineMatrix({ [name]: value }, [10, 20]));
    expect(affineMatrix(parts, [10, 20])).toEqual(close(composeAffine(...single)));
    expect(composeAffine(...single)).not.toEqual(close(composeAffine(...single.toReversed())));
  });

  it("turns by multiples of 90° without rounding, whatever the number of full turns", () => {
    const center = centerOf({ width: 32, height: 32 });
    expect(affineMatrix({ rotation: 90 }, center)).toEqual([0, 1, 0, -1, 0, 31]);
    expect(affineMatrix({ rotation: 450 }, center)).toEqual([0, 1, 0, -1, 0, 31]);
    expect(affineMatrix({ rotation: -180 }, center)).toEqual([-1, 0, 31, -0, -1, 31]);
  });

  it.each<[AffineParts, string]>([
    [{ scale: 0 }, "scale must be a number above 0, got 0"],
    [{ stretch: -1 }, "stretch must be a number above 0, got -1"],
    [{ shear: 90 }, "shear must be a number from -89 to 89, got 90"],
    [{ rotation: NaN }, "rotation must be a number"],
    [{ translation: [1, Infinity] }, "translation must be two numbers, [x, y], got [1,Infinity]"],
  ])("refuses %j", (parts, message) => {
    expect(() => affineMatrix(parts, [0, 0])).toThrow(message);
    expect(() => affineMatrix(parts, [0, 0])).toThrow(OptionError);
  });
});

describe("the way back", () => {
  it("undoes a map", () => {
    const map = affineMatrix({ rotation: 70, scale: 1.3, shear: 12, stretch: 0.8, translation: [3, -4] }, [15.5, 9]);
    expect(composeAffine(map, invertAffine(map))).toEqual(close([1, 0, 0, 0, 1, 0]));
  });

  it("is whole where only rounding keeps it from being so", () => {
    const [cos, sin] = [Math.cos(Math.PI / 2), Math.sin(Math.PI / 2)];
    expect(invertAffine([cos, sin, 0, -sin, cos, 31])).toEqual([0, -1, 31, 1, 0, 0]);
    expect(invertAffine([1, 0, 1e-9, 0, 1, 0])[2]).toBe(-1e-9);
  });

  it.each<[AffineMatrix]>([[[1, 2, 0, 2, 4, 0]], [[0, 0, 0, 0, 0, 0]], [[1, 0, NaN, 0, 1, 0]]])(
    "has none from %j",
    (map) => {
      expect(() => invertAffine(map)).toThrow("cannot be undone: its determinant is");
    },
  );
});
