import { describe, expect, it } from "vitest";
import { array } from "../array/index.ts";
import { colorize } from "./color-scale.ts";
import { heatMap, heatMapSvg } from "./heat-map.ts";

const map = array([
  [0, 1, 0.5],
  [1, 0, NaN],
]);
const names = { rows: ["a", "long row <&>"], columns: ["ein", "mann", "<eos>"] };

describe("heatMap", () => {
  it("has a cell of its color for each number", () => {
    const { width, height, data } = heatMap(map, names);
    const colors = colorize(map).data;
    // Cells of 2 lines of 10 pixels; the widest name of a column has 5 signs of 6 pixels.
    const [left, top, across, down] = [12 + 6 * 12, 22, 36, 20];
    expect([width, height]).toEqual([left + 3 * across + 6, top + 2 * down + 6]);
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 3; column++) {
        const at = 3 * ((top + row * down + 10) * width + left + column * across + 18);
        const from = 3 * (3 * row + column);
        expect([...data.subarray(at, at + 3)]).toEqual([...colors.subarray(from, from + 3)]);
      }
    const ink = data.subarray(0, 3 * width * 20).filter((byte) => byte === 0).length;
    expect(ink).toBeGreaterThan(100);
  });

  it("is SVG with its names as text", async () => {
    const svg = await heatMapSvg(map, { ...names, title: "weights" });
    expect(svg).toContain("long row &lt;&amp;&gt;");
    expect(svg).toContain("<title>weights</title>");
    expect(svg.match(/<text /g)).toHaveLength(5);
  });

  it("needs as many names as rows and columns", () => {
    expect(() => heatMap(map, { ...names, rows: ["a"] })).toThrow(
      "heatMap: a map of [2,3] needs 2 names of rows and 3 of columns, got 1 and 3",
    );
    expect(() => heatMap(array([1, 2]), names)).toThrow("heatMap: expects a map [rows, columns] of numbers");
  });
});
