import { describe, expect, it } from "vitest";
import { NdArray, Random } from "../../array/index.ts";
import { dataset, picture, ragged, targetTokens, tokens } from "../../data/index.ts";
import { compile, createInterpreter } from "../../engines/index.ts";
import { attentionCaptioning, attentionTranslation, vectorCaptioning } from "../../models/index.ts";
import { Model } from "../../nn/index.ts";
import { logSoftmax } from "../../ops/index.ts";
import { adam } from "../../optim/index.ts";
import { learnTokenizer } from "../../text/index.ts";
import { fit } from "../fit.ts";
import { captioning } from "../tasks/index.ts";
import { captionPanels } from "./caption-panels.ts";
import { createCaptioner } from "./captioner.ts";
import { createDecoder } from "./decoder.ts";

const engine = createInterpreter();
const SIDE = 8;
const sentences = ["bright on the left", "bright on the right"];
const tokenizer = learnTokenizer(sentences, { type: "spaces", special: ["<bos>", "<eos>"] });
const sizes = {
  picture: [1, SIDE, SIDE],
  words: tokenizer.size,
  steps: 8,
  maps: [4, 6],
  embedding: 8,
  units: 10,
  dropout: 0,
};

/** Noise with a bright square of 3 in one half; and in which. */
function squares(count: number, seed: number) {
  const random = new Random(seed, "squares");
  const data = new Uint8Array(count * SIDE * SIDE).map(() => 80 + random.integer(40));
  const halves = Array.from({ length: count }, (_, i) => {
    const half = random.integer(2);
    const [left, top] = [4 * half + random.integer(2), random.integer(SIDE - 2)];
    for (let y = top; y < top + 3; y++) data.fill(230, (i * SIDE + y) * SIDE + left, (i * SIDE + y) * SIDE + left + 3);
    return half;
  });
  return { images: new NdArray(data, [count, 1, SIDE, SIDE], "u8"), halves };
}

/** Float32, in another order of sums. */
const DIGITS = 5;

describe.each([
  ["attention", attentionCaptioning({ ...sizes, cell: "gru" })],
  ["a vector", vectorCaptioning({ ...sizes, layers: 2 })],
])("with %s", (_, network) => {
  const model = Model.build(network, { seed: 4 });
  const { images } = squares(3, 2);

  it("word by word gives the probabilities that the whole sentence gives", async () => {
    const words = [2, 4, 6, 5];
    const rows = new NdArray(Int32Array.from([...words, ...words, ...words]), [3, 4], "i32");
    const whole = await compile(
      (image, sentence) => logSoftmax(model.apply({ image, sentence }).scores, 2),
      [images, rows],
      {
        engine,
      },
    )(images, rows);
    let decoding = await createDecoder(model, { target: "sentence", width: 2, engine }).begin(
      { image: images },
      words[0],
    );
    for (let t = 0; t < words.length; t++) {
      const perSample = decoding.logProbabilities.shape[0] / 3;
      for (const sample of [0, 1, 2])
        for (const [token, expected] of whole.row(sample).row(t).data.entries())
          expect(decoding.logProbabilities.row(sample * perSample).data[token]).toBeCloseTo(expected, DIGITS);
      if (t + 1 === words.length) break;
      const next = [words[t + 1], 4];
      decoding = await decoding.next(Int32Array.from([...next, ...next, ...next]), Int32Array.of(0, 0, 2, 2, 4, 4));
    }
  });

  it("is the same in a batch, alone, and after saving, and writes no unknown word", async () => {
    const options = { beam: 3, batch: 2, maxLength: 4, engine };
    const all = await createCaptioner(model, tokenizer, options).describe(images);
    const loaded = createCaptioner(Model.fromBytes(await model.toBytes()), tokenizer, options);
    for (const [i, { text, score, tokens: written }] of all.entries()) {
      const [alone] = await loaded.describe(new NdArray(images.row(i).data, [1, 1, SIDE, SIDE], "u8"));
      expect(alone.text).toBe(text);
      expect(alone.score).toBeCloseTo(score, DIGITS);
      expect(written).not.toContain(1);
      expect(written.length).toBeLessThanOrEqual(4);
    }
  });
});

describe("a captioner", () => {
  it("learns to describe, and tells where it looked", async () => {
    const { images, halves } = squares(160, 1);
    const data = dataset("squares", {
      image: picture(images),
      sentence: tokens(
        ragged(
          halves.map((half) => targetTokens(tokenizer, sentences[half])),
          "i32",
        ),
        tokenizer.vocabulary,
      ),
    });
    const { model, history } = await fit(attentionCaptioning(sizes), data, {
      ...{ task: captioning(), epochs: 8, batch: 16, seed: 1, optimizer: adam({ learningRate: 0.02 }) },
    });
    expect(history.at(-1)!.training.accuracy).toBeGreaterThan(0.98);
    const other = squares(20, 2);
    const captioner = createCaptioner(model, tokenizer, { beam: 2 });
    const found = await captioner.describe(other.images);
    expect(found.map(({ text }) => text)).toEqual(other.halves.map((half) => sentences[half]));
    const { weights, words } = await captioner.attention(other.images.row(0), found[0]);
    expect(words).toEqual([...sentences[other.halves[0]].split(" "), "<eos>"]);
    expect(weights.shape).toEqual([5, SIDE / 2, SIDE / 2]);
    for (const word of words.keys())
      expect(Array.from(weights.row(word).data).reduce((a, b) => a + b, 0)).toBeCloseTo(1, DIGITS);
    // The picture and a panel for each of the four words, in one row.
    const photo = { width: 40, height: 30, channels: 1 as const, data: new Uint8Array(1200).fill(99) };
    const drawn = captionPanels(photo, found[0].text, { weights, words });
    expect(drawn.width).toBeGreaterThanOrEqual(5 * 40);
    expect(captionPanels(photo, found[0].text).width).toBeLessThan(2 * 40 + 40);
  });

  const model = Model.build(attentionCaptioning(sizes));

  it("refuses what it cannot describe", async () => {
    const captioner = createCaptioner(model, tokenizer, { engine });
    const wrong = new NdArray(new Uint8Array(2 * 9 * 8), [2, 1, 9, 8], "u8");
    await expect(captioner.describe(wrong)).rejects.toThrow(
      "describe: expects pictures [n, 1, 8, 8], got [2, 1, 9, 8]; resize them",
    );
    await expect(captioner.describe("a.png" as never)).rejects.toThrow('describe: expects pictures, got "a.png"');
    await expect(captioner.attention(wrong.row(0), { tokens: [4] })).rejects.toThrow("attention: expects pictures");
    expect(await captioner.describe(new NdArray(new Uint8Array(0), [0, 1, 8, 8], "u8"))).toEqual([]);
    const vector = createCaptioner(Model.build(vectorCaptioning(sizes)), tokenizer, { engine });
    await expect(vector.attention(squares(1, 1).images.row(0), { tokens: [4] })).rejects.toThrow(
      "no value matches '*.weights' to tap",
    );
  });

  it("refuses other models and tokenizers", () => {
    const translator = Model.build(attentionTranslation({ sourceWords: 5, targetWords: 5, units: 4, steps: 4 }));
    expect(() => createCaptioner(translator, tokenizer)).toThrow(
      "createCaptioner: expects a model of a picture and a sequence of tokens, got source [4], target [4]",
    );
    const plain = learnTokenizer(sentences, { type: "spaces" });
    expect(() => createCaptioner(model, plain)).toThrow("the model writes 9 tokens, the tokenizer has 7");
    expect(() => createCaptioner(Model.build(attentionCaptioning({ ...sizes, words: 7 })), plain)).toThrow(
      "lacks the marks of sentences",
    );
    expect(() => createCaptioner(model, tokenizer, { beam: 0 })).toThrow("beam must be an integer");
    expect(() => createCaptioner(model, undefined as never)).toThrow("the tokenizer");
  });
});
