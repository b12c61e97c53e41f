import { describe, expect, it } from "vitest";
import { NdArray } from "../../array/index.ts";
import { BeamSearch, lengthPenaltyOf, type SearchRules } from "./beam-search.ts";

/** Tokens: 0 padding, 1 the begin mark, 2 the end mark, 3 and 4 words. */
const END = 2;

/** The next tokens' probabilities after some words, as a language of its own. */
type Language = (words: readonly number[]) => readonly number[];

/** Runs a search through a language, as a decoder would. */
function search(language: Language, rules: Partial<SearchRules> = {}, samples = 1) {
  const all = { width: 2, lengthPenalty: 0, end: END, excluded: [0, 1], most: new Array(samples).fill(10), ...rules };
  const beam = new BeamSearch(all);
  let rows: (readonly number[])[] = Array.from({ length: samples }, () => []);
  let steps = 0;
  for (;;) {
    const data = Float32Array.from(rows.flatMap((words) => language(words).map(Math.log)));
    const next = beam.advance(new NdArray(data, [rows.length, data.length / rows.length]));
    if (next === undefined) return { found: beam.results(), steps };
    const before = steps++ === 0 ? rows.flatMap((words) => new Array(all.width).fill(words)) : rows;
    rows = Array.from(next.parents, (parent, i) => [...before[parent], next.tokens[i]]);
  }
}

/** 3 looks better at first, 4 is better in the end: p(3, end) = 0.3, p(4, end) = 0.36. */
const garden: Language = (words) => {
  if (words.length === 0) return [0, 0, 0, 0.6, 0.4];
  return words[0] === 3 ? [0, 0, 0.5, 0.25, 0.25] : [0, 0, 0.9, 0.05, 0.05];
};

describe("beam search", () => {
  it("is greedy with a width of 1", () => {
    const [[best]] = search(garden, { width: 1 }).found;
    expect(best.tokens).toEqual([3]);
    expect(Math.exp(best.logProbability)).toBeCloseTo(0.3, 6);
  });

  it("finds what is better in the end", () => {
    const [ended] = search(garden).found;
    expect(ended.map(({ tokens }) => tokens)).toEqual([[4], [3]]);
    expect(Math.exp(ended[0].score)).toBeCloseTo(0.36, 6);
  });

  it("keeps samples apart", () => {
    const { found } = search(garden, { most: [10, 1, 10] }, 3);
    expect(found.map(([best]) => best.tokens)).toEqual([[4], [3], [4]]);
  });

  it("prefers longer sequences by the length penalty of Wu et al.", () => {
    expect(lengthPenaltyOf(1, 0.6)).toBe(1);
    expect(lengthPenaltyOf(7, 1)).toBe(2);
    // Ends at once with 0.5, or after two words with 0.4.
    const language: Language = (words) =>
      words.length === 0 ? [0, 0, 0.5, 0.4, 0.1] : words.length === 1 ? [0, 0, 0, 1, 0] : [0, 0, 1, 0, 0];
    expect(search(language, { width: 2 }).found[0][0].tokens).toEqual([]);
    const [[best]] = search(language, { width: 2, lengthPenalty: 2 }).found;
    expect(best.tokens).toEqual([3, 3]);
    expect(best.score).toBeCloseTo(Math.log(0.4) / lengthPenaltyOf(3, 2), 5);
  });

  it("cuts what does not end", () => {
    const endless: Language = () => [0, 0, 0, 0.75, 0.25];
    const { found, steps } = search(endless, { most: [4] });
    expect(found[0][0].tokens).toEqual([3, 3, 3, 3]);
    expect(steps).toBe(3);
  });

  it("never writes excluded tokens, nor what is impossible or not a number", () => {
    const odd: Language = (words) => [1, 1, words.length < 2 ? NaN : 0.5, 0.5, 0];
    const [[best]] = search(odd, { width: 3, most: [5] }).found;
    expect(best.tokens).toEqual([3, 3]);
  });
});
