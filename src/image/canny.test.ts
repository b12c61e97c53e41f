/** What is known of Canny's edges without asking anybody; `features.test.ts` asks OpenCV. */
import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { type CannyOptions, canny } from "./canny.ts";
import type { Picture } from "./picture.ts";

/** A gray picture of `height` equal rows. */
const rows = (height: number, ...row: number[]): Picture => ({
  ...{ width: row.length, height, channels: 1 },
  data: Uint8Array.from({ length: height * row.length }, (_, i) => row[i % row.length]),
});
/** The rows of the edge map, edges as #. */
const drawn = (picture: Picture, options?: CannyOptions): string[] => {
  const { width, height, data } = canny(picture, options);
  return Array.from({ length: height }, (_, y) =>
    Array.from(data.subarray(y * width, (y + 1) * width), (value) =>
      value === 255 ? "#" : value === 0 ? "." : "?",
    ).join(""),
  );
};

describe("canny", () => {
  it("draws a step one pixel wide, on the first of the two that are equally steep", () => {
    expect(drawn(rows(3, 0, 0, 0, 255, 255, 255))).toEqual(Array(3).fill("..#..."));
    const lying: Picture = {
      width: 3,
      height: 4,
      channels: 1,
      data: Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255),
    };
    expect(drawn(lying)).toEqual(["...", "###", "...", "..."]);
  });

  it("needs gradients above the thresholds, a step of d coming to 4 d", () => {
    const step = rows(3, 0, 0, 50, 50);
    const [edge, none] = [Array(3).fill(".#.."), Array(3).fill("....")];
    expect(drawn(step, { low: 100, high: 199.5 })).toEqual(edge);
    expect(drawn(step, { low: 100, high: 200 })).toEqual(none);
    expect(drawn(step, { low: 100, high: 199.5, norm: "l2" })).toEqual(edge);
    expect(drawn(step, { low: 100, high: 200, norm: "l2" })).toEqual(none);
  });

  it("follows an edge where it is weak, if it is strong somewhere", () => {
    // A step that loses height from row to row: 100, 90, …, 10, with gradients of 420, 420, 380, …, 140 beside it.
    const fading: Picture = {
      ...{ width: 4, height: 10, channels: 1 },
      data: Uint8Array.from({ length: 40 }, (_, i) => (i % 4 < 2 ? 0 : 100 - 10 * Math.floor(i / 4))),
    };
    const length = (options: CannyOptions): number => drawn(fading, options).filter((row) => row.includes("#")).length;
    expect(length({ low: 300, high: 300 })).toBe(4);
    expect(length({ low: 100, high: 300 })).toBe(9);
    expect(length({ low: 100, high: 450 })).toBe(0);
  });

  it("loses single points to a Gaussian before, and keeps steps", () => {
    const speckled = rows(9, ...Array(6).fill(0), ...Array(6).fill(200));
    speckled.data[4 * 12 + 2] = 120;
    const dotted = (options: CannyOptions) =>
      drawn(speckled, options).filter((row) => row.slice(0, 4).includes("#")).length;
    expect(dotted({})).toBeGreaterThan(0);
    expect(dotted({ sigma: 1.5 })).toBe(0);
    expect(drawn(speckled, { sigma: 1.5 })[8]).toMatch(/^\.+#\.+$/);
  });

  it("takes the color with the steepest step, and lays alpha over white", () => {
    const gray = rows(3, 100, 100, 180, 180);
    const colors: Picture = {
      ...gray,
      channels: 3,
      data: Uint8Array.from({ length: 36 }, (_, i) => (i % 3 === 1 ? gray.data[Math.floor(i / 3)] : 100)),
    };
    // Its gray has a step of 0.587 · 80 only.
    expect(drawn(colors, { low: 300, high: 300 })).toEqual(drawn(gray));
    const glass: Picture = {
      ...gray,
      channels: 2,
      data: Uint8Array.from({ length: 24 }, (_, i) => (i % 2 ? gray.data[i >> 1] : 0)),
    };
    expect(drawn(glass)).toEqual(Array(3).fill(".#.."));
  });

  it("gives no edges where nothing is, or no number", () => {
    expect(drawn(rows(2, 7))).toEqual([".", "."]);
    const blank: Picture = { width: 3, height: 3, channels: 1, data: new Float32Array(9).fill(NaN) };
    expect(drawn(blank, { low: 0, high: 0 })).toEqual(Array(3).fill("..."));
  });

  it("refuses thresholds the wrong way round", () => {
    expect(() => canny(rows(1, 0), { low: 3, high: 2 })).toThrow(
      new OptionError("canny: low 3 is above high 2; exchange them"),
    );
    expect(() => canny(rows(1, 0), { low: 300 })).toThrow("canny: low 300 is above high 200");
    expect(() => canny(rows(1, 0), { sigma: 200 })).toThrow("sigma must be a number above 0, of at most 166, got 200");
  });
});
