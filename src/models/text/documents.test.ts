import { describe, expect, it } from "vitest";
import { interpreted } from "../../../tests/support/values.ts";
import { array, NdArray, Random } from "../../array/index.ts";
import * as nn from "../../nn/index.ts";
import { documentNetwork } from "./documents.ts";

const WORDS = 9;
const random = new Random(4, "documents");
const sentenceOf = (length: number): number[] => Array.from({ length }, () => 1 + random.integer(WORDS - 1));
const document = [sentenceOf(3), sentenceOf(1), sentenceOf(4)];

/** The document in the first rows of [1, sentences, words], then other words that are beyond its length. */
function padded(sentences: number, words: number): NdArray {
  const data = new Int32Array(sentences * words);
  for (let s = 0; s < sentences; s++) data.set(document[s] ?? sentenceOf(words), s * words);
  return new NdArray(data, [1, sentences, words], "i32");
}

const build = (options: object, sentences: number, words: number): nn.Model =>
  nn.Model.build(documentNetwork({ words: WORDS, classes: 2, features: 5, maps: 4, documentMaps: 3, ...options }), {
    input: { shape: [sentences, words], dtype: "i32", sequence: true },
    seed: 5,
  });

async function scores(options: object, sentences: number, words: number): Promise<number[]> {
  const model = build(options, sentences, words);
  const given = [padded(sentences, words), array([document.length], "i32")];
  const run = interpreted((input, length) => ({ y: model.apply({ input, "input.length": length }).output }), given);
  return [...(await run(...given)).y.data];
}

describe("the document network", () => {
  it.each([{}, { top: 3, documentTop: 2 }, { kernel: 2, documentKernel: 1 }])(
    "gives the same scores however far a document is padded, %j",
    async (options) => {
      expect(await scores(options, 7, 11)).toEqual(await scores(options, 3, 4));
    },
  );

  it("has the parameters that its documentation names", () => {
    const shapes = build({ top: 2 }, 3, 4).variables.map(({ name, shape }) => `${name} ${shape}`);
    expect(shapes).toEqual([
      "sentences.0.vectors.weight 9,5",
      "sentences.0.conv.weight 4,5,5",
      "sentences.0.conv.bias 4",
      "conv.weight 3,8,5",
      "conv.bias 3",
      "output.weight 2,3",
      "output.bias 2",
    ]);
  });

  it("refuses options that it does not take", () => {
    expect(() => documentNetwork({ words: 3, classes: 2, map: 4 } as never)).toThrow("did you mean maps?");
  });
});
