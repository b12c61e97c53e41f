import { expect, it } from "vitest";
import { array } from "../../array/index.ts";
import type { Scene } from "./task.ts";
import { boxesInPicture, pointsInPicture, viewOf } from "./view.ts";

/** The right half of a picture of 200×80, scaled to 10×8. */
const scene: Scene = {
  ...{ names: {}, shapes: {}, input: [3, 8, 10], training: false },
  view: { x: 100, y: 0, width: 100, height: 80 },
};

it("moves boxes along the edges of pixels, and points by their centers", () => {
  expect([...boxesInPicture(array([[0, 0, 10, 8]]), scene).data]).toEqual([100, 0, 200, 80]);
  // The center of the first pixel of the input is the center of the first 10×10 of the view.
  expect([...pointsInPicture(array([[0, 0]]), scene).data]).toEqual([104.5, 4.5]);
  expect(pointsInPicture(array([[Number.NaN, Number.NaN]]), scene).data.every(Number.isNaN)).toBe(true);
});

it("takes the input for the picture where there is no view", () => {
  const plain = { ...scene, view: undefined };
  expect(viewOf(plain)).toEqual({ x: 0, y: 0, width: 10, height: 8 });
  expect([...pointsInPicture(array([[2, 3]]), plain).data]).toEqual([2, 3]);
});
