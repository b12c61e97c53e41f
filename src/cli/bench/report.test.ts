import { describe, expect, it } from "vitest";
import type { Figure } from "./figures.ts";
import { forMarkdown, gridOf, threeDigits } from "./report.ts";

const same = (value: number) => ({ median: value, best: value });
const figure = (work: string, by: string, rest: Partial<Figure>): Figure => ({
  ...{ work, by, threads: 1, runs: 3, milliseconds: same(2) },
  ...rest,
});

describe("numbers in tables", () => {
  it.each([
    [0.0123, "0.0123"],
    [0.00001234, "0.0000"],
    [0.456, "0.456"],
    [1.234, "1.23"],
    [56.78, "56.8"],
    [456.7, "457"],
    [16_181, "16181"],
  ])("show three digits where they have them: %d as %s", (value, text) => {
    expect(threeDigits(value)).toBe(text);
  });
});

describe("a table of figures", () => {
  const figures = [
    figure("a", "Fovea", { rate: { median: 40, best: 50 }, share: { median: 0.8, best: 0.9 } }),
    figure("a", "PyTorch", { rate: same(20), ratio: same(2) }),
    figure("b", "PyTorch", { milliseconds: same(7), threads: 2 }),
  ];
  const grid = gridOf({ unit: "GFLOP/s" }, figures);

  it("has a column for each contestant and two rows for each work", () => {
    expect(grid.head).toEqual([
      ["GFLOP/s"],
      [""],
      ["Fovea", "1 thread"],
      ["PyTorch", "1 thread"],
      ["PyTorch", "2 threads"],
    ]);
    expect(grid.rows).toEqual([
      ["a", "median", "40.0 · 80 %", "20.0 · 2.00×", "–"],
      ["", "best", "50.0 · 90 %", "20.0 · 2.00×", "–"],
      ["b", "median", "–", "–", "7.00"],
      ["", "best", "–", "–", "7.00"],
    ]);
  });

  it("can be Markdown", () => {
    expect(forMarkdown.table({ head: [["ms"], [""], ["Fovea", "1 thread"]], rows: [["a", "median", "1.00"]] })).toBe(
      "| ms |  | Fovea, 1 thread |\n| --- | --- | --: |\n| a | median | 1.00 |",
    );
  });
});
