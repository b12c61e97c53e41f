import { describe, expect, it } from "vitest";
import { NdArray, OptionError } from "../../array/index.ts";
import { compile } from "../../engines/index.ts";
import { i32 } from "../../graph/index.ts";
import { convolutionalLanguageModel, recurrentLanguageModel } from "../../models/index.ts";
import * as nn from "../../nn/index.ts";
import { learnTokenizer } from "../../text/index.ts";
import { generateText, generateTokens } from "./generate.ts";

const TOKENS = 7;
const build = (layer: nn.Layer) => nn.Model.build(layer, { input: [4], dtype: "i32", seed: 3 });
const models = {
  lstm: () => build(recurrentLanguageModel({ tokens: TOKENS, units: 5 })),
  gru: () => build(recurrentLanguageModel({ tokens: TOKENS, units: 5, cell: "gru", tied: true })),
  rnn: () => build(recurrentLanguageModel({ tokens: TOKENS, units: 5, cell: "rnn", embedding: 3 })),
  conv: () => build(convolutionalLanguageModel({ tokens: TOKENS, units: 5, layers: 3, embedding: 4 })),
};

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const one of stream) result.push(one);
  return result;
}

describe.each(Object.entries(models))("text from %s", (_, create) => {
  it("without temperature is what the model thinks most probable after all of the text before", async () => {
    const model = create();
    const text = [2, 5, 1];
    for (let i = 0; i < 8; i++) {
      const whole = compile((x) => model(x, { onState: () => {} }), [i32(1, text.length)]);
      const scores = await whole(new NdArray(Int32Array.from(text), [1, text.length], "i32"));
      const last = Array.from(scores.data.subarray(-TOKENS));
      text.push(last.indexOf(Math.max(...last)));
    }
    expect([2, 5, 1, ...(await all(generateTokens(model, [2, 5, 1], { length: 8, temperature: 0 })))]).toEqual(text);
  });

  it("follows from the seed, and differs with it", async () => {
    const draw = (seed: number) => all(generateTokens(create(), [1], { length: 30, seed }));
    expect(await draw(1)).toEqual(await draw(1));
    expect(await draw(2)).not.toEqual(await draw(1));
  });
});

describe("a generated text", () => {
  const tokenizer = learnTokenizer(["abc 🙂"], { type: "characters" });
  const model = build(recurrentLanguageModel({ tokens: tokenizer.size, units: 4 }));

  it("has no tokens that stand for no text, and ends with the loop over it", async () => {
    const pieces = await all(generateText(model, tokenizer, "a", { length: 60, temperature: 3 }));
    expect(pieces).toHaveLength(60);
    expect(pieces.join("")).toMatch(/^[abc 🙂]+$/u);
    let count = 0;
    for await (const _ of generateText(model, tokenizer, "a")) if (++count === 5) break;
    expect(count).toBe(5);
  });

  it("of no tokens is empty", async () => {
    expect(await all(generateText(model, tokenizer, "a", { length: 0 }))).toEqual([]);
  });

  it("needs a prompt, and a model of tokens with states", async () => {
    await expect(all(generateText(model, tokenizer, ""))).rejects.toThrow(
      new OptionError("generate: expects at least one token to go on from, got an Int32Array of 0"),
    );
    const plain = build(nn.sequential(nn.embedding(TOKENS, 3), nn.linear(TOKENS)));
    await expect(all(generateTokens(plain, [1]))).rejects.toThrow("carryStates: the model has no recurrent layers");
    const pictures = nn.Model.build(nn.linear(3), { input: [4] });
    await expect(all(generateTokens(pictures, [1]))).rejects.toThrow(
      "expects a language model, whose one input is tokens",
    );
    await expect(all(generateTokens(model, [1], { seed: -1 }))).rejects.toThrow("generate: seed must be");
    await expect(all(generateTokens(model, [1], { topP: 0 }))).rejects.toThrow("generate: topP must be");
  });
});
