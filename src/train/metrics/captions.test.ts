import { describe, expect, it } from "vitest";
import { DataError, OptionError } from "../../array/index.ts";
import { bleu } from "./bleu.ts";
import { captionMetrics, describeCaptions } from "./captions.ts";
import { cider } from "./cider.ts";

const captions = ["a red circle above a star", "a small  moon", "a blue ring"];
const references = [["a red circle above a star"], ["a moon", "a small moon"], ["a green ring"]];

describe("captionMetrics", () => {
  it("puts the figures of captions together", () => {
    const found = captionMetrics(captions, references);
    const { upTo } = bleu(captions, references);
    expect([found.bleu1, found.bleu2, found.bleu3, found.bleu4]).toEqual(upTo);
    expect(found.cider).toBe(cider(captions, references).cider);
    // 11 of 12 words; 5 + 2 of 5 + 2 + 2 pairs.
    expect(found.bleu1).toBeCloseTo((100 * 11) / 12, 10);
    expect(found.bleu2).toBeCloseTo(100 * Math.sqrt((11 / 12) * (7 / 9)), 10);
  });

  it("counts a caption that has the words of one of its references, whatever stands between them", () => {
    expect(captionMetrics(captions, references).exact).toBeCloseTo(2 / 3, 10);
    expect(captionMetrics(["", "a star"], ["a ring", "a star"]).exact).toBe(0.5);
  });

  it("is told in a line", () => {
    const line = describeCaptions({ bleu1: 98.14, bleu2: 97, bleu3: 96, bleu4: 95.05, cider: 9.312, exact: 0.952 });
    expect(line).toBe("BLEU-1 … 4 98.1, 97.0, 96.0, 95.0, CIDEr 9.31, exactly right 95.20 %");
  });

  it("refuses what cannot be compared", () => {
    expect(() => captionMetrics(["a"], [])).toThrow(DataError);
    expect(() => captionMetrics([], [])).toThrow(DataError);
    expect(() => captionMetrics(["a"], [[]])).toThrow(OptionError);
  });
});
