import { describe, expect, it } from "vitest";
import { array, NdArray, Random } from "../../array/index.ts";
import { marksOf, sentencePairs, targetTokens } from "../../data/index.ts";
import { compile, createInterpreter } from "../../engines/index.ts";
import { attentionTranslation, convolutionTranslation, vectorTranslation } from "../../models/index.ts";
import { Model } from "../../nn/index.ts";
import { logSoftmax } from "../../ops/index.ts";
import { adam } from "../../optim/index.ts";
import { learnTokenizer } from "../../text/index.ts";
import { fit } from "../fit.ts";
import { translation } from "../tasks/index.ts";
import { createDecoder } from "./decoder.ts";
import { attentionOf, createTranslator } from "./translator.ts";

const engine = createInterpreter();
const digits = ["null", "eins", "zwei", "drei"];
const numbers = ["zero", "one", "two", "three"];
const learn = (texts: readonly string[]) => learnTokenizer(texts, { type: "spaces", special: ["<bos>", "<eos>"] });
const tokenizers = { source: learn(digits), target: learn(numbers) };
const sizes = {
  sourceWords: tokenizers.source.size,
  targetWords: tokenizers.target.size,
  steps: 12,
  embedding: 6,
  units: 8,
};

const networks = [
  ["a vector", vectorTranslation({ ...sizes, cell: "lstm", layers: 2 })],
  ["attention", attentionTranslation({ ...sizes, score: "additive" })],
  ["attention before each step", attentionTranslation({ ...sizes, attends: "before" })],
  ["convolutions", convolutionTranslation({ ...sizes, encoderLayers: 1, decoderLayers: 2 })],
] as const;

/** Float32, in another order of sums. */
const DIGITS = 5;

describe.each(networks)("with %s", (_, network) => {
  const model = Model.build(network, { seed: 4 });

  it("word by word gives the probabilities that the whole sentence gives, for samples of any length", async () => {
    const source = array([[4, 5, 3, 0], [6, 4, 5, 3]], "i32"); // biome-ignore format: rows
    const lengths = array([3, 4], "i32");
    const words = [2, 4, 6, 5];
    const target = new NdArray(Int32Array.from([...words, ...words]), [2, 4], "i32");
    const whole = await compile(
      (s, l, t) => logSoftmax(model.apply({ source: s, "source.length": l, target: t }).scores, 2),
      [source, lengths, target],
      { engine },
    )(source, lengths, target);
    const width = 2;
    let decoding = await createDecoder(model, { width, engine }).begin({ source, "source.length": lengths }, words[0]);
    for (let t = 0; t < words.length; t++) {
      const perSample = decoding.logProbabilities.shape[0] / 2;
      for (const sample of [0, 1])
        for (const [token, expected] of whole.row(sample).row(t).data.entries())
          expect(decoding.logProbabilities.row(sample * perSample).data[token]).toBeCloseTo(expected, DIGITS);
      if (t + 1 === words.length) break;
      // The second row of each sample writes something else, and the rows change places.
      const tokens = Int32Array.from([words[t + 1], 4, words[t + 1], 5]);
      decoding = await decoding.next(tokens, Int32Array.from([0, 0, 2, 2]));
    }
  });

  it("is the same in a batch, alone, and after saving", async () => {
    const sentences = ["eins zwei drei", "null", "drei drei eins zwei null eins"];
    const options = { beam: 3, batch: 2, engine };
    const all = await createTranslator(model, tokenizers, options).translate(sentences);
    const loaded = Model.fromBytes(await model.toBytes());
    for (const [i, sentence] of sentences.entries()) {
      const [alone] = await createTranslator(loaded, tokenizers, options).translate([sentence]);
      expect(alone.text).toBe(all[i].text);
      expect(alone.score).toBeCloseTo(all[i].score, DIGITS);
    }
  });
});

describe("a translator", () => {
  const lines = Array.from({ length: 160 }, (_, i) => {
    const random = new Random(1, "lines", i);
    const places = Array.from({ length: 3 }, () => random.integer(4));
    return { source: places.map((k) => digits[k]).join(" "), target: places.map((k) => numbers[k]).join(" ") };
  });
  const data = sentencePairs(
    "numbers",
    { source: lines.map(({ source }) => source), target: lines.map(({ target }) => target) },
    tokenizers,
  );

  it("learns to translate, and shows what it looked at", async () => {
    const { model, history } = await fit(
      attentionTranslation({ ...sizes, embedding: 16, units: 24, dropout: 0 }),
      data,
      {
        task: translation({ labelSmoothing: 0.05 }),
        ...{ epochs: 20, batch: 16, seed: 1, optimizer: adam({ learningRate: 0.01 }) },
      },
    );
    expect(history.at(-1)!.training.accuracy).toBeGreaterThan(0.95);
    const translator = createTranslator(model, tokenizers, { beam: 2 });
    const sentence = "drei null zwei";
    const [found] = await translator.translate([sentence]);
    expect(found.text).toBe("three zero two");
    expect(found.logProbability).toBeLessThan(0);
    const { weights, source, target } = await attentionOf(model, tokenizers, sentence, found);
    expect(source).toEqual(["drei", "null", "zwei", "<eos>"]);
    expect(target).toEqual(["three", "zero", "two", "<eos>"]);
    expect(weights.shape).toEqual([4, 4]);
    for (const row of [0, 1, 2, 3]) expect([...weights.row(row).data].reduce((a, b) => a + b)).toBeCloseTo(1, DIGITS);
  });

  it("refuses what it cannot translate", async () => {
    const model = Model.build(attentionTranslation(sizes));
    const translator = createTranslator(model, tokenizers, { engine });
    const long = new Array(12).fill("eins").join(" ");
    await expect(translator.translate(["null", long])).rejects.toThrow(
      "translate: sentence 2 has 13 tokens with its end mark, the model reads 12; cut it into shorter ones",
    );
    await expect(translator.translate("null" as never)).rejects.toThrow('expects a list of sentences, got "null"');
    expect(await translator.translate([])).toEqual([]);
    const other = learnTokenizer(digits, { type: "spaces" });
    expect(() => createTranslator(model, { ...tokenizers, target: other })).toThrow(
      "the model's target has 8 tokens, the tokenizer 6; take the one that it was trained with",
    );
    expect(() => marksOf(other)).toThrow('lacks the marks of sentences; learn it with special: ["<bos>", "<eos>"]');
    expect([...targetTokens(tokenizers.target, "one")]).toEqual([2, 4, 3]);
  });

  it("has no weights to show without attention", async () => {
    const model = Model.build(vectorTranslation(sizes));
    await expect(attentionOf(model, tokenizers, "null", { tokens: [4] }, { engine })).rejects.toThrow(
      "no value matches '*.weights' to tap",
    );
  });
});
