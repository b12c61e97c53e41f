import { describe, expect, it } from "vitest";
import { DataError, OptionError } from "../../array/index.ts";
import { bleu, describeBleu } from "./bleu.ts";

/** The example of NLTK's documentation of `corpus_bleu` (nltk.translate.bleu_score). */
const guide = {
  translation: "It is a guide to action which ensures that the military always obeys the commands of the party",
  references: [
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
  ],
};
const book = {
  translation: "he read the book because he was interested in world history",
  references: ["he was interested in world history because he read the book"],
};

describe("bleu", () => {
  it("is NLTK's, of several references", () => {
    expect(bleu([guide.translation], [guide.references]).bleu).toBeCloseTo(50.45666840058485, 10);
    const both = bleu([guide.translation, book.translation], [guide.references, book.references]);
    expect(both.bleu).toBeCloseTo(59.20778868801042, 10);
  });

  it("counts an n-gram as often at most as a reference has it", () => {
    // Papineni et al. 2002, example 2: 2 of 7 times "the".
    const { precisions } = bleu(
      ["the the the the the the the"],
      [["the cat is on the mat", "there is a cat on the mat"]],
    );
    expect(precisions).toEqual([2 / 7, 0, 0, 0]);
  });

  it("is worked out by hand for a short translation", () => {
    // Words 4 of 4, pairs 2 of 3, triples 1 of 2, fours 0 of 1 … with a second sentence that is right: 4/4 3/3 2/2 1/1.
    const result = bleu(["a b c x", "e f g h"], ["a b c d y", "e f g h"]);
    expect(result.precisions).toEqual([7 / 8, 5 / 6, 3 / 4, 1 / 2]);
    expect([result.length, result.referenceLength]).toEqual([8, 9]);
    expect(result.brevityPenalty).toBeCloseTo(Math.exp(1 - 9 / 8), 14);
    const mean = ((7 / 8) * (5 / 6) * (3 / 4) * (1 / 2)) ** 0.25;
    expect(result.bleu).toBeCloseTo(100 * Math.exp(-1 / 8) * mean, 10);
    const [one, two] = [7 / 8, ((7 / 8) * (5 / 6)) ** (1 / 2)];
    const three = ((7 / 8) * (5 / 6) * (3 / 4)) ** (1 / 3);
    for (const [n, share] of [one, two, three, mean].entries())
      expect(result.upTo[n]).toBeCloseTo(100 * Math.exp(-1 / 8) * share, 10);
    expect(describeBleu(result)).toBe(
      "BLEU = 63.82, 87.5/83.3/75.0/50.0 (BP=0.882, ratio=0.889, hyp_len=8, ref_len=9)",
    );
  });

  it("takes the closest reference's length, the shorter of two", () => {
    expect(bleu(["a b c d"], [["a b c d e", "a b c"]]).referenceLength).toBe(3);
    expect(bleu(["a b c d"], [["a b c d e", "a"]]).referenceLength).toBe(5);
  });

  it("is 100 for what is right, with any spaces, and tells capitals apart", () => {
    expect(bleu([" a  b\tc d "], ["a b c d"]).bleu).toBeCloseTo(100, 12);
    expect(bleu(["A b c d"], ["a b c d"]).precisions[0]).toBe(3 / 4);
  });

  it("is 0 if no n-gram of some length is right, and for nothing", () => {
    expect(bleu(["a b c"], ["a b c"]).bleu).toBe(0);
    expect(bleu(["a b c"], ["a b c"]).upTo.slice(0, 3)).toEqual([100, 100, 100]);
    expect(bleu([""], ["a b c d"])).toMatchObject({ bleu: 0, brevityPenalty: 0, length: 0 });
  });

  it("refuses what does not fit", () => {
    expect(() => bleu(["a"], [])).toThrow(new DataError("bleu: 1 translations, but 0 references"));
    expect(() => bleu([""], [""])).toThrow("bleu: the references have no words");
    expect(() => bleu("a" as never, ["a"])).toThrow(new OptionError('bleu: expects a list of sentences, got "a"'));
    expect(() => bleu(["a"], [[]])).toThrow("bleu: reference 0 must be a sentence or a list of them");
  });
});
