import { describe, expect, it } from "vitest";
import { DataError, OptionError } from "../array/index.ts";
import { pictureGrid } from "./grid.ts";
import type { GridCell, GridOptions } from "./grid-layout.ts";
import type { BytePicture, Picture } from "./picture.ts";
import { crop } from "./turns.ts";

/** A gray picture whose pixels are all different. */
const ramp = (width: number, height: number, first = 1): BytePicture => ({
  width,
  height,
  channels: 1,
  data: Uint8Array.from({ length: width * height }, (_, i) => first + i),
});
const flat = (width: number, height: number, value: number): BytePicture => ({
  ...ramp(width, height),
  data: new Uint8Array(width * height).fill(value),
});
const rows = ({ width, height, data }: Picture) =>
  Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);

describe("a grid", () => {
  it("sets pictures side by side, row after row", () => {
    const cells = [10, 20, 30].map((first) => ({ picture: ramp(2, 1, first) }));
    expect(rows(pictureGrid(cells, { columns: 2, scale: 1, gap: 1, background: 0 }))).toEqual([
      [0, 0, 0, 0, 0, 0, 0],
      [0, 10, 11, 0, 20, 21, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [0, 30, 31, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it("enlarges by whole factors, without smoothing", () => {
    expect(rows(pictureGrid([{ picture: ramp(2, 2) }], { scale: 2, gap: 0 }))).toEqual([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ]);
  });

  it.each([
    [28, 28, 2],
    [32, 20, 2],
    [8, 8, 8],
    [1, 1, 64],
    [64, 64, 1],
    [43, 10, 1],
    [300, 2, 1],
  ])("brings pictures of %i×%i close to 64 pixels, by %i", (width, height, factor) => {
    const grid = pictureGrid([{ picture: flat(width, height, 9) }], { gap: 0 });
    expect([grid.width, grid.height]).toEqual([width * factor, height * factor]);
  });

  it("puts pictures of several sizes into the middle of their cells", () => {
    const cells = [{ picture: flat(1, 1, 7) }, { picture: flat(3, 3, 8) }];
    expect(rows(pictureGrid(cells, { columns: 2, scale: 1, gap: 0, background: 0 }))).toEqual([
      [0, 0, 0, 8, 8, 8],
      [0, 7, 0, 8, 8, 8],
      [0, 0, 0, 8, 8, 8],
    ]);
  });

  it("is nearly square by default, and never has empty columns", () => {
    const width = (count: number, options: GridOptions = {}) =>
      pictureGrid(Array(count).fill({ picture: flat(1, 1, 0) }), { scale: 1, gap: 0, ...options }).width;
    expect([1, 2, 3, 4, 5, 9, 10].map((count) => width(count))).toEqual([1, 2, 2, 2, 3, 3, 4]);
    expect(width(3, { columns: 100 })).toBe(3);
  });

  it("is gray if all of it is, else RGB", () => {
    const red: Picture = { width: 1, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0) };
    const options: GridOptions = { scale: 1, gap: 0, columns: 3 };
    expect(pictureGrid([{ picture: flat(1, 1, 5) }], options).channels).toBe(1);
    expect([...pictureGrid([{ picture: flat(1, 1, 5) }, { picture: red }], options).data]).toEqual([
      5, 5, 5, 255, 0, 0,
    ]);
    const blue = pictureGrid([{ picture: flat(1, 1, 5) }], { ...options, gap: 1, background: [0, 0, 90] });
    expect(blue.channels).toBe(3);
    expect([...blue.data.subarray(0, 3), ...blue.data.subarray(12, 15)]).toEqual([0, 0, 90, 5, 5, 5]);
  });

  it("shows floats as their bytes, and transparent pixels as white", () => {
    const floats: Picture = { width: 2, height: 1, channels: 1, data: Float32Array.of(0.2, 7) };
    const clear: Picture = { width: 1, height: 1, channels: 2, data: Uint8Array.of(10, 0) };
    const grid = pictureGrid([{ picture: floats }, { picture: clear }], {
      scale: 1,
      gap: 0,
      columns: 1,
      background: 0,
    });
    expect(rows(grid)).toEqual([
      [51, 255],
      [255, 0],
    ]);
  });
});

describe("captions", () => {
  const cell = (caption?: string): GridCell => ({ picture: flat(64, 20, 200), caption });
  /** Where the ink of a text is, in gray pixels: its lines and columns. */
  const ink = (grid: Picture, value = 0) => {
    const found = rows(grid).flatMap((row, y) => row.flatMap((pixel, x) => (pixel === value ? [{ x, y }] : [])));
    const [xs, ys] = [found.map(({ x }) => x), found.map(({ y }) => y)];
    return found.length === 0
      ? undefined
      : { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
  };

  it("stand under their pictures, in the middle", () => {
    const grid = pictureGrid([cell("HH")]);
    expect([grid.width, grid.height]).toEqual([64 + 16, 8 + 20 + 2 + 10 + 8]);
    // Eleven columns around 40, seven rows from two below the picture on.
    expect(ink(grid)).toEqual({ left: 35, right: 45, top: 30, bottom: 36 });
    expect(crop(grid, { x: 35, y: 30, width: 5, height: 7 }).data.filter((value) => value === 0)).toHaveLength(17);
  });

  it("are broken into lines, at most three, and make their row as high as it must be", () => {
    const height = (caption?: string) => pictureGrid([cell(caption), cell()], { columns: 2 }).height;
    const [none, one] = [height(), height("H")];
    expect([none, one]).toEqual([36, 48]);
    expect(height("")).toBe(none);
    expect(height("HHHHHHHHHH")).toBe(one);
    expect(height("HHHHH HHHHH")).toBe(one + 10);
    expect(height("H\nH\nH")).toBe(one + 20);
    expect(height("H\nH\nH\nH")).toBe(one + 20);
  });

  it("stay inside of their cells however long they are", () => {
    const grid = pictureGrid([cell("H".repeat(500)), cell()], { columns: 2 });
    const { left, right } = ink(grid)!;
    expect(left).toBeGreaterThanOrEqual(8);
    expect(right).toBeLessThan(8 + 64);
  });

  it("make narrow cells wider, as far as ten signs", () => {
    const width = (caption: string) => pictureGrid([{ picture: flat(4, 4, 9), caption }], { scale: 1, gap: 0 }).width;
    expect([width("x"), width("1234"), width("x".repeat(99))]).toEqual([6, 24, 60]);
  });

  it("are larger under large pictures", () => {
    const large = pictureGrid([{ picture: flat(200, 10, 200), caption: "H" }]);
    expect(ink(large)).toEqual({ left: 103, right: 112, top: 22, bottom: 35 });
  });

  it("are white on dark", () => {
    const dark = pictureGrid([cell("H")], { background: 40 });
    expect(ink(dark, 255)).toBeDefined();
    expect(ink(dark)).toBeUndefined();
  });

  it("may be any text, and a title above them", () => {
    const strange = "\0\u0007<b>&\ud800 日本\u202e";
    const grid = pictureGrid([cell(strange)], { title: strange });
    expect(grid.height).toBeGreaterThan(pictureGrid([cell(strange)]).height);
    const titled = pictureGrid([cell()], { title: "T" });
    expect(ink(titled)).toMatchObject({ top: 8, bottom: 8 + 2 * 7 - 1 });
    expect(titled.height).toBe(pictureGrid([cell()]).height + 20 + 8);
  });

  it("fit a title to a grid that is narrow", () => {
    const tiny = pictureGrid([{ picture: flat(1, 1, 9) }], { scale: 1, gap: 0, title: "A long title" });
    expect([tiny.width, tiny.channels]).toEqual([1, 1]);
    expect(tiny.height).toBeGreaterThan(10);
    // Of an H only the middle is inside: one pixel of its bar.
    const cut = pictureGrid([{ picture: flat(1, 1, 9) }], { scale: 1, gap: 0, title: "H" });
    expect(cut.data.filter((value) => value === 0)).toHaveLength(1);
  });
});

describe("what is no grid", () => {
  const cells = [{ picture: flat(2, 2, 0) }];
  it("has no cells", () => {
    expect(() => pictureGrid([])).toThrow(new DataError("pictureGrid: no cells, expected at least one picture"));
  });

  it.each([
    [{ columns: 0 }, "columns 0, expected a whole number from 1 on"],
    [{ columns: 1.5 }, "columns 1.5, expected a whole number from 1 on"],
    [{ scale: 0 }, "scale 0, expected a whole number from 1 on"],
    [{ scale: Number.NaN }, "scale NaN, expected a whole number from 1 on"],
    [{ gap: -1 }, "gap -1, expected a whole number from 0 on"],
    [{ background: 256 }, "background 256, expected a whole number from 0 to 255, or three of them"],
    [{ background: [1, 2] as never }, "background 1,2, expected"],
    [{ scale: 100_000 }, "the grid would have 200000×200000 pixels or more, at most 100000000 are drawn"],
    [{ gap: 100_000 }, "the grid would have 200064×200064 pixels or more, at most 100000000 are drawn"],
  ])("with %j", (options, message) => {
    expect(() => pictureGrid(cells, options)).toThrow(OptionError);
    expect(() => pictureGrid(cells, options)).toThrow(`pictureGrid: ${message}`);
  });

  it("has pictures that do not add up", () => {
    expect(() => pictureGrid([{ picture: { ...flat(2, 2, 0), width: 3 } }])).toThrow(
      "pictureGrid: 3×2×1 values are 6, the data have 4",
    );
  });
});
