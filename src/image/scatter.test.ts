import { describe, expect, it } from "vitest";
import { array, OptionError, ShapeError } from "../array/index.ts";
import { scatterPlot, scatterPlotSvg } from "./scatter.ts";

const positions = array([
  [0, 0],
  [10, 0],
  [10, 10],
]);
const pixelAt = ({ data, width }: ReturnType<typeof scatterPlot>, x: number, y: number): number[] => [
  ...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe("a scatter plot", () => {
  it("has the first axis to the right and the second upward, in the colors of groups", () => {
    const plot = scatterPlot(positions, { groups: [0, 1, 2], size: 100, radius: 3 });
    expect([plot.width, plot.height]).toEqual([124, 124]);
    expect(pixelAt(plot, 12 + 3, 12 + 97)).toEqual([31, 119, 180]);
    expect(pixelAt(plot, 12 + 97, 12 + 97)).toEqual([255, 127, 14]);
    expect(pixelAt(plot, 12 + 97, 12 + 3)).toEqual([44, 160, 44]);
    expect(pixelAt(plot, 12 + 3, 12 + 3)).toEqual([255, 255, 255]);
  });

  it("has pictures as marks, and a legend beside", () => {
    const mark = { width: 2, height: 2, channels: 1, data: Uint8Array.of(9, 9, 9, 9) } as const;
    const plot = scatterPlot(positions, { pictures: [mark, mark, mark], size: 100, names: ["cat", "dog"] });
    expect(plot.width).toBeGreaterThan(124);
    expect(pixelAt(plot, 12 + 8, 12 + 92)).toEqual([9, 9, 9]);
  });

  it("is the same as SVG, with text that is text and dots that are circles", async () => {
    const svg = await scatterPlotSvg(positions, {
      groups: [0, 1, 1],
      names: ["a<b", "c"],
      title: "map",
      description: "how",
    });
    expect(svg.match(/<circle/g)).toHaveLength(3);
    expect(svg).toContain("a&lt;b</text>");
    expect(svg).toContain("<desc>how</desc>");
  });

  it("takes points at one place, and refuses what does not fit", () => {
    expect(
      scatterPlot(
        array([
          [1, 1],
          [1, 1],
        ]),
        { size: 20 },
      ).width,
    ).toBe(44);
    expect(() => scatterPlot(array([[1, 2, 3]]))).toThrow(ShapeError);
    expect(() => scatterPlot(array([[1, NaN]]))).toThrow("point 0 is at NaN");
    expect(() => scatterPlot(positions, { groups: [1] })).toThrow("3 points, but 1 groups");
    expect(() => scatterPlot(positions, { color: 1 } as never)).toThrow(OptionError);
  });
});
