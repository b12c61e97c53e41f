import { describe, expect, it } from "vitest";
import { aligned } from "./align.ts";

/** Points without symmetry. */
const points = [0, 0, 1, 0, 2.5, 0.5, 0.2, 3, -1, 1.5];
const moved = (a: number, b: number, c: number, d: number, x: number, y: number): number[] =>
  points.map((_, at) => {
    const [px, py] = [points[at & ~1], points[at | 1]];
    return at % 2 === 0 ? a * px + b * py + x : c * px + d * py + y;
  });

describe("positions of successive moments", () => {
  it.each([
    ["turned", moved(Math.cos(2), -Math.sin(2), Math.sin(2), Math.cos(2), 0, 0)],
    ["mirrored", moved(-1, 0, 0, 1, 0, 0)],
    ["mirrored and turned", moved(0, 1, 1, 0, 3, -2)],
    ["scaled and shifted", moved(7, 0, 0, 7, -4, 9)],
  ])("are brought back where they were %s", (_, positions) => {
    const found = aligned(positions, points);
    for (const [at, value] of points.entries()) expect(found[at]).toBeCloseTo(value, 5);
  });

  it("stay finite where all points are at one place", () => {
    expect([...aligned(new Float32Array(10).fill(3), points)].every(Number.isFinite)).toBe(true);
  });
});
