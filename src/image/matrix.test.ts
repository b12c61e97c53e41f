import { describe, expect, it } from "vitest";
import { array, OptionError, ShapeError } from "../array/index.ts";
import { matrixPlot, matrixPlotSvg } from "./matrix.ts";

const values = array([
  [0, 1, Number.NaN],
  [0.5, 1, 0],
]);
const scaled = { range: [0, 1], scale: "sequential", cell: 10 } as const;
const pixelAt = ({ data, width }: ReturnType<typeof matrixPlot>, x: number, y: number): number[] => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe("a matrix", () => {
  it("has a square for each number", () => {
    const plot = matrixPlot(values, scaled);
    expect([plot.width, plot.height]).toEqual([12 + 30 + 12, 12 + 20 + 12]);
    expect(pixelAt(plot, 12, 12)).toEqual([0, 0, 0]);
    expect(pixelAt(plot, 31, 12)).toEqual([255, 255, 255]);
    expect(pixelAt(plot, 32, 21)).toEqual([255, 0, 255]);
    expect(pixelAt(plot, 41, 31)).toEqual([0, 0, 0]);
    expect(pixelAt(plot, 42, 31)).toEqual([255, 255, 255]);
  });

  it("has the names of rows at the left, and those of columns above, upward", () => {
    const bare = matrixPlot(values, scaled);
    const named = matrixPlot(values, { ...scaled, rows: ["a", "conv1"], columns: ["x", "y", "output"] });
    // Five and six letters of six pixels, less the last distance, and the distance to the squares.
    expect([named.width - bare.width, named.height - bare.height]).toEqual([29 + 5, 35 + 5]);
    const squares = (x: number, y: number) => pixelAt(named, 12 + 34 + x, 12 + 40 + y);
    expect([squares(0, 0), squares(20, 9)]).toEqual([
      [0, 0, 0],
      [255, 0, 255],
    ]);
    const isInked = (from: readonly number[], to: readonly number[]): boolean => {
      for (let y = from[1]; y < to[1]; y++)
        for (let x = from[0]; x < to[0]; x++) if (pixelAt(named, x, y)[0] === 0) return true;
      return false;
    };
    expect(isInked([12, 12 + 40 + 10], [12 + 29, 12 + 60])).toBe(true);
    expect(isInked([12 + 34 + 20, 12], [12 + 34 + 30, 12 + 35])).toBe(true);
    // The short name of the first column stands at its foot.
    expect(isInked([12 + 34, 12], [12 + 34 + 10, 12 + 28])).toBe(false);
  });

  it("is the same as SVG, with text that is text", async () => {
    const svg = await matrixPlotSvg(values, { ...scaled, rows: ["a<b", "c"], columns: ["x", "y", "z"], title: "CKA" });
    expect(svg).toContain("a&lt;b</text>");
    expect(svg.match(/rotate\(-90\)/g)).toHaveLength(3);
    expect(svg.match(/<image/g)).toHaveLength(1);
    expect(svg).toContain("<title>CKA</title>");
  });

  it("refuses what does not fit", () => {
    expect(() => matrixPlot(array([1, 2]))).toThrow(ShapeError);
    expect(() => matrixPlot(values, { rows: ["a"] })).toThrow("2 rows, but 1 names of rows");
    expect(() => matrixPlot(values, { columns: [1] as never })).toThrow("columns must be a list of names");
    expect(() => matrixPlot(values, { color: 1 } as never)).toThrow(OptionError);
    expect(() => matrixPlot(values, { range: [1, 0] })).toThrow("two numbers that rise");
  });
});
