import { describe, expect, it } from "vitest";
import { schedules } from "./index.ts";

const { constant, cosine, linear } = schedules;

/** Doubles. */
const DIGITS = 15;

describe("a learning-rate schedule", () => {
  it.each(Object.values(schedules))("$name starts at the base rate and never rises", ({ factor }) => {
    const factors = Array.from({ length: 11 }, (_, step) => factor(step, 10));
    expect(factors[0]).toBe(1);
    factors.slice(1).forEach((next, i) => void expect(next).toBeLessThanOrEqual(factors[i]));
  });

  it("ends at 0 unless it is constant", () => {
    expect([constant, linear, cosine].map(({ factor }) => factor(8, 8))).toEqual([1, 0, 0]);
  });

  it("is half way down in the middle of the run", () => {
    expect(linear.factor(5, 10)).toBe(0.5);
    expect(cosine.factor(5, 10)).toBeCloseTo(0.5, DIGITS);
    expect(cosine.factor(1, 3)).toBeCloseTo(0.75, DIGITS);
  });
});
