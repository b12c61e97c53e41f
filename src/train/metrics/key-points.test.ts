import { describe, expect, it } from "vitest";
import { array, OptionError, ShapeError, zeros } from "../../array/index.ts";
import { keyPointMetrics } from "./index.ts";

/** Quotients of small numbers in double precision. */
const DIGITS = 12;

// Two samples of three points; the last of the second is unknown. The first two are 10 apart, then 20.
const points = array([[[0, 0], [10, 0], [5, 5]], [[0, 0], [0, 20], [NaN, NaN]]], "f64"); // biome-ignore format: samples
// Distances 1, 5, 0; 2, 3.
const predicted = array([[[1, 0], [13, 4], [5, 5]], [[0, 2], [3, 20], [0, 0]]], "f64"); // biome-ignore format: samples

describe("figures of key points", () => {
  it("are shares within a part of a length, worked out by hand", () => {
    const figures = keyPointMetrics(points, predicted, { reference: [0, 1], alpha: 0.1 });
    // Bounds 1 and 2: points 0 and 2 of the first, point 0 of the second, on the bound.
    expect(figures.pck).toBeCloseTo(3 / 5, DIGITS);
    expect(figures.perPoint).toEqual([1, 0, 1]);
    expect(figures.meanDistance).toBeCloseTo(11 / 5, DIGITS);
    expect(figures.meanShare).toBeCloseTo((1 / 10 + 5 / 10 + 0 + 2 / 20 + 3 / 20) / 5, DIGITS);
    expect(figures.count).toBe(5);
    expect(keyPointMetrics(points, predicted, { reference: [0, 1], alpha: 0.5 }).pck).toBe(1);
  });

  it("take a number of pixels, and a length of each sample", () => {
    const pckOf = (reference: number | typeof points) =>
      keyPointMetrics(points, predicted, { reference, alpha: 0.5 }).pck;
    expect(pckOf(4)).toBeCloseTo(3 / 5, DIGITS);
    expect(pckOf(array([10, 2], "f64"))).toBeCloseTo(3 / 5, DIGITS);
  });

  it("count no samples whose length is unknown or 0, but their distances", () => {
    for (const length of [NaN, 0]) {
      const figures = keyPointMetrics(points, predicted, { reference: array([10, length], "f64"), alpha: 0.1 });
      expect(figures.pck).toBeCloseTo(2 / 3, DIGITS);
      expect([figures.count, figures.perPoint]).toEqual([3, [1, 0, 1]]);
      expect(figures.meanShare).toBeCloseTo(6 / 10 / 3, DIGITS);
      expect(figures.meanDistance).toBeCloseTo(11 / 5, DIGITS);
    }
    // The third point of the second sample is unknown, and so is its distance from the first.
    expect(keyPointMetrics(points, predicted, { reference: [0, 2] }).count).toBe(3);
  });

  it("take a predicted NaN as wrong", () => {
    const strange = predicted.copy();
    strange.data[0] = NaN;
    const figures = keyPointMetrics(points, strange, { reference: 100, alpha: 1 });
    expect(figures.pck).toBeCloseTo(4 / 5, DIGITS);
    expect(figures.meanDistance).toBeNaN();
  });

  it("are NaN without points", () => {
    const none = zeros([0, 3, 2]);
    expect(keyPointMetrics(none, none, { reference: [0, 1] })).toEqual({
      pck: NaN,
      perPoint: [NaN, NaN, NaN],
      meanDistance: NaN,
      meanShare: NaN,
      count: 0,
    });
  });

  it("refuse what does not fit", () => {
    expect(() => keyPointMetrics(points, zeros([2, 3]), { reference: 1 })).toThrow(
      new ShapeError(
        "keyPointMetrics: needs true and predicted points [n, points, 2] in floats, got f64[2,3,2] and f32[2,3]",
      ),
    );
    expect(() => keyPointMetrics(points, predicted, { reference: [0, 3] })).toThrow(
      new OptionError("keyPointMetrics: reference has the points 0 and 3; there are 3, 0 to 2"),
    );
    expect(() => keyPointMetrics(points, predicted, { reference: array([1]) })).toThrow(
      new ShapeError("keyPointMetrics: reference must be floats [2], a length for each sample, got f32[1]"),
    );
    for (const reference of [0, -1, [0], [0.5, 1], "head"])
      expect(() => keyPointMetrics(points, predicted, { reference: reference as never })).toThrow(OptionError);
  });
});
