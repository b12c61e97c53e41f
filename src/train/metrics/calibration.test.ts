import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelsOf, probable, scoresOf } from "../../../tests/support/scored.ts";
import { array, DataError, OptionError, zeros } from "../../array/index.ts";
import { calibration } from "./index.ts";

/** Sums of some dozens of numbers up to 1, in double precision. */
const DIGITS = 12;

describe("calibration", () => {
  it("is what one computes by hand", () => {
    // Four bins of a quarter. Confidences 0.6 and 0.7, one right; 0.8, 0.9, 1 and 1, all right but the last.
    const rows = [0.6, 0.7, 0.8, 0.9, 1, 1].map((p) => [p, 1 - p]);
    const { error, maximum, bins } = calibration(scoresOf(rows), labelsOf([0, 1, 0, 0, 0, 1]), { bins: 4 });
    expect(bins.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 0.25, 0],
      [0.25, 0.5, 0],
      [0.5, 0.75, 2],
      [0.75, 1, 4],
    ]);
    expect(bins[2].confidence).toBeCloseTo(0.65, DIGITS);
    expect(bins[3].confidence).toBeCloseTo(0.925, DIGITS);
    expect(bins.slice(2).map(({ accuracy }) => accuracy)).toEqual([0.5, 0.75]);
    expect(error).toBeCloseTo((2 / 6) * 0.15 + (4 / 6) * 0.175, DIGITS);
    expect(maximum).toBeCloseTo(0.175, DIGITS);
    expect(bins[0]).toMatchObject({ confidence: NaN, accuracy: NaN });
  });

  it("is perfect where a quarter of what is given 3/4 goes wrong", () => {
    const quarters = scoresOf(Array(8).fill([0.75, 0.25]));
    const perfect = calibration(quarters, labelsOf([0, 0, 0, 1, 0, 0, 0, 1]));
    expect(perfect).toMatchObject({ error: 0, maximum: 0 });
    expect(calibration(quarters, labelsOf(Array(8).fill(0))).error).toBe(0.25);
    expect(calibration(quarters, labelsOf(Array(8).fill(1))).error).toBe(0.75);
  });

  it("puts the edges of bins into the lower one, whatever the division rounds to", () => {
    for (const bins of [3, 7, 10, 15, 49]) {
      for (let m = 1; m <= bins; m++) {
        const edge = m / bins;
        const counts = calibration(scoresOf([[edge, 0]]), labelsOf([0]), { bins }).bins.map(({ count }) => count);
        expect([bins, m, counts.indexOf(1)]).toEqual([bins, m, m - 1]);
      }
    }
    // All probabilities 0: no row of probabilities, but a number in the first bin.
    expect(calibration(zeros([1, 2]), labelsOf([0]), { bins: 2 }).bins.map(({ count }) => count)).toEqual([1, 0]);
  });

  it("is the mean gap of the bins that a slow search finds", () => {
    fc.assert(
      fc.property(probable, fc.integer({ min: 1, max: 12 }), ({ labels, scores }, bins) => {
        const { error, maximum } = calibration(scoresOf(scores), labelsOf(labels), { bins });
        const confidences = scores.map((row) => Math.max(...row));
        let [sum, most] = [0, 0];
        for (let m = 0; m < bins; m++) {
          const inside = labels.flatMap((_, i) =>
            confidences[i] > m / bins && confidences[i] <= (m + 1) / bins ? [i] : [],
          );
          const right = inside.filter((i) => scores[i].indexOf(confidences[i]) === labels[i]).length;
          const gap = Math.abs(right - inside.reduce((total, i) => total + confidences[i], 0));
          sum += gap / labels.length;
          if (inside.length > 0) most = Math.max(most, gap / inside.length);
        }
        expect(error).toBeCloseTo(sum, DIGITS);
        expect(maximum).toBeCloseTo(most, DIGITS);
        expect(error).toBeLessThanOrEqual(maximum + 1e-12); // a mean against the largest, but for rounding
      }),
    );
  });

  it("is perfect for one class, unknown for none and for what is not a number", () => {
    expect(calibration(array([[1], [1]]), labelsOf([0, 0]))).toMatchObject({ error: 0, maximum: 0 });
    expect(calibration(zeros([0, 2]), labelsOf([]))).toMatchObject({ error: NaN, maximum: NaN });
    const broken = calibration(array([[0.5, 0.5], [NaN, NaN]]), labelsOf([0, 0])); // biome-ignore format: a matrix
    expect(broken).toMatchObject({ error: NaN, maximum: NaN });
    expect(broken.bins.reduce((sum, { count }) => sum + count, 0)).toBe(1);
  });

  it("takes what rounding brings above 1 for 1, and refuses scores", () => {
    expect(calibration(array([[1 + 1e-6, 0]]), labelsOf([0]))).toMatchObject({ error: 0 });
    expect(() =>
      calibration(
        array([
          [0.5, 0.5],
          [7, 2],
        ]),
        labelsOf([0, 0]),
      ),
    ).toThrow(
      // biome-ignore format: a matrix
      new DataError("calibration: needs probabilities; the largest of sample 1 is 7: apply softmax to scores"),
    );
    expect(() => calibration(array([[-3, -2]]), labelsOf([0]))).toThrow(DataError);
    expect(() => calibration(array([[1, 0]]), labelsOf([0]), { bins: 0 })).toThrow(
      new OptionError("calibration: bins must be an integer of at least 1, got 0"),
    );
    expect(() => calibration(array([[1, 0]]), labelsOf([0]), { bins: 1e9 })).toThrow(
      new OptionError("calibration: bins must be at most 10000, got 1000000000"),
    );
  });
});
