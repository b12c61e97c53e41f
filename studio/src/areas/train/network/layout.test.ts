import { describe, expect, it } from "vitest";
import type { LayerRow } from "../../../worker/api.ts";
import { columnsOf } from "./columns.ts";
import { boxOf, heightOf, layoutOf, tileAt, widthOf } from "./layout.ts";

const layer = (path: string, type: string, output: number[], from: string, weight?: number[]): LayerRow => ({
  ...{ path, type, output, from: [from], weight },
  ...{ parameters: 0, multiplyAdds: 0, field: undefined },
});

const columns = columnsOf(
  [
    layer("0", "conv2d", [6, 28, 28], "input", [6, 1, 5, 5]),
    layer("1", "tanh", [6, 28, 28], "0"),
    layer("2", "conv2d", [80, 10, 10], "1", [80, 6, 5, 5]),
    layer("3", "flatten", [8000], "2"),
    layer("4", "linear", [120], "3", [120, 8000]),
    layer("5", "linear", [10], "4", [10, 120]),
  ],
  new Set(),
);
const options = { columns, input: [1, 28, 28], width: 900, height: 600, filters: false };

describe("the layout of a network", () => {
  const layout = layoutOf(options);

  it("has the picture, the columns in order, and classes last", () => {
    expect(layout.map(({ kind }) => kind)).toEqual(["picture", "maps", "maps", "cells", "classes"]);
    for (const [i, { x }] of layout.slice(1).entries()) expect(x).toBeGreaterThan(layout[i].x + layout[i].width);
    expect(widthOf(layout)).toBeLessThanOrEqual(900);
  });

  it("fits the height, and says how many maps it leaves out", () => {
    const maps = layout[2].sheet;
    expect(maps.count + maps.more).toBe(80);
    for (const { sheet } of layout) expect(heightOf(sheet)).toBeLessThanOrEqual(600);
  });

  it("finds the tile and the value under a pointer where it has placed them", () => {
    const { sheet, x } = layout[2];
    for (const tile of [0, 7, sheet.count - 1]) {
      const box = boxOf({ sheet, x: 0 }, tile);
      const inside = tileAt(sheet, box.x + box.width * 0.55, box.y - 44 + box.height * 0.25);
      expect(inside).toEqual({ tile, at: [2, 5] });
    }
    expect(tileAt(sheet, -1, 0)).toBeUndefined();
    expect(x).toBeGreaterThan(0);
  });

  it("of filters has a row a unit and a column an input map, and no columns without weights", () => {
    const filters = layoutOf({ ...options, filters: true });
    expect(filters.map(({ key }) => key)).toEqual(["input", "0", "2", "4", "5"]);
    expect(filters[1].sheet).toMatchObject({ count: 6, columns: 1, tile: [5, 5] });
    expect(filters[2].sheet.columns).toBe(6);
  });
});
