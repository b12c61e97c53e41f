import { describe, expect, it } from "vitest";
import type { Extremum } from "./extrema.ts";
import { orientationsOf } from "./orientation.ts";

const SIZE = 41;

/** In the middle of a picture given by a formula of the distance from there. */
function extremumIn(value: (x: number, y: number) => number): Extremum {
  const data = Float32Array.from({ length: SIZE * SIZE }, (_, i) => value((i % SIZE) - 20, Math.floor(i / SIZE) - 20));
  const octave = { index: 0, width: SIZE, height: SIZE, levels: [data] };
  return { octave, level: 0, column: 20, row: 20, x: 20, y: 20, sigma: 2, response: 1 };
}

const degrees = (extremum: Extremum): number[] => orientationsOf(extremum).map((angle) => (angle * 180) / Math.PI);

describe("orientations", () => {
  it.each([0, 10, 43, 90, 137, 180, 241, 270, 350])("of a slope that rises to %i° are that one", (angle) => {
    const [cos, sin] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
    const found = degrees(extremumIn((x, y) => 0.01 * (x * cos + y * sin)));
    expect(found).toHaveLength(1);
    // All gradients fall into one bin of 10°.
    expect(Math.abs(((found[0] - angle + 180 + 360) % 360) - 180)).toBeLessThanOrEqual(5);
  });

  it("lie between the bins where two are about equal", () => {
    // Gradients of 40° above the diagonal and of 50° below it.
    const [cos, sin] = [Math.cos((40 * Math.PI) / 180), Math.sin((40 * Math.PI) / 180)];
    const [angle] = degrees(extremumIn((x, y) => 0.01 * (cos * Math.max(x, y) + sin * Math.min(x, y))));
    expect(Math.abs(angle - 45)).toBeLessThan(1);
  });

  it("are two where two are nearly equally frequent, and one where they are not", () => {
    const ridges = (share: number) => extremumIn((x, y) => (x > 0 ? 0.01 * x : 0.01 * share * y));
    expect(degrees(ridges(1)).map((angle) => Math.round(angle / 10) * 10)).toEqual([0, 90]);
    expect(degrees(ridges(0.5)).map((angle) => Math.round(angle / 10) * 10)).toEqual([0]);
  });

  it("are none where nothing rises", () => {
    expect(degrees(extremumIn(() => 0.5))).toEqual([]);
  });
});
