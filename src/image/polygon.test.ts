import { expect, it } from "vitest";
import { fillPolygon } from "./polygon.ts";

const drawn = (width: number, height: number, ...polygons: number[][]): string[] => {
  const plane = new Uint8Array(width * height);
  for (const [i, corners] of polygons.entries()) fillPolygon(plane, width, height, corners, i + 1);
  return Array.from({ length: height }, (_, y) => [...plane.subarray(y * width, (y + 1) * width)].join(""));
};

it("fills a rectangle along pixel edges", () => {
  expect(drawn(5, 4, [1, 1, 4, 1, 4, 3, 1, 3])).toEqual(["00000", "01110", "01110", "00000"]);
});

it("fills pixels whose centers lie inside a triangle", () => {
  // x + y < 4: centers (0.5, 0.5) … (2.5, 0.5), (0.5, 1.5), (1.5, 1.5), (0.5, 2.5); those of sum 4 lie on the edge.
  expect(drawn(4, 4, [0, 0, 4, 0, 0, 4])).toEqual(["1110", "1100", "1000", "0000"]);
});

it("shares no pixel between neighbors and leaves none out", () => {
  expect(drawn(4, 4, [0, 0, 4, 0, 0, 4], [4, 0, 4, 4, 0, 4])).toEqual(["1112", "1122", "1222", "2222"]);
});

it("leaves out what the outline goes around twice", () => {
  const ring = [0, 0, 5, 0, 5, 5, 0, 5, 0, 0, 2, 2, 2, 3, 3, 3, 3, 2, 2, 2];
  expect(drawn(5, 5, ring)[2]).toBe("11011");
});

it.each([
  ["nothing", []],
  ["a point", [1, 1]],
  ["a line", [0, 0, 3, 3]],
  ["what lies outside", [10, 10, 20, 10, 20, 20]],
])("fills no pixel of %s", (_, corners) => {
  expect(drawn(3, 3, corners).join("")).toBe("000000000");
});

it("clips far corners without visiting what is outside", () => {
  expect(drawn(3, 2, [-1e9, -1e9, 1e9, -1e9, 1e9, 1e9, -1e9, 1e9])).toEqual(["111", "111"]);
});
