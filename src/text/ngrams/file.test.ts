import { describe, expect, it } from "vitest";
import { array, type NdArray } from "../../array/index.ts";
import { readSafetensors, writeSafetensors } from "../../formats/index.ts";
import { kneserNey, maximumLikelihood, ngramModel, readNgrams, writeNgrams } from "./index.ts";

const texts = ["the cat sat on the mat", "the dog sat", ""];

describe("a saved model", () => {
  it.each([maximumLikelihood(), kneserNey({ modified: false })])("is the same when it is read, %o", (smoothing) => {
    for (const order of [1, 3]) {
      const model = ngramModel(texts, { order, smoothing, tokenizer: { type: "words", special: ["<eos>"] } });
      const bytes = writeNgrams(model);
      const again = readNgrams(bytes);
      expect(again.table("the")).toEqual(model.table("the"));
      expect(again.score("the dog sat on a mat")).toEqual(model.score("the dog sat on a mat"));
      expect(again.sample(9)).toBe(model.sample(9));
      expect(writeNgrams(again)).toEqual(bytes);
    }
  });

  const { tensors, metadata } = readSafetensors(writeNgrams(ngramModel(texts, { order: 2 })));
  const changed = (more: Readonly<Record<string, NdArray>>, other: Readonly<Record<string, string>> = {}): Uint8Array =>
    writeSafetensors([...new Map([...tensors, ...Object.entries(more)])], { ...metadata, ...other });

  it.each([
    [changed({}, { format: "other" }), 'expected a model of n-grams, format "fovea n-grams 1", got "other"'],
    [changed({}, { tokenizer: "{" }), "its tokenizer is damaged"],
    [changed({}, { tokenizer: "[]" }), "its tokenizer is damaged: it is no object"],
    [changed({}, { smoothing: '{"type":"none"}' }), "its smoothing is damaged: there is no smoothing 'none'"],
    [changed({ "1.counts": array([1], "i32") }), '"1.counts" must be i32[6], got i32[1]'],
    [changed({ "1.children": array([0, 1, 2, 3, 4, 5, 9], "i32") }), "the n-grams of 2 tokens are not in order"],
    [changed({ "1.children": array([0, -1, 2, 3, 4, 5, 6], "i32") }), "the n-grams of 2 tokens are not in order"],
    [changed({ "1.tokens": array([2, 3, 4, 5, 6, 99], "i32") }), "the n-grams of 1 tokens are not in order"],
    [changed({ "1.counts": array([1, 1, 1, 1, 0, 1], "i32") }), '"1.counts" has counts that cannot be'],
    [writeSafetensors([], metadata), "has n-grams of 0 lengths"],
    [new Uint8Array(3), "the file of n-grams"],
  ])("is refused when it is damaged: %#", (bytes, message) => {
    expect(() => readNgrams(bytes)).toThrow(message);
  });
});
