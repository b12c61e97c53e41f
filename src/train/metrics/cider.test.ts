import { describe, expect, it } from "vitest";
import { DataError, OptionError } from "../../array/index.ts";
import { cider } from "./cider.ts";

/** Doubles, after a few operations. */
const DIGITS = 12;
const { exp, log, sqrt } = Math;

describe("CIDEr-D", () => {
  it("is 10 for captions that are their references, of rare words alone", () => {
    const sentences = ["a b c d e", "f g h i j"];
    const { cider: mean, scores } = cider(sentences, sentences);
    for (const value of [mean, ...scores]) expect(value).toBeCloseTo(10, DIGITS);
  });

  it("is worked out by hand", () => {
    // Two pictures: "the" is in the references of both and weighs 0, all other words weigh log 2.
    const { scores } = cider(["the red cat cat", "a dog"], ["the red cat", "the dog"]);
    // Words: caption (red 1, cat 2) log 2, reference (red 1, cat 1) log 2: (1 + 1) / (√5 √2). Pairs: "the red", "red cat" in
    // both, "cat cat" in the caption alone: 2 / (√3 √2). Triples: "the red cat" in both, "red cat cat": 1 / √2. No fours.
    const [ones, twos, threes] = [2 / sqrt(10), 2 / sqrt(6), 1 / sqrt(2)];
    expect(scores[0]).toBeCloseTo((10 / 4) * exp(-1 / 72) * (ones + twos + threes), DIGITS);
    // Words: caption (a, dog) log 2, reference (dog) log 2: 1 / √2. Pairs differ.
    expect(scores[1]).toBeCloseTo((10 / 4) * (1 / sqrt(2)), DIGITS);
  });

  it("cuts off repetitions at what the reference has", () => {
    // (2 log 2 cut off at log 2) · log 2 / (2 log 2 · log 2), where the cosine would be 1.
    expect(cider(["cat cat", "dog"], ["cat", "dog"]).scores[0]).toBeCloseTo((10 / 4) * exp(-1 / 72) * 0.5, DIGITS);
  });

  it("is the mean over several references, of which each picture's count once", () => {
    // "cat" is in two references of one picture: it still weighs log 2.
    const { scores } = cider(["cat", "dog"], [["cat", "cat", "bird"], "dog"]);
    expect(scores[0]).toBeCloseTo(((10 / 4) * 2) / 3, DIGITS);
    const three = cider(["x y", "z", "w"], [["x y"], ["z y"], ["w"]]);
    // "x" weighs log 3, "y" log 3/2; the pair "x y" log 3.
    expect(three.scores[0]).toBeCloseTo(10 / 2, DIGITS);
    const [x, y] = [log(3), log(1.5)];
    expect(three.scores[1]).toBeCloseTo((10 / 4) * exp(-1 / 72) * (x / sqrt(x * x + y * y)), DIGITS);
  });

  it("is 0 for empty captions, for a single picture, and for words that all pictures have", () => {
    expect(cider(["", "b"], ["a b c d", "b c d e"]).scores[0]).toBe(0);
    expect(cider(["a b"], ["a b"]).cider).toBe(0);
    expect(cider(["a", "a"], ["a", "a"]).cider).toBe(0);
    expect(cider(["a", "b"], ["", "b"]).scores[0]).toBe(0);
  });

  it("refuses what does not fit", () => {
    expect(() => cider([], [])).toThrow(new DataError("cider: there are no captions"));
    expect(() => cider(["a"], [])).toThrow(new DataError("cider: 1 captions, but 0 references"));
    expect(() => cider(["a"], [[]])).toThrow(OptionError);
  });
});
