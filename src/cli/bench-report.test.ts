import { describe, expect, it } from "vitest";
import { asEvent, type Figure, type SectionEvent } from "../bench/index.ts";
import { forMarkdown, gridOf, reportAsTables, threeDigits } from "./bench-report.ts";
import type { Output } from "./io.ts";

const same = (value: number) => ({ median: value, best: value });
const figure = (work: string, by: string, rest: Partial<Figure> = {}): Figure => ({
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
    figure("a", "x64", { rate: { median: 40, best: 50 }, share: { median: 0.8, best: 0.9 } }),
    figure("a", "PyTorch", { rate: same(20), ratio: same(2) }),
    figure("b", "PyTorch", { milliseconds: same(7), threads: 2 }),
  ];
  const grid = gridOf({ unit: "GFLOP/s" }, figures);

  it("has a column for each contestant and two rows for each work", () => {
    expect(grid.head).toEqual([
      ["GFLOP/s"],
      [""],
      ["x64", "1 thread"],
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

  it("ends with the geometric mean of ratios over several works", () => {
    const compared = [1, 4].map((ratio, i) =>
      figure(`work ${i}`, "PyTorch", { ratio: { median: ratio, best: 2 * ratio }, against: "x64" }),
    );
    expect(gridOf({ unit: "ms" }, [figure("work 0", "x64"), ...compared]).rows.slice(-2)).toEqual([
      ["geometric mean", "median", "", "2.00×"],
      ["", "best", "", "4.00×"],
    ]);
    expect(gridOf({ unit: "ms" }, compared.slice(1)).rows).toHaveLength(2);
  });

  it("can be Markdown", () => {
    expect(forMarkdown.table({ head: [["ms"], [""], ["x64", "1 thread"]], rows: [["a", "median", "1.00"]] })).toBe(
      "| ms |  | x64, 1 thread |\n| --- | --- | --: |\n| a | median | 1.00 |",
    );
  });
});

describe("the notes under a table", () => {
  const notesOf = (section: Partial<SectionEvent>, figures: readonly Figure[]): string[] => {
    const lines: string[] = [];
    const output: Output = {
      print: (line = "") => void lines.push(line),
      log: () => {},
      write: () => {},
      status: () => {},
      paint: (_, text) => text,
      isTerminal: false,
      columns: 80,
    };
    const report = reportAsTables(output, forMarkdown);
    report.show({ event: "section", title: "s", unit: "GFLOP/s", ...section });
    for (const one of figures) report.show(asEvent(one));
    report.finish();
    return lines.join("\n").split("\n");
  };

  it("name contestants that are compared with another engine than the lead", () => {
    const figures = [figure("a", "x64"), figure("a", "ONNX Runtime Web", { ratio: same(2), against: "wasm" })];
    expect(notesOf({ lead: "x64" }, figures).at(-1)).toBe("- ONNX Runtime Web is compared with wasm");
  });

  it("say what shares and ratios are of", () => {
    const figures = [figure("a", "x64", { share: same(0.5) }), figure("a", "wasm", { ratio: same(2) })];
    const ratios =
      "- ×: how many times as fast x64, the first column's engine, is, with as many threads if it can; " +
      "for x64 itself, as it is with one thread";
    expect(notesOf({ reference: "peak", lead: "x64" }, figures).slice(-2)).toEqual([
      "- %: of the peak of the engine's own instructions, on as many threads",
      ratios,
    ]);
    expect(notesOf({ reference: "copy", lead: "x64" }, figures).slice(-2)).toEqual(["- %: of the memory copy", ratios]);
  });

  it("are not there where there is nothing to say", () => {
    expect(notesOf({ lead: "x64" }, [figure("a", "x64")]).filter((line) => line.startsWith("-"))).toEqual([]);
  });
});
