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

  it("need lists of one length", () => {
    expect(() => meanReciprocalRank(scores, relevant, [1])).toThrow(
      "meanReciprocalRank: needs as many scores as labels and groups, got 6, 6, 1",
    );
  });
});
