import { describe, expect, it } from "vitest";
import { array } from "../../array/index.ts";
import { dataset, ragged, tokens } from "../../data/index.ts";
import * as nn from "../../nn/index.ts";
import { documentRows, learnTokenizer } from "../../text/index.ts";
import {
  chooseSentences,
  createExtractor,
  createSentenceRelevance,
  extractToHtml,
  extractToText,
  sentenceRelevances,
} from "./index.ts";

/** Of float32 log-odds near 1. */
const DIGITS = 5;

const TEXT = "A dull film. Great acting, great music! The end <b>is</b> flat. So we left.";
const tokenizer = learnTokenizer([TEXT], { type: "words" });

/** Sentences add up, so what a sentence adds to the log-odds is known: 2 for each great, −1 for dull and flat. */
function sumOfWords(): nn.Model {
  const words = nn.sequential(nn.embedding(tokenizer.size, 1, { padding: 0 }), nn.poolSteps("sum"));
  const model = nn.Model.build(
    nn.sequential({
      sentences: nn.eachStep(words, { padding: 0 }),
      document: nn.poolSteps("sum"),
      output: nn.linear(2, { bias: false }),
    }),
    { input: { shape: [9, 8], dtype: "i32", sequence: true }, classes: ["bad", "good"] },
  );
  const [vectors, output] = model.variables;
  const weight: Record<string, number> = { great: 2, dull: -1, flat: -1 };
  vectors.value = array(tokenizer.vocabulary!.words.map((word) => [weight[word] ?? 0]));
  output.value = array([[-0.5], [0.5]]);
  return model;
}

const numbersOf = (text: string): number[] => {
  const { rows } = documentRows([tokenizer.encode(text)], { words: 8 });
  return Array.from(rows.data);
};

describe("the relevance of sentences", () => {
  /** Log-odds for good: 2 − 1 and −1; then −1, and padding that would say 2. */
  const inputs = {
    input: array(
      [
        [numbersOf("great"), numbersOf("dull")],
        [numbersOf("flat"), numbersOf("great")],
      ],
      "i32",
    ),
    "input.length": array([2, 1], "i32"),
  };
  const ask = (by: "product" | "magnitude") =>
    createSentenceRelevance(sumOfWords(), { by, engine: "interpreter" })(inputs);

  it("is what each adds to the log-odds of the predicted class, and 0 for padding", async () => {
    const { relevance, classes, logOdds } = await ask("product");
    expect([...classes.data]).toEqual([1, 0]);
    expect(logOdds.toNested()).toEqual([1, 1].map((odds) => expect.closeTo(odds, DIGITS)));
    expect(relevance.data).toEqual(Float32Array.of(2, -1, 1, 0));
  });

  it("by magnitude is how fast they change it", async () => {
    expect((await ask("magnitude")).relevance.data).toEqual(Float32Array.of(1, 1, 1, 0));
  });

  it("of a data set is one list a document", async () => {
    const rows = [["great", "dull", "flat"], ["dull"]].map(
      (sentences) =>
        documentRows(
          sentences.map((one) => tokenizer.encode(one)),
          { words: 8 },
        ).rows,
    );
    const data = dataset("reviews", { text: tokens(ragged(rows)) });
    const found = await sentenceRelevances(sumOfWords(), data, { engine: "interpreter", batch: 2 });
    expect(found).toEqual([Float32Array.of(-2, 1, 1), Float32Array.of(1)]);
  });

  it("needs a vector for each sentence", async () => {
    const ask = createSentenceRelevance(sumOfWords(), { layer: "document", engine: "interpreter" });
    await expect(ask(inputs)).rejects.toThrow("layer 'document' gives [2,1], expected a vector for each sentence");
    expect(() => createSentenceRelevance(sumOfWords(), { by: "guess" as never })).toThrow("by");
  });
});

describe("an extract", () => {
  const extractOf = createExtractor(sumOfWords(), tokenizer, { keep: 0.25, engine: "interpreter" });

  it("keeps the sentences that mattered most, and says what the network makes of them alone", async () => {
    const found = await extractOf(TEXT);
    expect(found.class).toBe("good");
    expect(found.probability).toBeCloseTo(1 / (1 + Math.exp(-2)), DIGITS);
    expect(found.extract.probability).toBeCloseTo(1 / (1 + Math.exp(-4)), DIGITS);
    expect(found.sentences.map(({ relevance, isKept }) => [relevance, isKept])).toEqual([
      [-1, false],
      [4, true],
      [-1, false],
      [0, false],
    ]);
    expect(extractToText(found)).toBe(
      [
        "good (88.1 %); good (98.2 %) by 1 of 4 sentences",
        "    -1.000  A dull film.",
        ">    4.000  Great acting, great music!",
        "    -1.000  The end <b>is</b> flat.",
        "     0.000  So we left.",
        "",
      ].join("\n"),
    );
  });

  it("adds up the rows of a sentence that is longer than a row", async () => {
    const { sentences } = await extractOf(`Great ${"x ".repeat(20)}great.`);
    expect(sentences.map(({ relevance }) => relevance)).toEqual([4]);
  });

  it("is a page whose text is escaped", async () => {
    const page = extractToHtml(await extractOf(TEXT), { title: `a "b" & <c>`, description: "fovea look --text '<x>'" });
    expect(page).toContain("<title>a &quot;b&quot; &amp; &lt;c&gt;</title>");
    expect(page).toContain("The end &lt;b&gt;is&lt;/b&gt; flat.</span>");
    expect(page).toContain('style="background:rgba(255,170,0,0.60)">Great acting, great music!</mark>');
    expect(page).toContain("<footer>fovea look --text &#39;&lt;x&gt;&#39;</footer>");
    expect(page).not.toMatch(/src=|href=|<script/);
  });

  it("needs a text with sentences, and a network of documents", async () => {
    await expect(extractOf(" \n ")).rejects.toThrow("extract: the text has no sentences");
    const other = nn.Model.build(nn.linear(2), { input: [3] });
    expect(() => createExtractor(other, tokenizer)).toThrow("the model must read documents, i32 [n, sentences, words]");
    expect(() => createExtractor(sumOfWords(), tokenizer, { keep: 2 })).toThrow("createExtractor: keep");
  });

  it("has one sentence of a few, and a share of many, rounded up", () => {
    expect(chooseSentences([3, 1, 2], 0)).toEqual([0]);
    expect(chooseSentences([1, 3, 3, 2], 0.5)).toEqual([1, 2]);
    expect(
      chooseSentences(
        Array.from({ length: 30 }, (_, i) => -i),
        0.1,
      ),
    ).toEqual([0, 1, 2]);
    expect(chooseSentences([5, 5, 5, 5, 5, 5], 0.2)).toEqual([0, 1]);
    expect(chooseSentences([], 0.2)).toEqual([]);
  });
});
