import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { markPoints } from "./marks.ts";
import type { Picture } from "./picture.ts";

const gray: Picture = { width: 4, height: 3, channels: 1, data: Float32Array.from({ length: 12 }, () => 0.2) };
const color = [1, 2, 3] as const;
/** Marked pixels as #. */
const drawn = (...[picture, points, options]: Parameters<typeof markPoints>): string[] => {
  const { data, width, height } = markPoints(picture, points, { color, ...options });
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[(y * width + x) * 3] === 1 ? "#" : ".")).join(""),
  );
};

describe("markPoints", () => {
  it("draws a cross at each point, as far as the picture goes", () => {
    expect(drawn(gray, [{ x: 1, y: 1 }], { reach: 1 })).toEqual([".#..", "###.", ".#.."]);
    expect(
      drawn(
        gray,
        [
          { x: 3.4, y: -0.3 },
          { x: 9, y: 9 },
        ],
        { reach: 1 },
      ),
    ).toEqual(["..##", "...#", "...."]);
    expect(drawn(gray, [], {})).toEqual(["....", "....", "...."]);
  });

  it("makes RGB of any picture and leaves the picture itself alone", () => {
    const marked = markPoints(gray, [{ x: 0, y: 0 }], { color, reach: 0 });
    expect(marked.channels).toBe(3);
    expect([...marked.data.subarray(0, 6)]).toEqual([1, 2, 3, 51, 51, 51]);
    const rgb: Picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(7, 8, 9, 10, 11, 12) };
    expect([...markPoints(rgb, [{ x: 1, y: 0 }], { reach: 0 }).data]).toEqual([7, 8, 9, 255, 40, 40]);
    expect([...rgb.data]).toEqual([7, 8, 9, 10, 11, 12]);
  });

  it("refuses arms of no length", () => {
    expect(() => markPoints(gray, [], { reach: 0.5 })).toThrow(
      new OptionError("markPoints: reach 0.5, expected a whole number from 0 on"),
    );
  });
});
