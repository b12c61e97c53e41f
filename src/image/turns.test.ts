import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { type Picture, toFloats } from "./picture.ts";
import { crop, flipHorizontally, flipVertically, quarterTurns } from "./turns.ts";

/** Rows of gray pixels. */
const gray = (...rows: number[][]): Picture => ({
  width: rows[0].length,
  height: rows.length,
  channels: 1,
  data: Uint8Array.from(rows.flat()),
});
const six = gray([1, 2, 3], [4, 5, 6]);
const colors: Picture = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };

describe("mirror images and turns", () => {
  it("move every pixel to its place", () => {
    expect(flipHorizontally(six)).toEqual(gray([3, 2, 1], [6, 5, 4]));
    expect(flipVertically(six)).toEqual(gray([4, 5, 6], [1, 2, 3]));
    expect(quarterTurns(six, 1)).toEqual(gray([4, 1], [5, 2], [6, 3]));
    expect(quarterTurns(six, 2)).toEqual(gray([6, 5, 4], [3, 2, 1]));
    expect(quarterTurns(six, 3)).toEqual(gray([3, 6], [2, 5], [1, 4]));
  });

  it("go around", () => {
    expect(quarterTurns(six, 0)).toEqual(six);
    expect(quarterTurns(six, -1)).toEqual(quarterTurns(six, 3));
    expect(quarterTurns(six, 42)).toEqual(quarterTurns(six, 2));
    expect(quarterTurns(quarterTurns(six, 1), 3)).toEqual(six);
  });

  it("keep the channels of a pixel together, and floats floats", () => {
    expect([...flipHorizontally(colors).data]).toEqual([4, 5, 6, 1, 2, 3]);
    expect(quarterTurns(colors, 1)).toEqual({ ...colors, width: 1, height: 2 });
    expect(quarterTurns(colors, 3).data).toEqual(Uint8Array.of(4, 5, 6, 1, 2, 3));
    expect(flipHorizontally(toFloats(six)).data).toBeInstanceOf(Float32Array);
  });

  it("are whole", () => {
    expect(() => quarterTurns(six, 0.5)).toThrow(new OptionError("quarterTurns: 0.5 turns, expected a whole number"));
  });
});

describe("crop", () => {
  it("takes a part", () => {
    expect(crop(six, { x: 1, y: 0, width: 2, height: 2 })).toEqual(gray([2, 3], [5, 6]));
    expect(crop(six, { x: 0, y: 1, width: 1, height: 1 })).toEqual(gray([4]));
    expect(crop(six, { x: 0, y: 0, width: 3, height: 2 })).toEqual(six);
    expect([...crop(colors, { x: 1, y: 0, width: 1, height: 1 }).data]).toEqual([4, 5, 6]);
  });

  it.each([
    { x: -1, y: 0, width: 1, height: 1 },
    { x: 0, y: -1, width: 1, height: 1 },
    { x: 2, y: 0, width: 2, height: 1 },
    { x: 0, y: 1, width: 1, height: 2 },
    { x: 0, y: 0, width: 0, height: 1 },
    { x: 0, y: 0, width: 1, height: 0 },
    { x: 0.5, y: 0, width: 1, height: 1 },
    { x: 0, y: 0, width: Number.NaN, height: 1 },
  ])("refuses %j of 3×2 pixels", (part) => {
    const { x, y, width, height } = part;
    expect(() => crop(six, part)).toThrow(
      new OptionError(
        `crop: ${width}×${height} pixels from (${x}, ${y}) on, expected whole numbers and a part of the 3×2 pixels ` +
          "that there are",
      ),
    );
  });
});
