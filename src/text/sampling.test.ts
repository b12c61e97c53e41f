import { describe, expect, it } from "vitest";
import { Random } from "../array/index.ts";
import { type SamplingOptions, sampleFrom } from "./sampling.ts";

/** Draws for a frequency; with 4 000 a share's deviation is below 0.008, so 0.035 is four of them. */
const DRAWS = 4_000;
const TOLERANCE = 0.035;

function shares(weights: ArrayLike<number>, options: SamplingOptions = {}): number[] {
  const random = new Random(7, "test");
  const counts = new Array<number>(weights.length).fill(0);
  for (let i = 0; i < DRAWS; i++) counts[sampleFrom(weights, options, random)]++;
  return counts.map((count) => count / DRAWS);
}

function expectShares(found: number[], expected: number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, share] of expected.entries()) {
    if (share === 0) expect(found[i]).toBe(0);
    else expect(Math.abs(found[i] - share)).toBeLessThan(TOLERANCE);
  }
}

describe("sampleFrom", () => {
  it("draws as often as the probabilities say, whatever they add up to", () => {
    expectShares(shares([0.1, 0.6, 0, 0.3]), [0.1, 0.6, 0, 0.3]);
    expectShares(shares([1, 6, 0, 3]), [0.1, 0.6, 0, 0.3]);
  });

  it("flattens and sharpens by the temperature", () => {
    expectShares(shares([0.2, 0.8], { temperature: 0.5 }), [0.04 / 0.68, 0.64 / 0.68]);
    expectShares(shares([0.2, 0.8], { temperature: 2 }), [1 / 3, 2 / 3]);
    expectShares(shares([0.2, 0.8], { temperature: 0 }), [0, 1]);
    expectShares(shares([0.2, 0.8], { temperature: 1e-9 }), [0, 1]);
    expectShares(shares([1e-300, 3e-300]), [0.25, 0.75]);
  });

  it("keeps the k most probable, of equal ones the first", () => {
    expectShares(shares([0.1, 0.4, 0.3, 0.2], { topK: 2 }), [0, 4 / 7, 3 / 7, 0]);
    expectShares(shares([1, 1, 1], { topK: 2 }), [0.5, 0.5, 0]);
    expectShares(shares([1, 1], { topK: 9 }), [0.5, 0.5]);
  });

  it("keeps the fewest that have the mass p, and at least one", () => {
    expectShares(shares([0.1, 0.4, 0.3, 0.2], { topP: 0.7 }), [0, 4 / 7, 3 / 7, 0]);
    expectShares(shares([0.1, 0.4, 0.3, 0.2], { topP: 0.71 }), [0, 4 / 9, 3 / 9, 2 / 9]);
    expectShares(shares([0.1, 0.9], { topP: 1e-9 }), [0, 1]);
    expectShares(shares([1, 1, 2], { topK: 2, topP: 0.6 }), [0, 0, 1]);
  });

  it("gives the same draws for the same seed", () => {
    const draws = () => {
      const random = new Random(3, "sample");
      return Array.from({ length: 20 }, () => sampleFrom([1, 2, 3], {}, random));
    };
    expect(draws()).toEqual(draws());
  });

  it.each([
    [[], {}, "sampleFrom: there are no tokens; nothing can be drawn"],
    [[0, 0], {}, "sampleFrom: all probabilities are 0; nothing can be drawn"],
    [[0.5, Number.NaN], {}, "sampleFrom: token 1 has the probability NaN; expected a finite number from 0"],
    [[-1, 2], {}, "sampleFrom: token 0 has the probability -1"],
    [[1], { topK: 0 }, "sampleFrom: topK must be an integer of at least 1, got 0"],
    [[1], { topP: 0 }, "sampleFrom: topP must be a number above 0, up to 1, got 0"],
    [[1], { temperature: -1 }, "sampleFrom: temperature must be a number from 0"],
    [undefined as never, {}, "sampleFrom: expects a list of probabilities, got nothing"],
  ])("refuses %j with %j", (weights, options, message) => {
    expect(() => sampleFrom(weights, options, new Random(1, "test"))).toThrow(message);
  });
});
