import { describe, expect, it } from "vitest";
import { array } from "../array/index.ts";
import { type ColorScale, colorBar, colorize, colorScales, overlay, valueScale } from "./color-scale.ts";

const luma = ([r, g, b]: ArrayLike<number> & Iterable<number>): number => 0.299 * r + 0.587 * g + 0.114 * b;
const pixel = (data: Uint8Array, i: number): number[] => [...data.subarray(3 * i, 3 * i + 3)];

describe("values become colors", () => {
  it("of magnitudes from black to white, brighter from step to step", () => {
    const { data, width } = colorBar({ scale: "sequential", range: [0, 2] }, [1, 64]);
    const lumas = Array.from({ length: width }, (_, i) => luma(data.subarray(3 * i, 3 * i + 3)));
    expect(pixel(data, 0)).toEqual([0, 0, 0]);
    expect(pixel(data, 63)).toEqual([255, 255, 255]);
    for (let i = 1; i < width; i++) expect(lumas[i]).toBeGreaterThan(lumas[i - 1]);
  });

  it("of signs in blue and red, with 0 in the neutral color whatever the range of the values", () => {
    const { data } = colorize(array([[-4, 0, 1]]));
    const [minus, zero, plus] = [0, 1, 2].map((i) => pixel(data, i));
    expect(zero).toEqual([247, 247, 247]);
    expect(minus[2]).toBeGreaterThan(minus[0]);
    expect(plus[0]).toBeGreaterThan(plus[2]);
  });

  it.each<[string, number[], object, ColorScale, [number, number]]>([
    ["magnitudes", [1, 3], {}, "sequential", [0, 3]],
    ["signed values", [-1, 3], {}, "diverging", [-3, 3]],
    ["nothing", [], {}, "sequential", [0, 1]],
    ["one value everywhere", [0, 0], {}, "sequential", [0, 1]],
    ["what is not finite", [NaN, Infinity, 2], {}, "sequential", [0, 2]],
    ["a given range", [-1, 3], { range: [0, 1], scale: "gray" }, "gray", [0, 1]],
  ])("on the scale of %s", (_, values, options, scale, range) => {
    expect(valueScale(values, options)).toEqual({ scale, range });
  });

  it("with NaN in magenta, and infinities at the ends", () => {
    const { data } = colorize(array([[Number.NaN, Number.POSITIVE_INFINITY, 1, 0]]));
    expect(pixel(data, 0)).toEqual([255, 0, 255]);
    expect(pixel(data, 1)).toEqual(pixel(data, 2));
  });
});

describe("a map over a picture", () => {
  const picture = { width: 4, height: 2, channels: 3, data: new Uint8Array(24).fill(100) } as const;

  it("covers where it is strong, and leaves gray where it is not", () => {
    const { data, width, height } = overlay(picture, array([[0, 0, 0, 1], [0, 0, 0, 1]]), { opacity: 1 }); // biome-ignore format: a map
    expect([width, height]).toEqual([4, 2]);
    expect(pixel(data, 0)).toEqual([100, 100, 100]);
    expect(pixel(data, 3)).toEqual([255, 240, 90]);
  });

  it("is enlarged to the picture", () => expect(overlay(picture, array([[1]])).data.length).toBe(24));
});

it.each<[() => unknown, string]>([
  [() => colorize(array([1, 2])), "colorize: expects a map [height, width], got [2]"],
  [() => colorize(5 as never), "colorize: expects a map [height, width], got 5"],
  [() => colorize(array([[1]]), { scale: "hot" as never }), `expected one of ${colorScales.join(", ")}`],
  [() => colorize(array([[1]]), { range: [1, 1] }), "expected two numbers that rise"],
  [() => colorize(array([[1]]), { color: 1 } as never), "color"],
  [
    () => overlay({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }, array([[1]]), { opacity: 2 }),
    "opacity 2",
  ],
])("refuses what is no map, scale or range: %#", (attempt, message) => expect(attempt).toThrow(message));
