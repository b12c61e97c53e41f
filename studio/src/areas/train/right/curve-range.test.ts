import { expect, it } from "vitest";
import { rangeOf } from "./curve-range.ts";

it("has a range before there are values", () => {
  expect(rangeOf([], [], [], { least: 0 })).toEqual([0, 1]);
  expect(rangeOf([], [], [], { most: 1 })).toEqual([0, 1]);
});

it("shows everything in the first epoch, and leaves its beginning out later", () => {
  expect(rangeOf([0.1, 0.5], [2.3, 1], [], { least: 0 })).toEqual([0, 2.3]);
  expect(rangeOf([0.1, 0.5, 1.1], [2.3, 1, 0.4], [1.2], { least: 0 })).toEqual([0, 1.2]);
  expect(rangeOf([0.1, 0.5, 1.1], [0.1, 0.7, 0.9], [Number.NaN], { most: 1 })).toEqual([0.7, 1]);
});
