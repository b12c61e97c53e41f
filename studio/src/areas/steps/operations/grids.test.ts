import { describe, expect, it } from "vitest";
import { drawn, fitGrid, gridSize, lectureGrids, readGrid, writeGrid } from "./grids.ts";

describe("grids as text", () => {
  it("come back as they were", () => {
    const values = Float64Array.of(0.5, -0.25, 3, 0, 1e-7, -12, 7, 8);
    const text = writeGrid(values, [2, 2, 2]);
    expect(text).toBe(".5 -.25_3 0*1e-7 -12_7 8");
    expect(fitGrid(text, [2, 2, 2])).toEqual(values);
  });

  it("are cut, or filled up with 0", () => {
    expect([...fitGrid("1 2_3 4", [1, 3, 1])]).toEqual([1, 3, 0]);
    expect([...fitGrid("1 2", [2, 1, 2])]).toEqual([1, 2, 0, 0]);
  });

  it("have 0 for what is no number", () => {
    expect(readGrid("a 1_ 2 Infinity")).toEqual([
      [
        [0, 1],
        [2, 0],
      ],
    ]);
  });

  it("of the lectures have their sizes", () => {
    expect(gridSize(lectureGrids.letter)).toEqual([7, 7]);
    expect(gridSize(lectureGrids.scan)).toEqual([5, 5]);
  });
});

it("draws the same whole numbers for the same seed, all between the limits", () => {
  const values = drawn([2, 8, 8], 3, -2, 2);
  expect(drawn([2, 8, 8], 3, -2, 2)).toEqual(values);
  expect(drawn([2, 8, 8], 4, -2, 2)).not.toEqual(values);
  expect([...new Set(values)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2]);
});
