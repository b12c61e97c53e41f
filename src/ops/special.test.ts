import { describe, expect, it } from "vitest";
import { erfOf } from "./special.ts";

/** Of a sum of some dozens of terms of one sign, and of what it is multiplied by. */
const SOME_ROUNDINGS = 8 * Number.EPSILON;

describe("erf", () => {
  // From the tables of Abramowitz and Stegun 1964 (7.1), the last digits from the series in 40 digits.
  it.each([
    [1e-10, 1.1283791670955126e-10],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
    [5, 0.9999999999984626],
  ])("of ±%d is ±%d", (x, y) => {
    expect(Math.abs(erfOf(x) / y - 1)).toBeLessThan(SOME_ROUNDINGS);
    expect(erfOf(-x)).toBe(-erfOf(x));
  });

  it("never leaves −1 … 1, keeps zeros and NaN, and is ±1 at infinity", () => {
    for (let x = 4; x < 8; x += 1e-3) expect(erfOf(x)).toBeLessThanOrEqual(1);
    expect([0, -0, Number.NaN, Infinity, -Infinity].map(erfOf)).toEqual([0, -0, Number.NaN, 1, -1]);
  });
});
