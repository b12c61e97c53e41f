import { describe, expect, it } from "vitest";
import { OptionError } from "../../array/index.ts";
import type { BytePicture } from "../picture.ts";
import { drawKeypoints, drawMatches } from "./drawing.ts";
import type { Keypoint } from "./sift.ts";

const even = (width: number, height: number, gray: number): BytePicture => ({
  width,
  height,
  channels: 1,
  data: new Uint8Array(width * height).fill(gray),
});
const keypoint = (x: number, y: number, scale: number, orientation = 0): Keypoint => ({
  x,
  y,
  scale,
  orientation,
  response: 1,
  octave: 0,
});
const isColored = ({ width, data }: BytePicture, x: number, y: number): boolean => {
  const [r, g, b] = data.subarray(3 * (y * width + x));
  return r !== g || g !== b;
};

describe("drawKeypoints", () => {
  it("draws a circle of the size of the disc, and a line in its direction, on a copy in RGB", () => {
    const picture = even(21, 21, 50);
    // A radius of √2 · 3.5355 = 5, and straight down.
    const drawn = drawKeypoints(picture, [keypoint(10, 10, 3.5355, Math.PI / 2)]);
    expect([drawn.width, drawn.height, drawn.channels]).toEqual([21, 21, 3]);
    for (const [x, y] of [
      [15, 10],
      [5, 10],
      [10, 5],
      [10, 13],
    ])
      expect(isColored(drawn, x, y)).toBe(true);
    for (const [x, y] of [
      [13, 10],
      [7, 10],
      [10, 7],
      [16, 10],
    ])
      expect(isColored(drawn, x, y)).toBe(false);
    expect(drawn.data[0]).toBe(50);
    expect(picture.data.every((value) => value === 50)).toBe(true);
    const rgb = drawKeypoints(drawn, []);
    expect(drawKeypoints(rgb, [keypoint(3, 3, 1)]).data).not.toEqual(rgb.data);
    expect(rgb.data).toEqual(drawn.data);
  });
});

describe("drawMatches", () => {
  it("puts the pictures side by side and joins what belongs together", () => {
    const [a, b] = [even(10, 8, 40), even(12, 14, 80)];
    const drawn = drawMatches(
      a,
      [keypoint(1, 1, 0.1), keypoint(4, 6, 0.1)],
      b,
      [keypoint(9, 6, 0.1)],
      [{ a: 1, b: 0, distance: 3 }],
    );
    expect([drawn.width, drawn.height, drawn.channels]).toEqual([22, 14, 3]);
    const at = (x: number, y: number) => drawn.data[3 * (y * 22 + x)];
    expect([at(0, 0), at(10, 0), at(21, 13), at(0, 13)]).toEqual([40, 80, 80, 0]);
    for (let x = 4; x <= 19; x++) expect(isColored(drawn, x, 6)).toBe(true);
    expect(isColored(drawn, 3, 6) || isColored(drawn, 20, 6) || isColored(drawn, 1, 1)).toBe(false);
  });

  it("refuses matches of keypoints that are not there", () => {
    expect(() => drawMatches(even(2, 2, 0), [], even(2, 2, 0), [], [{ a: 0, b: 1, distance: 0 }])).toThrow(
      new OptionError("drawMatches: a match of 0 with 1, there are 0 and 0 keypoints"),
    );
  });
});
