import { describe, expect, it } from "vitest";
import { between, nearest, neighborOf, placeOf, shifted, wholeOf, zoomed } from "./plot.ts";

const size = [200, 100] as const;
const square = [-1, -1, 1, -1, -1, 1, 1, 1];

describe("the window of a map", () => {
  it("shows all points, with the second axis upward", () => {
    const whole = wholeOf(square, size);
    expect(placeOf(-1, -1, whole, size)).toEqual([78, 72]);
    expect(placeOf(1, 1, whole, size)).toEqual([122, 28]);
    expect(wholeOf([], size)).toEqual({ scale: 1, center: [0, 0] });
  });

  it("keeps what is under the pointer when it zooms, and moves with the pointer", () => {
    const whole = wholeOf(square, size);
    const near = zoomed(whole, 3, [122, 28], size);
    expect(near.scale).toBeCloseTo(3 * whole.scale);
    const [x, y] = placeOf(1, 1, near, size);
    expect([x, y].map((value) => Math.round(1e6 * value))).toEqual([122e6, 28e6]);
    const [left, top] = placeOf(1, 1, shifted(near, 10, -5), size);
    expect([left, top].map((value) => Math.round(1e6 * value))).toEqual([132e6, 23e6]);
  });
});

describe("points", () => {
  const places = [0, 0, 10, 0, 20, 1, 10, 30];

  it("are found under the pointer, within a distance", () => {
    expect(nearest(places, [11, 2], 5)).toBe(1);
    expect(nearest(places, [50, 50], 5)).toBeUndefined();
  });

  it("have neighbors in each direction, or none", () => {
    expect(neighborOf(places, 0, [1, 0])).toBe(1);
    expect(neighborOf(places, 1, [1, 0])).toBe(2);
    expect(neighborOf(places, 1, [0, 1])).toBe(3);
    expect(neighborOf(places, 2, [1, 0])).toBe(2);
  });

  it("move from frame to frame", () => {
    expect([...between(Float32Array.of(0, 2), Float32Array.of(4, 2), 0.5)]).toEqual([2, 2]);
    expect([...between(Float32Array.of(0, 2), Float32Array.of(4, 2), 1)]).toEqual([4, 2]);
  });
});
