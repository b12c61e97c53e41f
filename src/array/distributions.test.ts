import { describe, expect, it } from "vitest";
import { drawBeta, drawGamma, OptionError, Random } from "./index.ts";

const COUNT = 20_000;
const drawn = (draw: (random: Random) => number): number[] => {
  const random = new Random(5, "distributions");
  return Array.from({ length: COUNT }, () => draw(random));
};
const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean and variance as they should be, the mean within four deviations of what so many draws have. */
function expectMoments(values: readonly number[], mean: number, variance: number): void {
  const found = meanOf(values);
  expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / COUNT));
  expect(meanOf(values.map((value) => (value - found) ** 2)) / variance).toBeCloseTo(1, 0.9);
}

describe("gamma distributed numbers", () => {
  it.each([0.3, 1, 2.5, 20])("of shape %d have mean and variance %d", (shape) => {
    expectMoments(drawn((random) => drawGamma(random, shape)), shape, shape); // biome-ignore format: one line
  });

  it("of shape 1 are exponential", () => {
    const values = drawn((random) => drawGamma(random, 1));
    for (const bound of [0.1, 0.7, 2])
      expect(values.filter((value) => value < bound).length / COUNT).toBeCloseTo(1 - Math.exp(-bound), 1.5);
  });

  it.each([0, -1, NaN, Infinity])("of shape %d there are none", (shape) => {
    expect(() => drawGamma(new Random(0, "x"), shape)).toThrow(
      new OptionError(`a gamma distribution's shape must be above 0, got ${shape}`),
    );
  });
});

describe("beta distributed numbers", () => {
  it.each([
    [0.2, 0.2],
    [1, 1],
    [2, 5],
    [30, 10],
  ])("of shapes %d and %d have their mean and variance", (a, b) => {
    // biome-ignore format: a table
    const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
    expectMoments(drawn((random) => drawBeta(random, a, b)), a / (a + b), variance); // biome-ignore format: one line
  });

  it("of shapes 1 and 1 are uniform", () => {
    const values = drawn((random) => drawBeta(random, 1, 1));
    for (const bound of [0.1, 0.5, 0.9])
      expect(Math.abs(values.filter((value) => value < bound).length / COUNT - bound)).toBeLessThan(0.015);
  });

  it("of shapes too small for their parts to be told from 0 are 0 or 1, half each", () => {
    const values = drawn((random) => drawBeta(random, 1e-5, 1e-5));
    const [low, high] = [values.filter((value) => value < 1e-9), values.filter((value) => value > 1 - 1e-9)];
    expect((low.length + high.length) / COUNT).toBeGreaterThan(0.99);
    expect(Math.abs(low.length / COUNT - 0.5)).toBeLessThan(0.015);
  });
});
