import { describe, expect, it } from "vitest";
import { functionWords, inverseDocumentFrequencies, wordOverlap } from "./overlap.ts";

const question = ["who", "wrote", "the", "iron", "lady"];
const answer = ["the", "iron", "lady", "by", "hugo", "young", "the"];

describe("the overlap of two texts", () => {
  it("is the share of the words that both have", () => {
    expect(wordOverlap(question, answer)).toBeCloseTo((2 * 3) / (5 + 6), 12);
    expect(wordOverlap(answer, question)).toBe(wordOverlap(question, answer));
    expect(wordOverlap(question, question)).toBe(1);
    expect([wordOverlap([], question), wordOverlap([], [])]).toEqual([0, 0]);
  });

  it("can leave out words without a subject", () => {
    expect(wordOverlap(question, answer, { without: functionWords })).toBeCloseTo((2 * 2) / (3 + 4), 12);
    expect(wordOverlap(["the"], ["the"], { without: functionWords })).toBe(0);
  });

  it("can weigh words by how rare they are; unknown ones are the rarest", () => {
    const weights = inverseDocumentFrequencies([["the", "iron"], ["the", "lady", "lady"], ["the"], ["the", "iron"]]);
    expect(Object.fromEntries(weights)).toEqual({ the: 0, iron: Math.log(2), lady: Math.log(4) });
    // lady 2 and hugo 2 (the rarest), iron 1, in units of log 2.
    expect(wordOverlap(["the", "iron", "lady"], ["the", "iron", "hugo"], { weights })).toBeCloseTo(
      (2 * 1) / (3 + 3),
      12,
    );
    expect(() => inverseDocumentFrequencies([])).toThrow("expects at least one text");
  });
});
