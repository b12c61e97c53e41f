import { describe, expect, it } from "vitest";
import { KernelBuilder } from "../../loops/builder.ts";
import { forPairsOfTiles } from "../../loops/tiles.ts";
import { x86 } from "../context/tuning.ts";
import { axis } from "./axes.ts";
import { partCount, rowsOfBlock } from "./blocks.ts";
import type { ContractionAxis } from "./contraction.ts";

const tile = { rows: 14, vectors: 2 };

const blockOf = (rows: number, steps: readonly number[]): number =>
  rowsOfBlock({ row: axis(rows, 1, 0), inner: steps.map((length) => axis(length, 1, 1)) }, tile, x86);

describe("blocks of rows", () => {
  it.each([
    [1024, [1024]],
    [2048, [256]],
    [500, [3, 400]],
  ])("of %d rows and %j steps stay in the second cache, but for the end of a register tile", (rows, steps) => {
    const block = blockOf(rows, steps);
    expect(block).toBeLessThan(rows);
    expect(block % tile.rows).toBe(0);
    expect((block - tile.rows) * steps.reduce((size, n) => size * n)).toBeLessThan(x86.caches.second);
  });

  it("is one where all rows stay there", () => {
    expect(blockOf(256, [256])).toBeGreaterThanOrEqual(256);
  });

  it("have enough rows to meet b, however long the sum is", () => {
    expect(blockOf(1000, [100_000])).toBeGreaterThanOrEqual(56);
  });

  it("are divided among threads together with the columns, those of the last tile too", () => {
    const b = new KernelBuilder(16);
    const tiles: string[] = [];
    forPairsOfTiles(b, { length: 25, size: 10 }, { length: 70, size: 32 }, ([, rows], [, columns]) => {
      tiles.push(`${rows} rows, ${columns} columns`);
      b.loop(2, () => b.loop(2, () => {}));
    });
    expect(tiles).toEqual(["10 rows, 32 columns", "5 rows, 32 columns", "10 rows, 6 columns", "5 rows, 6 columns"]);
    const [whole] = b.finish("tiles").body;
    expect(whole).toMatchObject({ kind: "loop", counter: { count: 2 }, parallel: true, together: true });
  });
});

describe("parts of a sum", () => {
  const partsFor = (
    steps: readonly number[],
    rows: number,
    columns: number,
    outer: readonly ContractionAxis[] = [],
  ) => {
    const inner = steps.map((length) => axis(length, 1, 1));
    return partCount({ outer, row: axis(rows, 1, 0), column: axis(columns, 0, 1), inner }, tile, {
      lanes: 16,
      tiles: [tile],
      tuning: x86,
    });
  };

  it.each([
    [[28, 896], 32, 14],
    [[28, 896], 64, 7],
    [[28, 896], 96, 4],
  ])("of %j steps for %d columns are whole blocks that threads can share evenly", (steps, columns, parts) => {
    expect(partsFor(steps, 16, columns)).toBe(parts);
  });

  it("is one where columns, rows or an outer axis of b are enough for threads to share", () => {
    expect(partsFor([28, 896], 16, 192)).toBe(1);
    expect(partsFor([28, 896], 360, 32)).toBe(1);
    expect(partsFor([28, 896], 16, 32, [axis(6, 0, 1)])).toBe(1);
  });

  it("are many where each tile of columns would fetch all rows from afar again", () => {
    expect(partsFor([28, 896], 64, 256)).toBe(14);
    expect(partsFor([28, 896], 256, 64)).toBe(14);
  });

  it("is one where a block holds the whole sum", () => {
    expect(partsFor([1024], 16, 32)).toBe(1);
  });
});
