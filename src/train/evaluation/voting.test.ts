import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { total } from "../../../tests/support/random.ts";
import { probable, scoresOf } from "../../../tests/support/scored.ts";
import { array, DataError, OptionError } from "../../array/index.ts";
import { predictedClasses, vote, votings } from "../index.ts";

const members = [
  array([[0.5, 0.25, 0.25], [0, 0.25, 0.75]]),
  array([[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]]),
  array([[0.375, 0.25, 0.375], [0.5, 0.375, 0.125]]),
]; // biome-ignore format: a member in a row

describe("a vote", () => {
  it("with probabilities is their mean", () => {
    expect(vote(members.slice(0, 2)).toNested()).toEqual([
      [0.375, 0.375, 0.25],
      [0.25, 0.25, 0.5],
    ]);
    expect(vote(members).dtype).toBe("f32");
  });

  it("with classes counts the members whose first class it is", () => {
    const shares = vote(members, "classes");
    expect(shares.toNested()).toEqual(
      [[2, 1, 0], [2, 0, 1]].map((row) => row.map((n) => Math.fround(n / 3))), // biome-ignore format: counts
    );
    // In the second sample one is very sure, two are not: they win by votes, and lose by probabilities.
    expect(predictedClasses(shares).data[1]).toBe(0);
    expect(predictedClasses(vote([members[0], members[0], members[1]])).data[1]).toBe(2);
  });

  it("of one member, or of several that agree, is what that says", () => {
    expect(vote([members[0]])).toEqual(members[0]);
    expect(vote([members[0], members[0], members[0], members[0]])).toEqual(members[0]);
  });

  it("adds up to 1, whoever comes first", () => {
    fc.assert(
      fc.property(probable, fc.constantFrom(...votings), ({ scores }, voting) => {
        const [one, other] = [scoresOf(scores), scoresOf(scores.toReversed())];
        const both = vote([one, other], voting);
        expect(vote([other, one], voting)).toEqual(both);
        // A few float32 numbers of 24 bits.
        for (let i = 0; i < scores.length; i++) expect(total(both.row(i))).toBeCloseTo(1, 6);
      }),
    );
  });

  it("needs members that are alike, and a way to vote", () => {
    expect(() => vote([])).toThrow(new DataError("vote: the list of members is empty; give at least one"));
    expect(() => vote([members[0], array([[1, 0]])])).toThrow(
      new DataError(
        "vote: member 1 has probabilities [1,2], member 0 [2,3]; all must be of the same samples and classes",
      ),
    );
    expect(() => vote(members, "clases" as never)).toThrow(
      new OptionError("vote: there is no voting 'clases'; did you mean classes?"),
    );
  });
});
