import { describe, expect, it } from "vitest";
import { OptionError } from "../array/index.ts";
import { drawCircle, drawLine } from "./draw.ts";
import type { BytePicture } from "./picture.ts";

const blank = (width: number, height: number, channels: 1 | 3 = 1): BytePicture => ({
  width,
  height,
  channels,
  data: new Uint8Array(width * height * channels),
});

/** Rows as text, # where something was drawn. */
const seen = ({ width, height, data }: BytePicture): string[] =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (data[y * width + x] === 0 ? "." : "#")).join(""),
  );

function lines(width: number, height: number, ...all: (readonly [number, number, number, number])[]): string[] {
  const picture = blank(width, height);
  for (const [x0, y0, x1, y1] of all) drawLine(picture, { x: x0, y: y0 }, { x: x1, y: y1 }, [9]);
  return seen(picture);
}

describe("a line", () => {
  it("has one pixel for each step along its longer axis, both ends included", () => {
    expect(lines(6, 3, [0, 0, 5, 2])).toEqual(["##....", "..##..", "....##"]);
    expect(lines(3, 4, [2, 3, 1, 0])).toEqual([".#.", ".#.", "..#", "..#"]);
    expect(lines(3, 1, [1, 0, 1, 0])).toEqual([".#."]);
  });

  it("is cut off at the edges, without going where nothing is seen", () => {
    expect(lines(4, 3, [-1e12, 1, 1e12, 1])).toEqual(["....", "####", "...."]);
    expect(lines(3, 3, [-5, -5, 8, 8])).toEqual(["#..", ".#.", "..#"]);
    expect(lines(3, 3, [-5, 0, -1, 2], [0, 9, 2, 4], [5, -9, 5, 9], [0, 7, 7, 0])).toEqual(["...", "...", "..."]);
  });

  it("has the color in all channels", () => {
    const picture = blank(2, 1, 3);
    drawLine(picture, { x: 1, y: 0 }, { x: 1, y: 0 }, [1, 2, 3]);
    expect([...picture.data]).toEqual([0, 0, 0, 1, 2, 3]);
  });
});

describe("a circle", () => {
  const circle = (x: number, y: number, radius: number, size = 7): string[] => {
    const picture = blank(size, size);
    drawCircle(picture, { x, y }, radius, [9]);
    return seen(picture);
  };

  it("is round and closed", () => {
    expect(circle(3, 3, 3)).toEqual(["..###..", ".#...#.", "#.....#", "#.....#", "#.....#", ".#...#.", "..###.."]);
    expect(circle(1, 1, 0, 3)).toEqual(["...", ".#.", "..."]);
    expect(circle(1, 1, 1, 3)).toEqual([".#.", "#.#", ".#."]);
  });

  it("is cut off at the edges, however large it is", () => {
    expect(circle(0, 0, 2, 3)).toEqual(["..#", "..#", "##."]); // the quarter below and to the right
    expect(circle(1 - 1e9, 1, 1e9, 3)).toEqual([".#.", ".#.", ".#."]);
    expect(circle(-50, 1, 10, 3)).toEqual(["...", "...", "..."]);
  });
});

it("what cannot be drawn is refused", () => {
  expect(() => drawLine(blank(2, 2), { x: 0, y: Number.NaN }, { x: 1, y: 1 }, [1])).toThrow(
    new OptionError("drawLine: NaN is no place in a picture, expected finite numbers"),
  );
  expect(() => drawLine(blank(2, 2, 3), { x: 0, y: 0 }, { x: 1, y: 1 }, [1])).toThrow(
    "drawLine: a color of 1 bytes, the picture has 3 channels",
  );
  expect(() => drawCircle(blank(2, 2), { x: 0, y: 0 }, -1, [1])).toThrow("drawCircle: radius -1, expected");
});
