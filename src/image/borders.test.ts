import { expect, it } from "vitest";
import { borderPositions, reflected, replicated } from "./borders.ts";

it("edges are mirrors, again and again, and one pixel is mirrored in itself", () => {
  expect([-4, -3, -2, -1, 0, 1, 2, 3, 4].map((i) => reflected(i, 3))).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0]);
  expect([-7, 0, 9].map((i) => reflected(i, 1))).toEqual([0, 0, 0]);
});

it("or stand for all beyond them", () => {
  expect([-4, -1, 0, 2, 3, 9].map((i) => replicated(i, 3))).toEqual([0, 0, 0, 2, 2, 2]);
});

it.each([
  ["zero", [-1, -1, 0, 1, 2, -1]],
  ["reflect", [2, 1, 0, 1, 2, 1]],
  ["replicate", [0, 0, 0, 1, 2, 2]],
] as const)("an axis of three with the border %s reads %j", (border, positions) => {
  expect(Array.from(borderPositions(border, 3, 2, 1))).toEqual(positions);
});
