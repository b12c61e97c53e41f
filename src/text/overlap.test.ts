import { describe, expect, it } from "vitest";
import { array } from "../array/index.ts";
import { functionWords, inverseDocumentFrequencies, wordNearness, wordOverlap } from "./overlap.ts";

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

describe("how near words come", () => {
  /** film and movie are 0.8 apart by cosine, dog is at a right angle to film, odd has no vector. */
  const table = { words: ["film", "movie", "dog", "odd"], vectors: array([[2, 0], [4, 3], [0, 1], [0, 0]]) }; // biome-ignore format: one line

  it("is the mean cosine to the nearest word of the other text", () => {
    const near = wordNearness(table);
    expect(near(["film", "dog"], ["movie"])).toBeCloseTo((0.8 + 0.6) / 2, 6);
    expect(near(["film"], ["dog"])).toBe(0);
    expect(near(["odd", "new"], ["odd", "film"])).toBe(1 / 2);
    expect(near(["film", "film"], ["film"])).toBeCloseTo(1, 6);
    expect([near([], ["film"]), near(["film"], [])]).toEqual([0, 0]);
  });

  it("can weigh words and leave some out", () => {
    const weights = new Map([["film", 3], ["dog", 1]]); // biome-ignore format: one line
    expect(wordNearness(table, { weights })(["film", "dog"], ["movie"])).toBeCloseTo((3 * 0.8 + 0.6) / 4, 6);
    expect(wordNearness(table, { without: new Set(["dog"]) })(["film", "dog"], ["dog"])).toBe(0);
  });
});
