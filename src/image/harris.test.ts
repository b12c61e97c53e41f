/** What is known of corners without asking anybody; `features.test.ts` asks OpenCV. */
import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { type CornerOptions, harris, harrisResponse } from "./harris.ts";
import type { Picture } from "./picture.ts";

/** White rectangles on black: left, top, width, height, brightness. */
function rectangles(width: number, height: number, ...list: readonly (readonly number[])[]): Picture {
  const data = new Float32Array(width * height);
  for (const [left, top, wide, high, value] of list)
    for (let y = top; y < top + high; y++) data.fill(value, y * width + left, y * width + left + wide);
  return { width, height, channels: 1, data };
}
const one = rectangles(40, 30, [10, 8, 20, 14, 1]);
const places = (picture: Picture, options: Parameters<typeof harris>[1]) =>
  harris(picture, options).map(({ x, y }) => [x, y]);

describe("harris", () => {
  it("finds the four corners of a rectangle, and nothing on its sides", () => {
    for (const measure of ["harris", "shiTomasi"] as const) {
      const found = harris(one, { measure, threshold: 0.2, distance: 5, block: 3 });
      expect(found).toHaveLength(4);
      for (const [x, y] of [
        [9.5, 7.5],
        [29.5, 7.5],
        [9.5, 21.5],
        [29.5, 21.5],
      ])
        expect(Math.min(...found.map((corner) => Math.hypot(corner.x - x, corner.y - y)))).toBeLessThan(1);
    }
  });

  it("is positive at corners, negative along edges, and 0 where it is even", () => {
    const { data, width } = harrisResponse(one);
    expect(data[8 * width + 10]).toBeGreaterThan(0);
    expect(data[8 * width + 20]).toBeLessThan(0);
    expect(data[15 * width + 20]).toBe(0);
    const { data: eigenvalues } = harrisResponse(one, { measure: "shiTomasi" });
    expect(eigenvalues[8 * width + 20]).toBe(0);
  });

  it("gives the strongest first, as many as asked for, above the threshold", () => {
    const two = rectangles(60, 30, [6, 8, 12, 14, 0.5], [36, 8, 12, 14, 1]);
    const all = harris(two, { distance: 5, block: 3 });
    expect(all).toHaveLength(8);
    expect(all.map(({ response }) => response)).toEqual(all.map(({ response }) => response).toSorted((a, b) => b - a));
    expect(all.slice(0, 4).every(({ x }) => x > 30)).toBe(true);
    expect(harris(two, { distance: 5, block: 3, count: 3 })).toEqual(all.slice(0, 3));
    // Half as bright is a sixteenth of the response.
    expect(harris(two, { distance: 5, block: 3, threshold: 0.1 })).toEqual(all.slice(0, 4));
    expect(harris(two, { count: 0 })).toEqual([]);
  });

  it("keeps corners apart", () => {
    const near = rectangles(40, 30, [10, 8, 6, 14, 1]);
    expect(harris(near, { distance: 4, block: 3 })).toHaveLength(4);
    const apart = harris(near, { distance: 8, block: 3 });
    expect(apart).toHaveLength(2);
    for (const [i, { x, y }] of apart.entries())
      for (const other of apart.slice(i + 1)) expect(Math.hypot(other.x - x, other.y - y)).toBeGreaterThanOrEqual(8);
  });

  it("does not find the same corner in the outermost pixels, nor any in an even picture", () => {
    expect(places(rectangles(20, 20, [0, 0, 1, 1, 1]), { distance: 0 }).flat()).not.toContain(0);
    expect(harris(rectangles(9, 9))).toEqual([]);
    expect(harris(rectangles(1, 1, [0, 0, 1, 1, 1]))).toEqual([]);
  });

  it("takes colors as their gray, and bytes as 0 … 1", () => {
    const bytes: Picture = { ...one, data: Uint8Array.from(one.data, (value) => value * 255) };
    const colors: Picture = {
      ...{ width: 40, height: 30, channels: 3 },
      data: Uint8Array.from({ length: 3600 }, (_, i) => bytes.data[Math.floor(i / 3)]),
    };
    expect(harris(bytes)).toEqual(harris(one));
    expect(places(colors, {})).toEqual(places(one, {}));
  });

  it.each([
    [{ k: 0.3 }, "harris: k must be a number from 0 to 0.25, got 0.3"],
    [{ aperture: 4 }, "harris: aperture must be an odd integer from 1 to 7, got 4"],
    [{ block: 0 }, "harris: block must be an integer from 1 to 1001, got 0"],
    [
      { radius: 3 },
      "harris: there is no option 'radius'; known: block, aperture, k, measure, threshold, distance, count",
    ],
  ])("refuses %j", (options, message) => {
    expect(() => harris(one, options as CornerOptions)).toThrow(new OptionError(message));
  });
});
