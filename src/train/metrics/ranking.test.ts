import { describe, expect, it } from "vitest";
import { meanAveragePrecision, meanReciprocalRank, rocAuc } from "./ranking.ts";

describe("the area under the ROC curve", () => {
  it("counts pairs in the right order, ties as half", () => {
    // Pairs (relevant, not): (0.8, 0.1) (0.8, 0.4) right, (0.4, 0.1) right, (0.4, 0.4) a tie.
    expect(rocAuc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1])).toBe(3.5 / 4);
    expect(rocAuc([3, 2, 1], [0, 1, 1])).toBe(0);
    expect(rocAuc([1, 2], [1, 1])).toBeNaN();
  });

  it("agrees with counting all pairs", () => {
    const scores = Float32Array.from({ length: 60 }, (_, i) => (i * 37) % 23);
    const relevant = scores.map((_, i) => ((i * 7) % 5 < 2 ? 1 : 0));
    let [sum, pairs] = [0, 0];
    scores.forEach((a, i) => {
      scores.forEach((b, j) => {
        if (relevant[i] === 0 || relevant[j] === 1) return;
        pairs++;
        sum += a > b ? 1 : a === b ? 0.5 : 0;
      });
    });
    expect(rocAuc(scores, relevant)).toBeCloseTo(sum / pairs, 12);
  });
});

describe("figures of groups", () => {
  const scores = [0.9, 0.8, 0.7, 0.1, 0.5, 0.6];
  const relevant = [0, 1, 1, 0, 1, 0];
  const groups = [1, 1, 1, 2, 3, 3];

  it("are means over the groups that have something relevant", () => {
    // Group 1: places 2 and 3 of 3, group 3: place 2 of 2, group 2 has none.
    expect(meanAveragePrecision(scores, relevant, groups)).toBeCloseTo(((1 / 2 + 2 / 3) / 2 + 1 / 2) / 2, 12);
    expect(meanReciprocalRank(scores, relevant, groups)).toBe(0.5);
  });

  it("agree with a ranking worked by hand", () => {
    // Manning, Raghavan and Schütze, chapter 8.4: precision is taken at each relevant item. Relevant at 1, 3 and 6 of query 1,
    // at 2 and 5 of query 2: AP 1/3 (1/1 + 2/3 + 3/6) and 1/2 (1/2 + 2/5).
    const places = (count: number, ...at: number[]) => Array.from({ length: count }, (_, i) => +at.includes(i + 1));
    const down = (count: number) => Array.from({ length: count }, (_, i) => -i);
    const lists = [
      [...down(6), ...down(5)],
      [...places(6, 1, 3, 6), ...places(5, 2, 5)],
      [...down(6).map(() => 1), ...down(5).map(() => 2)],
    ] as const;
    expect(meanAveragePrecision(...lists)).toBeCloseTo(((1 + 2 / 3 + 1 / 2) / 3 + (1 / 2 + 2 / 5) / 2) / 2, 12);
    expect(meanReciprocalRank(...lists)).toBe((1 + 1 / 2) / 2);
  });

  it("put the later of equal scores first, as trec_eval puts the greater name, and NaN last", () => {
    // trec_eval 9, form_res_rels.c: descending by score, then descending by strcmp of names.
    const group = [1, 1, 1];
    expect(meanReciprocalRank([0.5, 0.5, 0.5], [1, 0, 0], group)).toBe(1 / 3);
    expect(meanReciprocalRank([0.5, 0.5, 0.5], [0, 0, 1], group)).toBe(1);
    expect(meanReciprocalRank([NaN, -5, -Infinity], [1, 0, 0], group)).toBe(1 / 3);
    expect(meanAveragePrecision([0.5, 0.5, 0.2], [1, 0, 1], group)).toBeCloseTo((1 / 2 + 2 / 3) / 2, 12);
  });

  it("can count groups that are all relevant, or not at all, in three ways", () => {
    // Groups: irrelevant first of two (AP 1/2), all relevant (1), none relevant (0).
    const lists = [
      [2, 1, 2, 1, 2, 1],
      [0, 1, 1, 1, 0, 0],
      [1, 1, 2, 2, 3, 3],
    ] as const;
    expect(meanAveragePrecision(...lists)).toBe((1 / 2 + 1) / 2);
    expect(meanAveragePrecision(...lists, { groups: "mixed" })).toBe(1 / 2);
    expect(meanAveragePrecision(...lists, { groups: "all" })).toBe((1 / 2 + 1 + 0) / 3);
    expect(meanReciprocalRank(...lists, { groups: "all" })).toBe((1 / 2 + 1 + 0) / 3);
    expect(meanReciprocalRank([1], [0], [1])).toBeNaN();
    expect(meanReciprocalRank([], [], [], { groups: "all" })).toBeNaN();
    expect(() => meanReciprocalRank([], [], [], { groups: "some" as never })).toThrow("groups");
  });

  it("need lists of one length", () => {
    expect(() => meanReciprocalRank(scores, relevant, [1])).toThrow(
      "meanReciprocalRank: needs as many scores as labels and groups, got 6, 6, 1",
    );
  });
});
