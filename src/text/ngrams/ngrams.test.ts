import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addK, kneserNey, maximumLikelihood, type NgramModel, ngramModel, type Smoothing } from "./index.ts";

/** The lines of the slide "Learning an n-Gram Model" (CMU 10-301), cut where the slide cuts them. */
const cows = [
  "the cows eat grass",
  "our cows eat hay daily",
  "factory-farm cows eat corn",
  "on an organic farm, cows eat hay and",
  "do your cows eat grass or corn?",
  "what do cows eat if they have",
  "cows eat corn when there is no",
  "which cows eat which foods depends",
  "if cows eat grass",
  "when cows eat corn their stomachs",
  "should we let cows eat corn?",
];

describe("maximum likelihood", () => {
  it("gives the table of the slide", () => {
    expect(ngramModel(cows, { order: 3 }).table("cows eat")).toEqual([
      { token: "corn", probability: 4 / 11 },
      { token: "grass", probability: 3 / 11 },
      { token: "hay", probability: 2 / 11 },
      { token: "if", probability: 1 / 11 },
      { token: "which", probability: 1 / 11 },
    ]);
  });

  it("multiplies p(w₁) p(w₂ | w₁) p(w₃ | w₁, w₂) …", () => {
    const model = ngramModel(["a b a c", "a b b"], { order: 3 });
    // a: 3 of 7; b after a: 2 of 3; a after a b: 1 of 2; b after b a: never, c is.
    expect(model.logProbability("a b a")).toBeCloseTo(Math.log((3 / 7) * (2 / 3) * (1 / 2)), 14);
    expect(model.logProbability("a b a b")).toBe(-Infinity);
    expect(model.score("a b a b")).toMatchObject({ tokens: 4, impossible: 1, unknown: 0, perplexity: Infinity });
    expect(model.score("a z")).toMatchObject({ unknown: 1, impossible: 1 });
    expect(model.perplexity("")).toBeNaN();
  });

  it("does not count from one text into the next, nor what nothing follows", () => {
    const model = ngramModel(["a b", "c a"], { order: 2 });
    expect(model.table("b")).toEqual([]);
    expect(model.table("a")).toEqual([{ token: "b", probability: 1 }]);
  });
});

/** Counts of a context's followers, as in the definitions. */
function followers(texts: readonly string[], context: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (let i = context.length; i < text.length; i++)
      if (text.slice(i - context.length, i) === context) counts.set(text[i], (counts.get(text[i]) ?? 0) + 1);
  return counts;
}

/** How many different characters, or beginnings, come before a string. */
const before = (texts: readonly string[], gram: string): number =>
  new Set(
    texts.flatMap((text) =>
      Array.from(text, (_, i) => i)
        .filter((i) => text.startsWith(gram, i))
        .map((i) => text[i - 1] ?? ""),
    ),
  ).size;

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

/** p(w | context) by the formulas of Chen and Goodman, slowly. */
function slowKneserNey(texts: readonly string[], order: number, modified: boolean, size: number) {
  const grams = (length: number): string[] =>
    [...new Set(texts.flatMap((text) => Array.from(text, (_, i) => text.slice(i, i + length))))].filter(
      (gram) => gram.length === length,
    );
  const count = (gram: string): number =>
    gram.length === order ? (followers(texts, gram.slice(0, -1)).get(gram.at(-1)!) ?? 0) : before(texts, gram);
  const discounts = Array.from({ length: order }, (_, i) => {
    const counts = grams(i + 1).map(count);
    const n = (value: number): number => counts.filter((other) => other === value).length;
    const y = n(1) / (n(1) + 2 * n(2));
    if (!modified) return n(1) > 0 && n(2) > 0 ? [0, y, y, y] : [0, 0.5, 0.5, 0.5];
    const d = [1, 2, 3].map((k) => k - ((k + 1) * y * n(k + 1)) / n(k));
    return d.every((x, k) => x > 0 && x <= k + 1) && n(4) > 0 ? [0, ...d] : [0, 0.5, 1, 1.5];
  });
  return function probability(context: string, token: string): number {
    const lower = context === "" ? 1 / size : probability(context.slice(1), token);
    const all = [...followers(texts, context).keys()].map((next) => count(context + next));
    if (all.length === 0) return lower;
    const own = discounts[context.length];
    const found = followers(texts, context).has(token) ? count(context + token) : 0;
    const kept = found - own[Math.min(3, found)];
    return kept / sum(all) + (sum(all.map((c) => own[Math.min(3, c)])) / sum(all)) * lower;
  };
}

/** Weights γ are kept in single precision, of relative error 6e-8. */
const SINGLE = 7;
const letters = fc.array(fc.stringMatching(/^[abcd]{1,30}$/), { minLength: 1, maxLength: 8 });
const probabilityOf = (model: NgramModel, context: string, token: string): number =>
  model.table(context).find((row) => row.token === token)?.probability ?? 0;

describe("smoothing", () => {
  it.each([true, false])("by Kneser and Ney is what the formulas say, modified: %s", (modified) => {
    fc.assert(
      fc.property(letters, fc.integer({ min: 1, max: 4 }), (texts, order) => {
        const tokenizer = { type: "characters" };
        const model = ngramModel(texts, { order, smoothing: kneserNey({ modified }), tokenizer });
        const size = model.tokenizer.size - 1;
        const slow = slowKneserNey(texts, order, modified, size);
        for (const context of ["", "a", "ab", "aab", "dca"].filter(({ length }) => length < order))
          for (const token of "abd".split("").filter((t) => texts.join("").includes(t)))
            expect(probabilityOf(model, context, token)).toBeCloseTo(slow(context, token), SINGLE);
      }),
      { numRuns: 40 },
    );
  });

  it("by adding k is what the formula says", () => {
    const model = ngramModel(["a b a c"], { order: 2, smoothing: addK({ k: 0.5 }) });
    // After a: b and c once each; V is a, b, c and <unk>.
    expect(model.table("a")).toEqual([
      { token: "b", probability: 1.5 / 4 },
      { token: "c", probability: 1.5 / 4 },
      { token: "<unk>", probability: 0.5 / 4 },
      { token: "a", probability: 0.5 / 4 },
    ]);
    expect(model.table("c").map(({ probability }) => probability)).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  const all: Smoothing[] = [
    maximumLikelihood(),
    addK(),
    addK({ k: 0.01 }),
    kneserNey(),
    kneserNey({ modified: false }),
  ];
  it.each(all)("adds up to 1 and agrees with itself: %o", (smoothing) => {
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[abcdz]{0,4}$/), (texts, context) => {
        const model = ngramModel(texts, { order: 3, smoothing, tokenizer: { type: "characters" } });
        const table = model.table(context);
        if (table.length > 0) expect(sum(table.map(({ probability }) => probability))).toBeCloseTo(1, SINGLE - 1);
        for (const { token, probability } of table.filter(({ token }) => token !== "<unk>")) {
          const [long, short] = [model.logProbability(context + token), model.logProbability(context)];
          if (short > -Infinity) expect(Math.exp(long - short)).toBeCloseTo(probability, SINGLE);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("is better for new text than counts alone", () => {
    const train = "the cat sat on the mat. the dog sat on the cat. a dog and a cat. ".repeat(3);
    const options = { order: 4, tokenizer: { type: "characters" } };
    const perplexity = (smoothing: Smoothing) =>
      ngramModel([train], { ...options, smoothing }).perplexity("the dog and the mat.");
    expect(perplexity(maximumLikelihood())).toBe(Infinity);
    expect(perplexity(kneserNey())).toBeLessThan(perplexity(addK()));
  });
});

describe("sampling", () => {
  const model = ngramModel(cows, { order: 3 });

  it("is the same for the same seed, and goes on from a context", () => {
    expect(model.sample(8, { seed: 3 })).toBe(model.sample(8, { seed: 3 }));
    expect(model.sample(1, { context: "cows eat", temperature: 0 })).toBe("corn");
    expect(model.sample(1, { context: "cows eat", topK: 1 })).toBe("corn");
    expect(model.sample(0)).toBe("");
  });

  it("draws as often as the table says", () => {
    const draws = Array.from({ length: 550 }, (_, seed) => model.sample(1, { context: "cows eat", seed }));
    // 200 are expected, with a deviation of 11.
    expect(draws.filter((word) => word === "corn").length).toBeGreaterThan(160);
    expect(draws.filter((word) => word === "corn").length).toBeLessThan(240);
    expect(new Set(draws)).toEqual(new Set(["corn", "grass", "hay", "if", "which"]));
  });

  it("goes on where nothing has followed, and never says <unk>", () => {
    const dead = ngramModel(["a b"], { order: 2 });
    expect(dead.sample(5, { context: "b" }).split(" ")).toHaveLength(5);
    const rare = ngramModel(["a a a b"], { order: 2, smoothing: kneserNey(), tokenizer: { atLeast: 2 } });
    expect(rare.sample(20)).toBe("a ".repeat(20).trim());
  });
});

describe("awkward input", () => {
  it.each([1, 2, 5])("is counted at order %i", (order) => {
    for (const smoothing of [maximumLikelihood(), addK(), kneserNey()]) {
      const empty = ngramModel([], { order, smoothing });
      expect(() => empty.sample(1)).toThrow("sample: the model has counted no tokens, so there is nothing to draw");
      expect(empty.score("")).toMatchObject({ tokens: 0 });
      const one = ngramModel(["", "a", ""], { order, smoothing });
      expect(one.sample(2)).toBe("a a");
      expect(one.table("a b c d e f g").length).toBe(
        smoothing.type === "maximumLikelihood" && order > 1 ? 0 : one.table("").length,
      );
    }
  });

  it("is refused with a reason", () => {
    expect(() => ngramModel("a text" as never)).toThrow('ngramModel: expects a list of texts, got "a text"');
    expect(() => ngramModel([], { order: 0 })).toThrow("ngramModel: order must be an integer of at least 1, got 0");
    expect(() => ngramModel([], { order: 300 })).toThrow("order is 300, expected at most 255");
    expect(() => ngramModel([], { smoothing: "kneserNay" })).toThrow("did you mean kneserNey?");
    expect(() => ngramModel([], { smoothing: kneserNey as never })).toThrow("call it: kneserNey()");
    expect(() => addK({ k: 0 })).toThrow("addK: k must be a number above 0, got 0");
    expect(() => ngramModel(cows).sample(-1)).toThrow("sample: expects a number of tokens, got -1");
    expect(() => ngramModel(cows).sample(1, { tepmerature: 1 } as never)).toThrow("did you mean temperature?");
  });
});
